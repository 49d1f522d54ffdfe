"""The table that a statement writes: what holds for the role on it, and how its new rows are checked."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

from sqlglot import exp

from avila import errors
from avila.planner.dialect import nodes, parse, parse_expression, position
from avila.planner.governance import masks, policies
from avila.planner.governance.names import column, object_of
from avila.planner.rules.bind_tables import resolve
from avila.planner.rules.session_values import mentions_session, with_session_values
from avila.security.authority import Authority, denied
from avila.security.columns.rewriting import conceal, encrypted, reveal
from avila.security.row_security import is_secured

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from avila.catalog.encryption import EncryptedColumn
    from avila.catalog.names import Object
    from avila.kernel.base import Relation, TableColumn
    from avila.planner.governance.masks import Mask
    from avila.planner.governance.reads import Reader
    from avila.planner.plan import Context

Checks = tuple[tuple[str, bool], ...]
"""Commands whose policies a new row must pass, each with whether by its WITH CHECK rather than its USING."""


@dataclass
class Target:
    """A table that is written."""

    table: exp.Table
    relation: Relation
    context: Context
    reader: Reader

    @cached_property
    def key(self) -> Object:
        """What the rights hang on."""
        return object_of(self.relation)

    @cached_property
    def authority(self) -> Authority:
        """What the role may do."""
        return self.context.authority

    @cached_property
    def columns(self) -> Sequence[TableColumn]:
        """Every column."""
        return self.context.columns().get(self.relation.key, ())

    @cached_property
    def written(self) -> Sequence[TableColumn]:
        """The columns that can be written: those that are not generated."""
        definition = self.context.definitions().get(self.relation.key, "")
        if "GENERATED" not in definition.upper():
            return self.columns
        generated = {
            item.name.lower()
            for item in parse(definition)[0].find_all(exp.ColumnDef)
            if item.find(nodes.GeneratedColumn) is not None
        }
        return [item for item in self.columns if item.name.lower() not in generated]

    @cached_property
    def generated(self) -> Sequence[TableColumn]:
        """The columns that the kernel computes of the others."""
        written = {item.name.lower() for item in self.written}
        return [item for item in self.columns if item.name.lower() not in written]

    @property
    def name(self) -> str:
        """What the statement calls the table."""
        return str(self.table.alias or self.table.name)

    @cached_property
    def secured(self) -> bool:
        """Whether row policies hold."""
        return is_secured(self.authority, self.key)

    @cached_property
    def masks(self) -> Mapping[str, Mask]:
        """The masks that hold, by column."""
        return masks.masks(self.authority, self.key, self.columns)

    @cached_property
    def encrypted(self) -> Mapping[str, EncryptedColumn]:
        """The encrypted columns."""
        return encrypted(self.context.described, self.key)

    @cached_property
    def partly(self) -> bool:
        """Whether the role sees less than the table as the kernel has it."""
        return (
            self.secured
            or bool(self.masks)
            or bool(self.encrypted)
            or not self.authority.quietly.may(self.key, "SELECT")
        )

    def column(self, name: str) -> TableColumn:
        """Return a column by its name; UndefinedColumn when the table has none."""
        for item in self.columns:
            if item.name.lower() == name.lower():
                return item
        raise errors.UndefinedColumn(
            f'column "{name}" of relation "{self.relation.name}" does not exist',
            statement=self.reader.statement,
        )

    def require(self, privilege: str, columns: Iterable[str] | None = None) -> None:
        """Raise InsufficientPrivilege when the role lacks a privilege on the table, or on one of the columns."""
        self.authority.require(self.key.within, "USAGE")
        verdict = self.authority.may(self.key, privilege)
        if verdict:
            return
        mine = self.authority.columns(self.key, privilege)
        if columns is None or not mine or not {name.lower() for name in columns} <= mine:
            error = denied(self.key, verdict.reason)
            error.statement, error.position = self.reader.statement, position(self.table)
            raise error

    def require_some_select(self) -> None:
        """Raise InsufficientPrivilege when the role may read no column; which ones it may, the reading itself shows."""
        if not self.authority.may_some(self.key, "SELECT"):
            self.require("SELECT")

    def condition(self, commands: Iterable[str], *, check: bool = False) -> exp.Expr | None:
        """Return what a row must fulfil for all of the commands; None when every row may pass."""
        return self.checks(tuple((command, check) for command in commands))

    def checks(self, commands: Checks) -> exp.Expr | None:
        """Return what a new row must fulfil; None when every row may pass."""
        parts: list[exp.Expr] = []
        for command, check in dict.fromkeys(commands):
            part = policies.condition(self.authority, self.key, command, self.context, check=check)
            if part is not None:
                part = exp.Paren(this=self.reader.expression(part, self.relation, self.authority.role))
                if part not in parts:
                    parts.append(part)
        return policies.all_of(parts)

    def with_generated(self, rows: exp.Select) -> exp.Select:
        """Return a query of new rows with the generated columns computed of them."""
        if not self.generated:
            return rows
        made = [
            exp.alias_(cast(default_of(item), item.type), item.name, quoted=True) for item in self.generated
        ]
        alias = exp.TableAlias(this=exp.to_identifier(self.relation.name, quoted=True))
        return exp.Select(
            expressions=[exp.Star(), *made], from_=exp.From(this=exp.Subquery(this=rows, alias=alias))
        )

    def or_error(self, condition: exp.Expr | None, value: exp.Expr) -> exp.Expr:
        """Return a value that ends the statement with an error where a condition does not hold."""
        if condition is None:
            return value
        message = f'new row violates row-level security policy for table "{self.relation.name}"'
        refusal = exp.Anonymous(this="error", expressions=[exp.Literal.string(message)])
        return exp.Case(ifs=[exp.If(this=condition, true=value)], default=refusal)

    def stored(self, value: exp.Expr, item: TableColumn, row: str) -> exp.Expr:
        """Return what the kernel's table keeps of a value: the value, or its ciphertext."""
        info = self.encrypted.get(item.name.lower())
        if info is None:
            return value
        subject = info.subject
        return conceal(value, info, None if subject is None else column(subject, row))

    def revealed(self, name: str, table: str) -> exp.Expr:
        """Return a column of the kernel's table as it is meant: itself, or what its ciphertext hides."""
        info = self.encrypted.get(name.lower())
        if info is None:
            return column(name, table)
        subject = info.subject
        return reveal(column(name, table), info, None if subject is None else column(subject, table))

    def meant(self, item: TableColumn) -> str:
        """Return the type a column has for its users, whatever it is kept as."""
        info = self.encrypted.get(item.name.lower())
        return item.type if info is None else info.type

    def default(self, item: TableColumn) -> exp.Expr:
        """Return a column's default in its type, as this session means it."""
        return cast(with_session_values(default_of(item), self.context), self.meant(item))

    def refuse(self, what: str, hint: str) -> errors.FeatureNotSupported:
        """Return the error for what cannot be done under policies."""
        return errors.FeatureNotSupported(
            what, hint=hint, statement=self.reader.statement, position=position(self.table)
        )


def has_session_defaults(tree: exp.Insert, context: Context) -> bool:
    """Whether a table that is inserted into has a default that only the session knows, such as ``current_user``."""
    table = tree.this.this if isinstance(tree.this, exp.Schema) else tree.this
    relation = resolve(table, context) if isinstance(table, exp.Table) else None
    return relation is not None and any(
        item.default is not None and mentions_session(item.default)
        for item in context.columns().get(relation.key, ())
    )


def default_of(item: TableColumn) -> exp.Expr:
    """Return a column's default."""
    return exp.Null() if item.default is None else parse_expression(item.default)


def cast(value: exp.Expr, kind: str) -> exp.Expr:
    """Return a value as a column's type, as writing it to the column would make it."""
    made = parse_expression(f"CAST(NULL AS {kind})")
    made.set("this", value)
    return made
