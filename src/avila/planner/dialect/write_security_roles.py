"""Writing statements about roles."""

from __future__ import annotations

from typing import TYPE_CHECKING

from avila.planner.dialect.roles import GROUP_WORD
from avila.planner.dialect.write_definitions import DefinitionWriter
from avila.planner.dialect.write_statements import _flag, _words

if TYPE_CHECKING:
    from collections.abc import Iterable

    from sqlglot import exp

    from avila.planner.dialect import nodes


class RoleWriter(DefinitionWriter):
    """Writes statements about roles."""

    def _principals(self, roles: Iterable[exp.Expr] | None) -> str:
        """Write roles, each behind the word GROUP if it was there."""
        return ", ".join(
            f"GROUP {self.sql(role)}" if role.meta.get(GROUP_WORD) else self.sql(role) for role in roles or ()
        )

    def roleoption_sql(self, expression: nodes.RoleOption) -> str:
        """Write an option of a role."""
        return _words(
            _flag(expression, "encrypted", "ENCRYPTED"),
            expression.args["this"],
            self.sql(expression, "expression"),
            self.listed(expression),
        )

    def _role(self, verb: str, expression: exp.Expr) -> str:
        """Write the verb, ROLE, USER or GROUP, and the role: all of them when there is none."""
        return f"{verb} {expression.args['kind']} {self.sql(expression, 'this') or 'ALL'}"

    def _role_in_database(self, expression: exp.Expr) -> str:
        database = self.sql(expression, "database")
        return _words(self._role("ALTER", expression), database and f"IN DATABASE {database}")

    def _role_options(self, expression: exp.Expr) -> str:
        options = " ".join(self.sql(option) for option in expression.expressions)
        return _words(_flag(expression, "with_word", "WITH"), options)

    def createrole_sql(self, expression: nodes.CreateRole) -> str:
        """Write CREATE ROLE."""
        return _words(self._creating(expression, expression.args["kind"]), self._role_options(expression))

    def alterrole_sql(self, expression: nodes.AlterRole) -> str:
        """Write ALTER ROLE with options."""
        return _words(self._role("ALTER", expression), self._role_options(expression))

    def renamerole_sql(self, expression: nodes.RenameRole) -> str:
        """Write ALTER ROLE … RENAME TO."""
        return f"{self._role('ALTER', expression)} RENAME TO {self.sql(expression, 'expression')}"

    def setrolesetting_sql(self, expression: nodes.SetRoleSetting) -> str:
        """Write ALTER ROLE … SET setting."""
        return _words(
            self._role_in_database(expression),
            "SET",
            self.sql(expression, "setting"),
            expression.args.get("operator"),
            self.listed(expression),
        )

    def resetrolesetting_sql(self, expression: nodes.ResetRoleSetting) -> str:
        """Write ALTER ROLE … RESET setting."""
        return f"{self._role_in_database(expression)} RESET {self.sql(expression, 'setting') or 'ALL'}"

    def setroleresourcegroup_sql(self, expression: nodes.SetRoleResourceGroup) -> str:
        """Write ALTER ROLE … SET RESOURCE GROUP."""
        group = self.sql(expression, "expression") or "NONE"
        return f"{self._role('ALTER', expression)} SET RESOURCE GROUP {group}"

    def altergroup_sql(self, expression: nodes.AlterGroup) -> str:
        """Write ALTER GROUP."""
        group, verb = self.sql(expression, "this"), expression.args["kind"]
        return f"ALTER GROUP {group} {verb} USER {self.listed(expression)}"

    def droprole_sql(self, expression: nodes.DropRole) -> str:
        """Write DROP ROLE."""
        exists = _flag(expression, "exists", "IF EXISTS")
        return _words("DROP", expression.args["kind"], exists, self.listed(expression))

    def setrole_sql(self, expression: nodes.SetRole) -> str:
        """Write SET ROLE."""
        words = ("SET", expression.args.get("scope"), "ROLE", expression.args.get("operator"))
        return _words(*words, self.sql(expression, "this") or "NONE")

    def resetrole_sql(self, expression: nodes.ResetRole) -> str:
        """Write RESET ROLE."""
        del expression
        return "RESET ROLE"

    def setsessionauthorization_sql(self, expression: nodes.SetSessionAuthorization) -> str:
        """Write SET SESSION AUTHORIZATION."""
        role = self.sql(expression, "this") or "DEFAULT"
        return _words("SET", expression.args.get("scope"), "SESSION AUTHORIZATION", role)

    def resetsessionauthorization_sql(self, expression: nodes.ResetSessionAuthorization) -> str:
        """Write RESET SESSION AUTHORIZATION."""
        del expression
        return "RESET SESSION AUTHORIZATION"

    def reassignowned_sql(self, expression: nodes.ReassignOwned) -> str:
        """Write REASSIGN OWNED."""
        return f"REASSIGN OWNED BY {self.listed(expression)} TO {self.sql(expression, 'expression')}"

    def dropowned_sql(self, expression: nodes.DropOwned) -> str:
        """Write DROP OWNED."""
        return _words("DROP OWNED BY", self.listed(expression), expression.args.get("behaviour"))
