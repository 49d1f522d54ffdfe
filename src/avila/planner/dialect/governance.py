"""Decisions, limits, tenants, and how long rows are kept."""

from __future__ import annotations

from typing import TYPE_CHECKING

from avila.planner.dialect import nodes
from avila.planner.dialect.lexer import PARAMETER
from avila.planner.dialect.policies import PolicyParser

if TYPE_CHECKING:
    from sqlglot import exp


class GovernanceParser(PolicyParser):
    """Reads statements about what is allowed, how much of it, and for how long."""

    def explain_permission(self) -> exp.Expr:
        """Read ``[FOR ROLE role] statement`` behind EXPLAIN PERMISSION."""
        role = self.role() if self.take("FOR", "ROLE") else None
        with self.nested():
            return nodes.ExplainPermission(this=self.statement(), role=role)

    def kill(self) -> exp.Expr:
        """Read ``[QUERY | CONNECTION] number`` behind KILL."""
        kind = self.take_any("QUERY", "CONNECTION")
        number = self._parameter_mark() if self.token.kind == PARAMETER else self.number()
        return nodes.KillStatement(this=number, kind=kind)

    # --- resource groups ---

    def create_resource_group(self) -> exp.Expr:
        """Read ``[IF NOT EXISTS] name [WITH (…)]`` behind CREATE RESOURCE GROUP."""
        exists = self._if_not_exists()
        node = nodes.CreateResourceGroup(this=self._resource_group(), exists=exists)
        return self._with_options(node)

    def alter_resource_group(self) -> exp.Expr:
        """Read ``[IF EXISTS] name SET (…)`` behind ALTER RESOURCE GROUP."""
        exists = self.if_exists()
        node = nodes.AlterResourceGroup(this=self._resource_group(), exists=exists)
        return self._new_options(node)

    def drop_resource_group(self) -> exp.Expr:
        """Read ``[IF EXISTS] name`` behind DROP RESOURCE GROUP."""
        exists = self.if_exists()
        return nodes.DropResourceGroup(this=self._resource_group(), exists=exists)

    def _resource_group(self) -> exp.Identifier:
        return self.name("a resource group")

    def _with_options(self, node: exp.Expr) -> exp.Expr:
        if self.take("WITH"):
            node.set("expressions", self.options())
        return node

    def _new_options(self, node: exp.Expr) -> exp.Expr:
        self.expect("SET")
        node.set("expressions", self.options())
        return node

    # --- tenants ---

    def create_tenant(self) -> exp.Expr:
        """Read ``[IF NOT EXISTS] name [WITH (…)]`` behind CREATE TENANT."""
        exists = self._if_not_exists()
        return self._with_options(nodes.CreateTenant(this=self._tenant(), exists=exists))

    def alter_tenant(self) -> exp.Expr:
        """Read ``[IF EXISTS] name SET (…)`` behind ALTER TENANT."""
        exists = self.if_exists()
        return self._new_options(nodes.AlterTenant(this=self._tenant(), exists=exists))

    def drop_tenant(self) -> exp.Expr:
        """Read ``[IF EXISTS] name [CASCADE | RESTRICT]`` behind DROP TENANT."""
        exists = self.if_exists()
        tenant = self._tenant()
        return nodes.DropTenant(this=tenant, exists=exists, behaviour=self.behaviour())

    def _tenant(self) -> exp.Identifier:
        return self.name("a tenant")

    # --- retention ---

    def create_retention_policy(self) -> exp.Expr:
        """Read ``[IF NOT EXISTS] name ON table COLUMN column KEEP INTERVAL … [WHERE (…)]``."""
        exists = self._if_not_exists()
        node = nodes.CreateRetentionPolicy(this=self._policy(), exists=exists)
        self.expect("ON")
        node.set("table", self.table_name())
        self.expect("COLUMN")
        node.set("column", self.name("a column"))
        self.expect("KEEP")
        if not self.at("INTERVAL"):
            self.fail("expected INTERVAL")
        node.set("keep", self._interval())
        if self.take("WHERE"):
            node.set("where", self.condition())
        return node

    def drop_retention_policy(self) -> exp.Expr:
        """Read ``[IF EXISTS] name ON table`` behind DROP RETENTION POLICY."""
        exists = self.if_exists()
        node = nodes.DropRetentionPolicy(this=self._policy(), exists=exists)
        self.expect("ON")
        node.set("table", self.table_name())
        return node

    def apply_retention_policies(self) -> exp.Expr:
        """Return the tree of APPLY RETENTION POLICIES."""
        return nodes.ApplyRetentionPolicies()
