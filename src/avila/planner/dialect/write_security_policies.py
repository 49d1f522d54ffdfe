"""Writing row policies, row security and the options of views."""

from __future__ import annotations

from typing import TYPE_CHECKING

from avila.planner.dialect.write_security_privileges import PrivilegeWriter
from avila.planner.dialect.write_statements import _flag, _words

if TYPE_CHECKING:
    from sqlglot import exp

    from avila.planner.dialect import nodes


class PolicyWriter(PrivilegeWriter):
    """Writes statements about which rows are seen."""

    def _policy(self, verb: str, expression: exp.Expr) -> str:
        """Write the verb, the policy, and the table or tag it is on."""
        return _words(
            f"{verb} POLICY",
            _flag(expression, "exists", "IF EXISTS"),
            self.sql(expression, "this"),
            "ON",
            self.sql(expression, "table") or f"TAG {self.sql(expression, 'tag')}",
        )

    def _policy_rules(self, expression: exp.Expr) -> str:
        roles = expression.args.get("principals")
        using, check = self.sql(expression, "using"), self.sql(expression, "check")
        return _words(
            roles and f"TO {self._principals(roles)}",
            using and f"USING ({using})",
            check and f"WITH CHECK ({check})",
        )

    def createpolicy_sql(self, expression: nodes.CreatePolicy) -> str:
        """Write CREATE POLICY."""
        permissive, command = expression.args.get("permissive"), expression.args.get("command")
        return _words(
            self._policy("CREATE", expression),
            permissive and f"AS {permissive}",
            command and f"FOR {command}",
            self._policy_rules(expression),
        )

    def alterpolicy_sql(self, expression: nodes.AlterPolicy) -> str:
        """Write ALTER POLICY."""
        return _words(self._policy("ALTER", expression), self._policy_rules(expression))

    def renamepolicy_sql(self, expression: nodes.RenamePolicy) -> str:
        """Write ALTER POLICY … RENAME TO."""
        return f"{self._policy('ALTER', expression)} RENAME TO {self.sql(expression, 'expression')}"

    def droppolicy_sql(self, expression: nodes.DropPolicy) -> str:
        """Write DROP POLICY."""
        return _words(self._policy("DROP", expression), expression.args.get("behaviour"))

    def alterrowsecurity_sql(self, expression: nodes.AlterRowSecurity) -> str:
        """Write ENABLE, DISABLE, FORCE or NO FORCE ROW LEVEL SECURITY."""
        exists = _flag(expression, "exists", "IF EXISTS")
        kind = expression.args["kind"]
        return _words("ALTER TABLE", exists, self.sql(expression, "this"), kind, "ROW LEVEL SECURITY")

    def viewoptions_sql(self, expression: nodes.ViewOptions) -> str:
        """Write WITH (…) of a view."""
        return f"WITH ({self.listed(expression)})"

    def alterviewoptions_sql(self, expression: nodes.AlterViewOptions) -> str:
        """Write ALTER VIEW … SET (…) or RESET (…)."""
        exists = _flag(expression, "exists", "IF EXISTS")
        options = f"({self.listed(expression)})"
        return _words("ALTER VIEW", exists, self.sql(expression, "this"), expression.args["kind"], options)
