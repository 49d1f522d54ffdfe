"""What a statement reads, as a role sees it: the rows that policies let through, masked, and only readable columns.

A table of which the role does not see everything is replaced by a query over it. What was checked is what runs: the
query is part of the statement that the kernel gets, so it holds in joins, subqueries, set operations and wherever else
a table can stand.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from sqlglot import exp

from avila import errors
from avila.planner.dialect import nodes, position
from avila.planner.governance import masks, policies, views
from avila.planner.governance.columns import denied_column, takes_all
from avila.planner.governance.marks import ROLE, WHOLE
from avila.planner.governance.names import column, object_of, qualified
from avila.planner.governance.read_columns import check_columns
from avila.planner.governance.searches import searched
from avila.planner.governance.structs import whole_structs
from avila.planner.governance.values import used_values
from avila.planner.rules.bind_tables import resolve
from avila.planner.scope import tables
from avila.security.authority import Authority, denied
from avila.security.columns.rewriting import encrypted, reveal

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from avila.catalog.encryption import EncryptedColumn
    from avila.catalog.names import Object
    from avila.kernel.base import Relation, TableColumn
    from avila.planner.plan import Context

ROW = "rowid"


@dataclass
class Reader:
    """Replaces the tables of one statement; ``found`` collects what was read and left out."""

    context: Context
    statement: str
    fenced: bool = False
    found: views.Expanded = field(default_factory=views.Expanded)
    path: tuple[Relation, ...] = ()

    def govern(self, tree: exp.Expr, *, skip: frozenset[int] = frozenset()) -> None:
        """Replace every table that a tree reads, its views having been expanded."""
        for table in list(tables(tree)):
            if id(table) in skip or WHOLE in table.meta or not isinstance(table.this, exp.Identifier):
                continue
            relation = resolve(table, self.context)
            if relation is None or relation.temporary or relation.internal:
                continue
            role = table.meta.get(ROLE, self.context.principal.current_user)
            source = self.source(table, relation, role)
            if source is not None:
                _unqualify(tree, relation)
                views.place(table, source)

    def source(
        self,
        table: exp.Table,
        relation: Relation,
        role: str,
        *,
        rows: bool = False,
        commands: Sequence[str] = ("SELECT",),
        readable: bool = True,
    ) -> exp.Subquery | None:
        """Return the query that stands for a table, or None when the role sees the table as it is.

        With ``rows`` the query has the rows' identities too, and is always made. ``commands`` are those whose policies
        a row must pass. ``readable``: the role must have SELECT, and sees the columns that it has it on.
        """
        self.found.touched.add(relation)
        authority = self.context.authority_of(role)
        target = object_of(relation)
        columns = self._columns(relation)
        allowed = self._allowed(authority, target, columns, table) if readable else None
        mask = masks.masks(authority, target, columns)
        secret = encrypted(self.context.described, target)
        condition = self._condition(authority, relation, commands)
        if allowed is None and not mask and not secret and condition is None and not rows:
            return None
        base: exp.Expr = whole(relation, relation.name)
        if table.args.get("when"):
            base.set("when", table.args["when"].copy())
        if secret:
            search = searched(table, relation.name, secret)
            base = _revealed(base, relation.name, columns, secret, search, rows=rows)
        select = exp.Select(expressions=[exp.Star()], from_=exp.From(this=base))
        if rows and not secret:
            select.append("expressions", column(ROW, relation.name))
        if condition is not None:
            select.set("where", exp.Where(this=condition))
            select = whole_structs(self.fence(select, relation.name), columns, relation.name)
        if allowed is not None or mask:
            values = used_values(table, mask)
            select = self._shown(select, relation, allowed, mask, values, rows=rows)
        alias = table.args.get("alias")
        return exp.Subquery(
            this=select,
            alias=alias.copy() if alias is not None else named(table.name),
        )

    def expression(self, tree: exp.Expr, relation: Relation, role: str) -> exp.Expr:
        """Return a policy's condition with its own subqueries governed: by the same role, and always fenced.

        Raises InvalidRecursion when policies lead back to a table that is being asked for.
        """
        if not any(tree.find_all(exp.Query)):
            return tree
        if relation in self.path:
            raise errors.InvalidRecursion(
                f'infinite recursion detected in policy for relation "{relation.name}"',
                statement=self.statement,
            )
        whole = exp.Paren(this=tree)
        inner = Reader(self.context, self.statement, True, self.found, (*self.path, relation))
        views.expand(whole, role, self.context, self.found)
        check_columns(whole, self.context, self.found.partial, self.statement)
        inner.govern(whole)
        return whole

    def fence(self, select: exp.Select, name: str) -> exp.Select:
        """Return a query of the same rows through which the kernel moves no condition: a sample of all of them."""
        if not self.fenced:
            return select
        inner = exp.Subquery(this=select, alias=named(name), sample=every_row())
        return exp.Select(expressions=[exp.Star()], from_=exp.From(this=inner))

    def fence_views(self) -> None:
        """Put the fence around the views that are to be barriers, and have no sample of their own."""
        for view in self.found.barriers if self.fenced else ():
            if not view.args.get("sample"):
                view.set("sample", every_row())

    def _condition(
        self, authority: Authority, relation: Relation, commands: Sequence[str]
    ) -> exp.Expr | None:
        parts: list[exp.Expr] = []
        for command in commands:
            part = policies.condition(authority, object_of(relation), command, self.context)
            part = None if part is None else self.expression(part, relation, authority.role)
            if part is not None and part not in parts:
                parts.append(part)
        return policies.all_of(parts)

    def _columns(self, relation: Relation) -> Sequence[TableColumn]:
        return self.context.columns().get(relation.key, ())

    def _allowed(
        self, authority: Authority, target: Object, columns: Sequence[TableColumn], table: exp.Table
    ) -> frozenset[str] | None:
        """Return the columns a role may read, or None for every one; InsufficientPrivilege when it may read none."""
        authority.require(target.within, "USAGE")
        verdict = authority.may(target, "SELECT")
        if verdict:
            return None
        readable = authority.columns(target, "SELECT")
        if {item.name.lower() for item in columns} <= readable:
            return None
        if not readable:
            error = denied(target, verdict.reason)
            error.statement, error.position = self.statement, position(table)
            raise error
        if takes_all(table):
            error = denied(target, f"{authority.role} may read only {', '.join(sorted(readable))}")
            error.statement, error.position = self.statement, position(table)
            raise error
        for item in columns:
            if item.name.lower() not in readable:
                self.found.hidden[item.name.lower()] = target.name
        return readable

    def _shown(
        self,
        select: exp.Select,
        relation: Relation,
        allowed: frozenset[str] | None,
        mask: Mapping[str, masks.Mask],
        values: Mapping[str, str],
        *,
        rows: bool,
    ) -> exp.Select:
        """Return a query that shows another one with masked columns masked, and no value of what may not be read.

        A column that may not be read stays, so that no name comes to mean another table's column instead. ``values``
        are the names under which the values of masked columns are needed too.
        """
        items: list[exp.Expr] = []
        for item in self._columns(relation):
            name = item.name.lower()
            if allowed is not None and name not in allowed:
                items.append(denied_column(item, relation.name))
            elif name in mask:
                shown = masks.masked(mask[name], item, self.context, relation.name)
                items.append(exp.alias_(shown, item.name, quoted=True))
            else:
                items.append(column(item.name, relation.name))
        for name, value in values.items():
            items.append(exp.alias_(column(name, relation.name), value, quoted=True))
        if rows:
            items.append(column(ROW, relation.name))
        inner = exp.Subquery(this=select, alias=named(relation.name))
        return exp.Select(expressions=items, from_=exp.From(this=inner))


def every_row() -> nodes.Sample:
    """Return a sample of all rows: through a sample the kernel moves no condition."""
    return nodes.Sample(method=exp.Var(this="SYSTEM"), called=True, size=exp.Literal.number(100), unit="%")


def whole(relation: Relation, alias: str) -> exp.Table:
    """Return a table as the kernel has it, for a query that shows what may be seen of it."""
    table = qualified(relation, alias=alias)
    table.meta[WHOLE] = True
    return table


def named(name: str) -> exp.TableAlias:
    """Return an alias."""
    return exp.TableAlias(this=exp.to_identifier(name, quoted=True))


def _revealed(
    base: exp.Expr,
    name: str,
    columns: Sequence[TableColumn],
    secret: Mapping[str, EncryptedColumn],
    search: exp.Expr | None,
    *,
    rows: bool,
) -> exp.Subquery:
    """Return a table with its encrypted columns as they are meant."""
    items: list[exp.Expr] = []
    for item in columns:
        info = secret.get(item.name.lower())
        if info is None:
            items.append(column(item.name, name))
            continue
        subject = info.subject
        value = reveal(column(item.name, name), info, None if subject is None else column(subject, name))
        items.append(exp.alias_(value, item.name, quoted=True))
    if rows:
        items.append(column(ROW, name))
    select = exp.Select(expressions=items, from_=exp.From(this=base))
    if search is not None:
        select.set("where", exp.Where(this=search))
    return exp.Subquery(this=select, alias=named(name))


def _unqualify(tree: exp.Expr, relation: Relation) -> None:
    """Leave ``schema.table.column`` only the table: the query that stands for the table has no schema."""
    for node in tree.find_all(exp.Column):
        if node.table.lower() == relation.name.lower() and node.args.get("db") is not None:
            schema, catalog = node.args["db"].name.lower(), node.args.get("catalog")
            if schema in {relation.schema, relation.catalog} and (
                catalog is None or catalog.name.lower() == relation.catalog
            ):
                node.set("db", None)
                node.set("catalog", None)
