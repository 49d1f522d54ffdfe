"""Writing GRANT, REVOKE, default privileges and changes of the owner."""

from __future__ import annotations

from typing import TYPE_CHECKING

from avila.planner.dialect.write_security_roles import RoleWriter
from avila.planner.dialect.write_statements import _flag, _words

if TYPE_CHECKING:
    from sqlglot import exp

    from avila.planner.dialect import nodes


class PrivilegeWriter(RoleWriter):
    """Writes statements about rights."""

    def privilege_sql(self, expression: nodes.Privilege) -> str:
        """Write a right with its columns."""
        return _words(
            expression.args["this"],
            _flag(expression, "word", "PRIVILEGES"),
            self._wrapped_of(expression.expressions),
        )

    def routinereference_sql(self, expression: nodes.RoutineReference) -> str:
        """Write a function and the types of its arguments."""
        types = f"({self.listed(expression)})" if expression.args.get("called") else ""
        return f"{self.sql(expression, 'this')}{types}"

    def _objects(self, expression: exp.Expr) -> str:
        kind = str(expression.args["kind"])
        if kind == "TABLE":
            kind = _flag(expression, "table_word", "TABLE")
        elif kind.startswith("ALL "):
            kind = f"{kind} IN SCHEMA"
        return _words("ON", kind, self._list_of(expression.args.get("objects")))

    def _granted_by(self, expression: exp.Expr) -> str:
        role = self.sql(expression, "granted_by")
        return role and f"GRANTED BY {role}"

    def grantprivileges_sql(self, expression: nodes.GrantPrivileges) -> str:
        """Write GRANT of rights."""
        return _words(
            "GRANT",
            self.listed(expression),
            self._objects(expression),
            f"TO {self._principals(expression.args['principals'])}",
            _flag(expression, "grant_option", "WITH GRANT OPTION"),
            self._granted_by(expression),
        )

    def revokeprivileges_sql(self, expression: nodes.RevokePrivileges) -> str:
        """Write REVOKE of rights."""
        return _words(
            "REVOKE",
            _flag(expression, "grant_option", "GRANT OPTION FOR"),
            self.listed(expression),
            self._objects(expression),
            f"FROM {self._principals(expression.args['principals'])}",
            self._granted_by(expression),
            expression.args.get("behaviour"),
        )

    def membershipoption_sql(self, expression: nodes.MembershipOption) -> str:
        """Write an option of a membership."""
        return f"{expression.args['this']} {self.sql(expression, 'expression') or 'OPTION'}"

    def grantroles_sql(self, expression: nodes.GrantRoles) -> str:
        """Write GRANT of roles."""
        options = self._list_of(expression.args.get("options"))
        return _words(
            "GRANT",
            self.listed(expression),
            f"TO {self._principals(expression.args['principals'])}",
            options and f"WITH {options}",
            self._granted_by(expression),
        )

    def revokeroles_sql(self, expression: nodes.RevokeRoles) -> str:
        """Write REVOKE of roles."""
        option = expression.args.get("option")
        return _words(
            "REVOKE",
            option and f"{option} OPTION FOR",
            self.listed(expression),
            f"FROM {self._principals(expression.args['principals'])}",
            self._granted_by(expression),
            expression.args.get("behaviour"),
        )

    def alterdefaultprivileges_sql(self, expression: nodes.AlterDefaultPrivileges) -> str:
        """Write ALTER DEFAULT PRIVILEGES."""
        roles, schemas = expression.args.get("roles"), expression.args.get("schemas")
        return _words(
            "ALTER DEFAULT PRIVILEGES",
            roles and f"FOR {expression.args['role_word']} {self._list_of(roles)}",
            schemas and f"IN SCHEMA {self._list_of(schemas)}",
            self.sql(expression, "this"),
        )

    def schemaowner_sql(self, expression: nodes.SchemaOwner) -> str:
        """Write AUTHORIZATION."""
        return f"AUTHORIZATION {self.sql(expression, 'this')}"

    def changeowner_sql(self, expression: nodes.ChangeOwner) -> str:
        """Write OWNER TO."""
        return _words(
            "ALTER",
            expression.args["kind"],
            _flag(expression, "exists", "IF EXISTS"),
            self.sql(expression, "this"),
            f"OWNER TO {self.sql(expression, 'expression')}",
        )
