"""Writing decisions, limits, tenants and retention."""

from __future__ import annotations

from typing import TYPE_CHECKING

from avila.planner.dialect.write_security_masking import MaskingWriter
from avila.planner.dialect.write_statements import _flag, _words

if TYPE_CHECKING:
    from sqlglot import exp

    from avila.planner.dialect import nodes


class GovernanceWriter(MaskingWriter):
    """Writes statements about what is allowed, how much of it, and for how long."""

    def explainpermission_sql(self, expression: nodes.ExplainPermission) -> str:
        """Write EXPLAIN PERMISSION."""
        role = self.sql(expression, "role")
        return _words("EXPLAIN PERMISSION", role and f"FOR ROLE {role}", self.sql(expression, "this"))

    def killstatement_sql(self, expression: nodes.KillStatement) -> str:
        """Write KILL."""
        return _words("KILL", expression.args.get("kind"), self.sql(expression, "this"))

    def _created_with(self, expression: exp.Expr, kind: str) -> str:
        options = self._wrapped_of(expression.expressions)
        return _words(self._creating(expression, kind), options and f"WITH {options}")

    def _altered_options(self, expression: exp.Expr, kind: str) -> str:
        exists = _flag(expression, "exists", "IF EXISTS")
        options = self._wrapped_of(expression.expressions)
        return _words("ALTER", kind, exists, self.sql(expression, "this"), f"SET {options}")

    def createresourcegroup_sql(self, expression: nodes.CreateResourceGroup) -> str:
        """Write CREATE RESOURCE GROUP."""
        return self._created_with(expression, "RESOURCE GROUP")

    def alterresourcegroup_sql(self, expression: nodes.AlterResourceGroup) -> str:
        """Write ALTER RESOURCE GROUP."""
        return self._altered_options(expression, "RESOURCE GROUP")

    def dropresourcegroup_sql(self, expression: nodes.DropResourceGroup) -> str:
        """Write DROP RESOURCE GROUP."""
        return self._dropping(expression, "RESOURCE GROUP")

    def createtenant_sql(self, expression: nodes.CreateTenant) -> str:
        """Write CREATE TENANT."""
        return self._created_with(expression, "TENANT")

    def altertenant_sql(self, expression: nodes.AlterTenant) -> str:
        """Write ALTER TENANT."""
        return self._altered_options(expression, "TENANT")

    def droptenant_sql(self, expression: nodes.DropTenant) -> str:
        """Write DROP TENANT."""
        return _words(self._dropping(expression, "TENANT"), expression.args.get("behaviour"))

    def createretentionpolicy_sql(self, expression: nodes.CreateRetentionPolicy) -> str:
        """Write CREATE RETENTION POLICY."""
        where = self.sql(expression, "where")
        return _words(
            self._creating(expression, "RETENTION POLICY"),
            f"ON {self.sql(expression, 'table')}",
            f"COLUMN {self.sql(expression, 'column')}",
            f"KEEP {self.sql(expression, 'keep')}",
            where and f"WHERE ({where})",
        )

    def dropretentionpolicy_sql(self, expression: nodes.DropRetentionPolicy) -> str:
        """Write DROP RETENTION POLICY."""
        return f"{self._dropping(expression, 'RETENTION POLICY')} ON {self.sql(expression, 'table')}"

    def applyretentionpolicies_sql(self, expression: nodes.ApplyRetentionPolicies) -> str:
        """Write APPLY RETENTION POLICIES."""
        del expression
        return "APPLY RETENTION POLICIES"
