"""Row policies, row security of tables, and the options of views."""

from __future__ import annotations

from typing import TYPE_CHECKING

from avila.planner.dialect import nodes
from avila.planner.dialect.privileges import PrivilegeParser

if TYPE_CHECKING:
    from sqlglot import exp

_COMMANDS = ("ALL", "SELECT", "INSERT", "UPDATE", "DELETE")
_AFTER_TARGET = ("RENAME", "CASCADE", "RESTRICT")
"""What may follow a table that is named tag; a tag of such a name is written in quotes."""


class PolicyParser(PrivilegeParser):
    """Reads statements about which rows are seen."""

    def create_policy(self) -> exp.Expr:
        """Read ``name ON table | TAG tag …`` behind CREATE POLICY."""
        node = nodes.CreatePolicy(this=self._policy())
        self._policy_target(node)
        if self.take("AS"):
            kind = self.take_any("PERMISSIVE", "RESTRICTIVE")
            node.set("permissive", kind or self.fail("expected PERMISSIVE or RESTRICTIVE"))
        if self.take("FOR"):
            command = self.take_any(*_COMMANDS)
            node.set("command", command or self.fail("expected ALL, SELECT, INSERT, UPDATE or DELETE"))
        self._policy_rules(node)
        return node

    def alter_policy(self) -> exp.Expr:
        """Read ``name ON table | TAG tag RENAME TO name | changes`` behind ALTER POLICY."""
        name = self._policy()
        node: exp.Expr = nodes.AlterPolicy(this=name)
        self._policy_target(node)
        if self.take("RENAME", "TO"):
            return nodes.RenamePolicy(**node.args, expression=self._policy())
        self._policy_rules(node)
        return node

    def drop_policy(self) -> exp.Expr:
        """Read ``[IF EXISTS] name ON table | TAG tag`` behind DROP POLICY."""
        exists = self.if_exists()
        node = nodes.DropPolicy(this=self._policy(), exists=exists)
        self._policy_target(node)
        node.set("behaviour", self.behaviour())
        return node

    def _policy(self) -> exp.Identifier:
        return self.name("a policy")

    def _policy_target(self, node: exp.Expr) -> None:
        self.expect("ON")
        after = self.peek()
        if self.at("TAG") and self.is_name(after) and after.text.upper() not in _AFTER_TARGET:
            self.advance()
            node.set("tag", self._tag())
        else:
            node.set("table", self.table_name())

    def _policy_rules(self, node: exp.Expr) -> None:
        """Read for whom a policy is, and its conditions."""
        if self.take("TO"):
            node.set("principals", self.principals())
        if self.take("USING"):
            node.set("using", self.condition())
        if self.take("WITH"):
            self.expect("CHECK")
            node.set("check", self.condition())

    def condition(self) -> exp.Expr:
        """Read ``(expression)``."""
        self.require("(")
        condition = self.expression()
        self.require(")")
        return condition

    # --- what ALTER TABLE and ALTER VIEW say about rows ---

    def row_security(self, kind: str, this: exp.Expr, exists: bool | None) -> exp.Expr | None:
        """Read ``ENABLE ROW LEVEL SECURITY`` and its kind behind a table; None when it is another change."""
        if kind != "TABLE":
            return None
        for words in (("ENABLE",), ("DISABLE",), ("FORCE",), ("NO", "FORCE")):
            if self.take(*words):
                self.expect("ROW", "LEVEL", "SECURITY")
                return nodes.AlterRowSecurity(this=this, kind=" ".join(words), exists=exists)
        return None

    def view_change(self, kind: str, this: exp.Expr, exists: bool | None) -> exp.Expr | None:
        """Read ``SET (…)`` or ``RESET (…)`` behind a view; None when it is another change."""
        if kind != "VIEW" or not self.at("SET", "RESET") or not self.on_ahead(1, "("):
            return None
        verb = self.advance().value
        return nodes.AlterViewOptions(this=this, kind=verb, exists=exists, expressions=self.options())
