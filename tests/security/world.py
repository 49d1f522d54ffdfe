"""What a case is about: roles, tables with their rows and policies, views and grants; and the SQL that makes it."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from security.expressions import Literal, Value

if TYPE_CHECKING:
    from security.expressions import Expression
    from security.queries import Query

SUPERUSER = "owner"
PUBLIC = "public"
CROWD = 1_500
TYPES = {"int": "INTEGER", "text": "TEXT", "bool": "BOOLEAN", "date": "DATE"}


@dataclass
class Role:
    """A role with its attributes and the roles it is a member of."""

    name: str
    superuser: bool = False
    bypassrls: bool = False
    inherit: bool = True
    member_of: list[str] = field(default_factory=list)


@dataclass(frozen=True)
class Policy:
    """A row policy. In its expressions the table's own name is the alias of the row."""

    name: str
    command: str
    using: Expression | None
    check: Expression | None = None
    permissive: bool = True
    roles: tuple[str, ...] = (PUBLIC,)

    def sql(self, table: str) -> str:
        """Return the statement that creates it."""
        using = f" USING ({self.using.sql()})" if self.using is not None else ""
        check = f" WITH CHECK ({self.check.sql()})" if self.check is not None else ""
        kind = "PERMISSIVE" if self.permissive else "RESTRICTIVE"
        roles = ", ".join(self.roles)
        return f"CREATE POLICY {self.name} ON {table} AS {kind} FOR {self.command} TO {roles}{using}{check}"


@dataclass(frozen=True)
class Mask:
    """A masking policy, whose body says what is shown instead of ``val``; attached by a tag or to the column itself."""

    name: str
    kind: str
    body: Expression
    tagged: bool = False

    def sql(self, table: str, column: str) -> list[str]:
        """Return the statements that create it for a column."""
        kind = TYPES[self.kind]
        made = [f"CREATE MASKING POLICY {self.name} AS (val {kind}) RETURNS {kind} -> {self.body.sql()}"]
        altered = f"ALTER TABLE {table} ALTER COLUMN {column}"
        if not self.tagged:
            return [*made, f"{altered} SET MASKING POLICY {self.name}"]
        tag = f"tag_{self.name}"
        return [
            *made,
            f"CREATE TAG {tag}",
            f"{altered} SET TAG {tag} = 'yes'",
            f"ALTER TAG {tag} SET MASKING POLICY {self.name}",
        ]


@dataclass
class Table:
    """A table with its rows and rules."""

    name: str
    columns: dict[str, str]
    rows: list[dict[str, Value]] = field(default_factory=list)
    owner: str = SUPERUSER
    secured: bool = False
    forced: bool = False
    policies: list[Policy] = field(default_factory=list)
    masks: dict[str, Mask] = field(default_factory=dict)
    key: str | None = None
    crowd: list[int] = field(default_factory=list)
    """The rows, by their id, that are there many times: a kernel orders its work by how much there is."""

    def filling(self) -> list[str]:
        """Return the statements that put its rows into it."""
        rows = [
            f"({', '.join(Literal(row[name], TYPES[kind]).sql() for name, kind in self.columns.items())})"
            for row in self.rows
        ]
        made = [f"INSERT INTO {self.name} VALUES {', '.join(rows)}"] if rows else []
        if self.crowd:
            listed = ", ".join(map(str, self.crowd))
            made.append(
                f"INSERT INTO {self.name} SELECT x.* FROM {self.name} x, range({CROWD}) WHERE id IN ({listed})"
            )
        return made


@dataclass
class View:
    """A view, which reads with its owner's rights unless it is its invoker's."""

    name: str
    query: Query
    owner: str = SUPERUSER
    invoker: bool = False
    barrier: bool = False

    @property
    def columns(self) -> tuple[str, ...]:
        """The names of its columns."""
        return self.query.names


@dataclass(frozen=True)
class Grant:
    """A right to a table or view, or to some columns of it."""

    privilege: str
    relation: str
    grantee: str
    columns: tuple[str, ...] | None = None

    def sql(self) -> str:
        """Return the statement that gives it."""
        columns = f" ({', '.join(self.columns)})" if self.columns is not None else ""
        return f"GRANT {self.privilege}{columns} ON {self.relation} TO {self.grantee}"


@dataclass
class World:
    """Everything that rights are decided on."""

    roles: dict[str, Role] = field(default_factory=dict)
    tables: dict[str, Table] = field(default_factory=dict)
    views: dict[str, View] = field(default_factory=dict)
    grants: list[Grant] = field(default_factory=list)

    def setup(self) -> list[str]:
        """Return the statements by which a superuser makes this world in an empty database."""
        made = [*self._roles(), *self._tables(), *self._views()]
        made += [grant.sql() for grant in self.grants]
        for table in self.tables.values():
            made += [policy.sql(table.name) for policy in table.policies]
            for column, mask in table.masks.items():
                made += mask.sql(table.name, column)
            if table.owner != SUPERUSER:
                made.append(f"ALTER TABLE {table.name} OWNER TO {table.owner}")
            if table.secured:
                made.append(f"ALTER TABLE {table.name} ENABLE ROW LEVEL SECURITY")
            if table.forced:
                made.append(f"ALTER TABLE {table.name} FORCE ROW LEVEL SECURITY")
        made += [
            f"ALTER VIEW {view.name} OWNER TO {view.owner}"
            for view in self.views.values()
            if view.owner != SUPERUSER
        ]
        return made

    def _roles(self) -> list[str]:
        made = []
        for role in self.roles.values():
            if role.name == SUPERUSER:
                continue
            attributes = [
                word
                for word, has in (
                    ("SUPERUSER", role.superuser),
                    ("BYPASSRLS", role.bypassrls),
                    ("NOINHERIT", not role.inherit),
                )
                if has
            ]
            made.append(" ".join(["CREATE ROLE", role.name, *attributes]))
        return made + [
            f"GRANT {group} TO {role.name}" for role in self.roles.values() for group in role.member_of
        ]

    def _tables(self) -> list[str]:
        made = []
        for table in self.tables.values():
            listed = ", ".join(
                f"{name} {TYPES[kind]}{' PRIMARY KEY' if name == table.key else ''}"
                for name, kind in table.columns.items()
            )
            made.append(f"CREATE TABLE {table.name} ({listed})")
            made += table.filling()
        return made

    def _views(self) -> list[str]:
        made = []
        for view in self.views.values():
            options = [
                f"{name} = true"
                for name, has in (("security_invoker", view.invoker), ("security_barrier", view.barrier))
                if has
            ]
            with_options = f" WITH ({', '.join(options)})" if options else ""
            made.append(f"CREATE VIEW {view.name}{with_options} AS {view.query.sql()}")
        return made
