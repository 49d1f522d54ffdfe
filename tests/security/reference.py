"""The reference interpreter: PostgreSQL's documented rules about who may do what, in plain Python.

It decides slowly and row by row, which is what makes it easy to believe. :class:`Reference` runs statements on a
:class:`World` and changes it as they would; :class:`Refused` is PostgreSQL's 42501.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from security.expressions import Column, Env, Subquery, parts
from security.queries import Scan, Select, With, evaluate, sources, walk
from security.statements import Delete, Insert, Update
from security.world import PUBLIC

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from security.expressions import Expression, Value
    from security.queries import Query, Row
    from security.statements import Statement
    from security.world import Policy, Table, World


class Refused(Exception):
    """The role may not do this."""


class Answer(NamedTuple):
    """The rows of a statement, or how many it changed."""

    rows: list[tuple[Value, ...]] | None
    count: int | None = None


class Eyes:
    """What is seen through one role's rights, while another may be the one who asks (as through a view)."""

    def __init__(self, world: World, asking: str, role: str) -> None:
        self.world, self.asking, self.role = world, asking, role

    @property
    def enjoyed(self) -> set[str]:
        """The roles whose rights the role has: itself, and what it inherits."""
        found, pending = {PUBLIC}, [self.role]
        while pending:
            name = pending.pop()
            role = self.world.roles[name]
            if name not in found:
                found.add(name)
                pending += role.member_of if role.inherit else []
        return found

    def owns(self, owner: str) -> bool:
        """Whether the role may act as the owner."""
        return self.world.roles[self.role].superuser or owner in self.enjoyed

    def require(self, privilege: str, name: str, columns: Iterable[str] | None) -> None:
        """Refuse what is not granted; ``None`` asks for the right to the whole relation, () for any column."""
        relation = self.world.tables.get(name) or self.world.views[name]
        if self.owns(relation.owner):
            return
        grants = [
            grant
            for grant in self.world.grants
            if (grant.privilege, grant.relation) == (privilege, name) and grant.grantee in self.enjoyed
        ]
        if any(grant.columns is None for grant in grants):
            return
        granted = {column for grant in grants for column in grant.columns or ()}
        if columns is None or not granted or not set(columns) <= granted:
            raise Refused(f"permission denied for {name}")

    def authorise(self, query: Query) -> None:
        """Refuse a query that reads what the role may not, however it would be run."""
        named = {part.name for part in walk(query) if isinstance(part, With)}
        scans: dict[str, str] = {}
        used: dict[str, set[str]] = {}
        for part in walk(query):
            if isinstance(part, Select):
                found = [source for source in sources(part) if isinstance(source, Scan)]
                scans.update({scan.alias: scan.name for scan in found if scan.name not in named})
                for column in columns_of(part.expressions):
                    used.setdefault(column.alias, set()).add(column.name)
        for alias, name in scans.items():
            self.authorise_read(name, used.get(alias, set()))

    def authorise_read(self, name: str, columns: Iterable[str]) -> None:
        """Refuse a read of these columns, and what reading them reads: a view's query, a policy's subqueries."""
        self.require("SELECT", name, columns)
        if name in self.world.views:
            self.through(name).authorise(self.world.views[name].query)
        else:
            self.authorise_policies(self.world.tables[name], "SELECT")

    def authorise_policies(self, table: Table, command: str) -> None:
        """Refuse when the policies that apply read what the role may not."""
        if not self.governed(table):
            return
        used: dict[bool, list[Expression]] = {True: [], False: []}
        for policy in self.applying(table, command):
            check = policy.using if policy.check is None else policy.check
            said = {"INSERT": [check], "UPDATE": [policy.using, check]}.get(command, [policy.using])
            used[policy.permissive] += [expression for expression in said if expression is not None]
        if used[True]:  # where nothing permits, what restricts is not even looked at
            self.authorise_expressions(used[True] + used[False])

    def authorise_expressions(self, expressions: Iterable[Expression]) -> None:
        """Refuse subqueries of expressions that read what the role may not."""
        for expression in expressions:
            for part in parts(expression):
                if isinstance(part, Subquery):
                    self.authorise(part.query)

    def through(self, view: str) -> Eyes:
        """Return the eyes that look at what is behind a view: its owner's, or the asking role's.

        An invoker's view asks the one who asks even when it stands behind a view of somebody else.
        """
        found = self.world.views[view]
        return Eyes(self.world, self.asking, self.asking if found.invoker else found.owner)

    def governed(self, table: Table) -> bool:
        """Whether row policies hold for this role."""
        role = self.world.roles[self.role]
        if not table.secured or role.superuser or role.bypassrls:
            return False
        return table.forced or not self.owns(table.owner)

    def applying(self, table: Table, command: str) -> Iterator[Policy]:
        """Yield the policies for a command that hold for this role."""
        for policy in table.policies:
            if policy.command in {"ALL", command} and self.enjoyed & set(policy.roles):
                yield policy

    def passes(self, table: Table, row: Row, command: str, *, checked: bool = False) -> bool:
        """Whether a row passes: the USING of the policies, or as a ``checked`` new row their WITH CHECK."""
        if not self.governed(table):
            return True
        any_permits = False
        for policy in self.applying(table, command):
            condition = policy.check if checked and policy.check is not None else policy.using
            if condition is None:
                continue
            holds = condition.value_in(self.env({table.name: row})) is True
            if policy.permissive:
                any_permits |= holds
            elif not holds:
                return False
        return any_permits

    def env(self, rows: dict[str, Row]) -> Env:
        """Return the scope in which an expression is evaluated for these rows."""
        return Env(rows, self.asking, lambda query, env: evaluate(query, env, self))

    def columns(self, name: str) -> tuple[str, ...]:
        """Return the columns of a table or view."""
        found = self.world.tables.get(name)
        return tuple(found.columns) if found else self.world.views[name].columns

    def scan(self, name: str, env: Env) -> list[Row]:
        """Return the rows of a table or view that are seen."""
        if name in self.world.views:
            eyes, view = self.through(name), self.world.views[name]
            found = evaluate(view.query, eyes.env({}), eyes)
            return [dict(zip(view.columns, row, strict=True)) for row in found]
        table = self.world.tables[name]
        return [self.shown(table, row) for row in table.rows if self.passes(table, row, "SELECT")]

    def shown(self, table: Table, row: Row) -> Row:
        """Return a row as the role sees it: whoever does not own the table sees masks where there are any."""
        if not table.masks or self.owns(table.owner):
            return row
        masked = {
            column: mask.body.value_in(self.env({"val": {"val": row[column]}}))
            for column, mask in table.masks.items()
        }
        return {**row, **masked}


class Reference(Eyes):
    """Runs the statements of one role."""

    def __init__(self, world: World, role: str) -> None:
        super().__init__(world, role, role)

    def run(self, statement: Statement) -> Answer:
        """Run a statement and change the world; raises Refused, and Raised when an expression fails."""
        match statement:
            case Insert():
                return self._insert(statement)
            case Update():
                return self._update(statement)
            case Delete():
                return self._delete(statement)
            case _:
                self.authorise(statement)
                return Answer(evaluate(statement, self.env({}), self))

    def _insert(self, statement: Insert) -> Answer:
        table = self.world.tables[statement.table]
        self.require("INSERT", table.name, statement.columns)
        reads = bool(statement.returning)
        self._authorise_write(table, "INSERT", statement.returning, [], reads=reads)
        if isinstance(statement.rows, tuple):
            rows = [tuple(item.value_in(self.env({})) for item in row) for row in statement.rows]
        else:
            self.authorise(statement.rows)
            rows = evaluate(statement.rows, self.env({}), self)
        new = [
            {**dict.fromkeys(table.columns), **dict(zip(statement.columns, row, strict=True))} for row in rows
        ]
        self._check(table, new, "INSERT", reads=reads)
        table.rows += new
        return self._answer(table, statement.returning, new)

    def _update(self, statement: Update) -> Answer:
        table = self.world.tables[statement.table]
        self.require("UPDATE", table.name, [name for name, _ in statement.sets])
        expressions = [value for _, value in statement.sets]
        expressions += [statement.where] if statement.where is not None else []
        reads = bool(statement.returning) or any(c.alias == table.name for c in columns_of(expressions))
        self._authorise_write(table, "UPDATE", statement.returning, expressions, reads=reads)
        places = self._touched(table, "UPDATE", statement.where, reads=reads)
        new = {}
        for place in places:
            env = self.env({table.name: self.shown(table, table.rows[place])})
            new[place] = {
                **table.rows[place],
                **{name: value.value_in(env) for name, value in statement.sets},
            }
        self._check(table, new.values(), "UPDATE", reads=reads)
        for place, row in new.items():
            table.rows[place] = row
        return self._answer(table, statement.returning, list(new.values()))

    def _delete(self, statement: Delete) -> Answer:
        table = self.world.tables[statement.table]
        self.require("DELETE", table.name, None)
        expressions = [statement.where] if statement.where is not None else []
        reads = bool(statement.returning) or any(c.alias == table.name for c in columns_of(expressions))
        self._authorise_write(table, "DELETE", statement.returning, expressions, reads=reads)
        places = self._touched(table, "DELETE", statement.where, reads=reads)
        gone = [table.rows[place] for place in places]
        table.rows = [row for place, row in enumerate(table.rows) if place not in places]
        return self._answer(table, statement.returning, gone)

    def _authorise_write(
        self,
        table: Table,
        command: str,
        returning: tuple[str, ...],
        expressions: list[Expression],
        *,
        reads: bool,
    ) -> None:
        self.authorise_policies(table, command)
        if reads:
            used = {column.name for column in columns_of(expressions) if column.alias == table.name}
            self.authorise_read(table.name, used | set(returning))
        self.authorise_expressions(expressions)

    def _touched(self, table: Table, command: str, where: Expression | None, *, reads: bool) -> list[int]:
        """Return the places of the rows that a write touches; one that reads sees only what SELECT would show."""
        return [
            place
            for place, row in enumerate(table.rows)
            if self.passes(table, row, command)
            and (not reads or self.passes(table, row, "SELECT"))
            and (where is None or where.value_in(self.env({table.name: self.shown(table, row)})) is True)
        ]

    def _check(self, table: Table, new: Iterable[Row], command: str, *, reads: bool) -> None:
        for row in new:
            if not self.passes(table, row, command, checked=True):
                raise Refused(f"new row violates row-level security policy for {table.name}")
            if reads and not self.passes(table, row, "SELECT"):
                raise Refused(f"new row would not be seen by who writes it to {table.name}")

    def _answer(self, table: Table, returning: tuple[str, ...], rows: list[Row]) -> Answer:
        if not returning:
            return Answer(None, len(rows))
        seen = [self.shown(table, row) for row in rows]
        return Answer([tuple(row[name] for name in returning) for row in seen], len(rows))


def columns_of(expressions: Iterable[Expression]) -> Iterator[Column]:
    """Yield the columns that expressions name, those in their subqueries too."""
    for expression in expressions:
        for part in parts(expression):
            if isinstance(part, Column):
                yield part
            elif isinstance(part, Subquery):
                for query in walk(part.query):
                    if isinstance(query, Select):
                        yield from columns_of(query.expressions)


def queries_of(statement: Statement) -> Iterator[Query]:
    """Yield the queries that a statement holds, or is."""
    match statement:
        case Insert():
            expressions: list[Expression] = []
            if not isinstance(statement.rows, tuple):
                yield statement.rows
        case Update():
            expressions = [value for _, value in statement.sets]
            expressions += [statement.where] if statement.where is not None else []
        case Delete():
            expressions = [statement.where] if statement.where is not None else []
        case _:
            expressions = []
            yield statement
    for expression in expressions:
        yield from (part.query for part in parts(expression) if isinstance(part, Subquery))
