"""GRANT and REVOKE, of rights and of roles; default rights; owners."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlglot import exp

from avila.planner.dialect import nodes
from avila.planner.dialect.lexer import END, WORD
from avila.planner.dialect.roles import RoleParser

if TYPE_CHECKING:
    from collections.abc import Callable

_WHOLE_SCHEMAS = ("TABLES", "SEQUENCES", "FUNCTIONS", "PROCEDURES", "ROUTINES")
_FUTURE = ("TABLES", "SEQUENCES", "FUNCTIONS", "ROUTINES", "TYPES", "SCHEMAS")
_ROUTINES = ("FUNCTION", "PROCEDURE", "ROUTINE")
_UNKNOWN = ("LANGUAGE", "TABLESPACE", "DOMAIN", "FOREIGN", "LARGE", "PARAMETER")
_MEMBERSHIP_OPTIONS = ("ADMIN", "INHERIT", "SET")


class PrivilegeParser(RoleParser):
    """Reads statements about rights."""

    def grant(self) -> exp.Expr:
        """Read what stands behind GRANT."""
        if self._names_objects():
            node: exp.Expr = self._granted_rights(self._objects)
            node.set("granted_by", self._granted_by())
            return node
        roles = self.csv(self.role)
        self.expect("TO")
        node = nodes.GrantRoles(expressions=roles, principals=self.principals())
        if self.take("WITH"):
            node.set("options", self.csv(self._membership_option))
        node.set("granted_by", self._granted_by())
        return node

    def revoke(self) -> exp.Expr:
        """Read what stands behind REVOKE."""
        if self._names_objects():
            node: exp.Expr = self._revoked_rights(self._objects)
        else:
            option = self.token.value if self.at(*_MEMBERSHIP_OPTIONS) else None
            if option and not self.take(option, "OPTION", "FOR"):
                option = None
            roles = self.csv(self.role)
            self.expect("FROM")
            node = nodes.RevokeRoles(expressions=roles, principals=self.principals(), option=option)
        node.set("granted_by", self._granted_by())
        node.set("behaviour", self.behaviour())
        return node

    def _names_objects(self) -> bool:
        """Whether ON comes before TO or FROM: then rights are granted, otherwise roles."""
        ahead = 0
        while (token := self.peek(ahead)).kind != END:
            if token.kind == WORD and token.value in {"ON", "TO", "FROM"}:
                return token.value == "ON"
            ahead += 1
        return False

    def _granted_rights(self, objects: Callable[[exp.Expr], None]) -> exp.Expr:
        node = nodes.GrantPrivileges(expressions=self.csv(self._privilege))
        self.expect("ON")
        objects(node)
        self.expect("TO")
        node.set("principals", self.principals())
        node.set("grant_option", self.take("WITH", "GRANT", "OPTION") or None)
        return node

    def _revoked_rights(self, objects: Callable[[exp.Expr], None]) -> exp.Expr:
        option = self.take("GRANT", "OPTION", "FOR") or None
        node = nodes.RevokePrivileges(expressions=self.csv(self._privilege), grant_option=option)
        self.expect("ON")
        objects(node)
        self.expect("FROM")
        node.set("principals", self.principals())
        return node

    def _privilege(self) -> exp.Expr:
        first = self.token
        if first.kind != WORD or self.at("ON"):
            self.fail("expected a privilege")
        self.advance()
        node = nodes.Privilege(this="TEMPORARY" if first.value == "TEMP" else first.value)
        if first.value == "ALL":
            node.set("word", self.take("PRIVILEGES") or None)
        if self.on("("):
            node.set("expressions", self.wrapped(lambda: self.name("a column")))
        return self.mark(node, first, self.previous)

    def _membership_option(self) -> exp.Expr:
        first = self.token
        word = self.take_any(*_MEMBERSHIP_OPTIONS) or self.fail("expected ADMIN, INHERIT or SET")
        node = nodes.MembershipOption(this=word)
        value = self.take_any("TRUE", "FALSE")
        if value:
            node.set("expression", self.mark(exp.Boolean(this=value == "TRUE"), self.previous))
        elif not self.take("OPTION"):
            self.fail("expected OPTION, TRUE or FALSE")
        return self.mark(node, first, self.previous)

    def _granted_by(self) -> exp.Expr | None:
        return self.role() if self.take("GRANTED", "BY") else None

    # --- objects ---

    def _objects(self, node: exp.Expr) -> None:
        """Read the objects of a right: their kind and their names."""
        readers: dict[str, Callable[[], exp.Expr]] = {
            "TABLE": self.table_name,
            "SEQUENCE": self.table_name,
            "TYPE": self.table_name,
            "SCHEMA": self._schema_name,
            "DATABASE": lambda: self.name("a database"),
            "EXTENSION": self._extension_name,
            **dict.fromkeys(_ROUTINES, self.routine),
        }
        if self.take("ALL"):
            kind = self.take_any(*_WHOLE_SCHEMAS) or self.fail("expected TABLES, SEQUENCES or FUNCTIONS")
            self.expect("IN", "SCHEMA")
            node.set("kind", f"ALL {kind}")
            node.set("objects", self.csv(self._schema_name))
            return
        kind = "TABLE"
        if self.token.kind == WORD and self.is_name(self.peek()):
            if self.at(*_UNKNOWN):
                self.refuse(f"there are no privileges on {self.token.value}")
            if self.at(*readers):
                kind = self.advance().value
                node.set("table_word", kind == "TABLE" or None)
        node.set("kind", kind)
        node.set("objects", self.csv(readers[kind]))

    def routine(self) -> exp.Expr:
        """Read the name of a function, with the types of its arguments if they are given."""
        first = self.token
        node = nodes.RoutineReference(this=self.table_name())
        if self.accept("("):
            node.set("called", True)
            node.set("expressions", [] if self.on(")") else self.csv(self.type_name))
            self.require(")")
        return self.mark(node, first, self.previous)

    # --- default rights and owners ---

    def alter_default_privileges(self) -> exp.Expr:
        """Read ``[FOR ROLE role, …] [IN SCHEMA schema, …] GRANT … | REVOKE …``."""
        node = nodes.AlterDefaultPrivileges()
        if self.take("FOR"):
            word = self.take_any("ROLE", "USER") or self.fail("expected ROLE or USER")
            node.set("role_word", word)
            node.set("roles", self.csv(self.role))
        if self.take("IN", "SCHEMA"):
            node.set("schemas", self.csv(self._schema_name))
        first = self.token
        if self.take("GRANT"):
            change = self._granted_rights(self._future_objects)
        elif self.take("REVOKE"):
            change = self._revoked_rights(self._future_objects)
            change.set("behaviour", self.behaviour())
        else:
            self.fail("expected GRANT or REVOKE")
        node.set("this", self.mark(change, first, self.previous))
        return node

    def _future_objects(self, node: exp.Expr) -> None:
        kind = self.take_any(*_FUTURE) or self.fail("expected TABLES, SEQUENCES, FUNCTIONS, TYPES or SCHEMAS")
        node.set("kind", kind)

    def owner_change(self, kind: str, this: exp.Expr, exists: bool | None) -> exp.Expr | None:
        """Read ``OWNER TO role`` behind the name of an object; None when it is another change."""
        if not self.take("OWNER", "TO"):
            return None
        return nodes.ChangeOwner(this=this, kind=kind, exists=exists, expression=self.role())
