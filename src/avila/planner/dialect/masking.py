"""Tags, masks and encryption: what is attached to objects and columns."""

from __future__ import annotations

from typing import TYPE_CHECKING

from avila.planner.dialect import nodes
from avila.planner.dialect.commands import CommandParser

if TYPE_CHECKING:
    from sqlglot import exp

_TAGGED = ("TABLE", "VIEW", "SCHEMA", "ROLE", "USER", "GROUP")
_WITH_COLUMNS = ("TABLE", "VIEW")


class MaskingParser(CommandParser):
    """Reads the statements that define tags, masks and keys, and the changes that attach them."""

    def attachment(self, kind: str, this: exp.Expr, exists: bool | None) -> exp.Expr | None:
        """Read what an object or a column gets or loses, behind its name; None when it is another change."""
        column = self._altered_column() if kind in _WITH_COLUMNS and self.at("ALTER", "MODIFY") else None
        target = {"this": this, "kind": kind, "exists": exists, "column": column}
        if kind in _TAGGED and self._sets_tag():
            self.expect("SET", "TAG")
            return nodes.SetTags(**target, expressions=self.csv(self._tag_value))
        if kind in _TAGGED and self.take("UNSET", "TAG"):
            return nodes.UnsetTags(**target, expressions=self.csv(self._tag))
        return self._protection(target) if column is not None or kind == "TAG" else None

    def _altered_column(self) -> nodes.AlteredColumn:
        first = self.advance()
        word = self.take("COLUMN") or None
        column = nodes.AlteredColumn(this=self.name("a column"), kind=first.value, word=word)
        return self.mark(column, first, self.previous)

    def _protection(self, target: dict[str, object]) -> exp.Expr | None:
        """Read the change of a mask or of the encryption."""
        if self.take("SET", "MASKING", "POLICY"):
            node = nodes.SetMaskingPolicy(**target, policy=self._masking_policy())
            if target["column"] is not None and self.take("USING"):
                node.set("expressions", self.wrapped(self.name))
            return node
        if self.take("UNSET", "MASKING", "POLICY"):
            policy = self._masking_policy() if self.is_name(self.token) else None
            return nodes.UnsetMaskingPolicy(**target, policy=policy)
        if self.take("SET", "ENCRYPTION"):
            mode = self.take_any("DETERMINISTIC", "RANDOMIZED")
            key = self._encryption_key() if self.take("KEY") else None
            subject = self.name("a column") if self.take("SUBJECT") else None
            return nodes.SetEncryption(**target, mode=mode, key=key, subject=subject)
        return nodes.DropEncryption(**target) if self.take("DROP", "ENCRYPTION") else None

    # --- tags ---

    def create_tag(self) -> exp.Expr:
        """Read ``[IF NOT EXISTS] tag [ALLOWED_VALUES 'a', …]`` behind CREATE TAG."""
        exists = self._if_not_exists()
        node = nodes.CreateTag(this=self._tag(), exists=exists)
        if self.take("ALLOWED_VALUES"):
            node.set("expressions", self.csv(self.string))
        return node

    def drop_tag(self) -> exp.Expr:
        """Read ``[IF EXISTS] tag`` behind DROP TAG."""
        exists = self.if_exists()
        return nodes.DropTag(this=self._tag(), exists=exists)

    def alter_tag(self) -> exp.Expr:
        """Read ``[IF EXISTS] tag change`` behind ALTER TAG."""
        exists = self.if_exists()
        node = self.attachment("TAG", self._tag(), exists)
        return node or self.fail("expected SET or UNSET MASKING POLICY, SET or DROP ENCRYPTION")

    def if_exists(self) -> bool | None:
        """Step over IF EXISTS; None if it is not there."""
        return self.take("IF", "EXISTS") or None

    def _tag(self) -> exp.Identifier:
        return self.name("a tag")

    def _sets_tag(self) -> bool:
        """Whether SET TAG stands here, rather than SET of a setting that is named tag."""
        return self.ahead("SET", "TAG") and self.is_name(self.peek(2))

    def _tag_value(self) -> exp.Expr:
        first = self.token
        tag = self._tag()
        self.require("=")
        value = nodes.TagValue(this=tag, expression=self.string("the value of the tag, a string"))
        return self.mark(value, first, self.previous)

    # --- masks ---

    def create_masking_policy(self) -> exp.Expr:
        """Read ``[IF NOT EXISTS] name AS (val type, …) RETURNS type -> body [USING VALUE]``."""
        replace = self.peek(-3).value == "REPLACE" or None
        exists = self._if_not_exists()
        node = nodes.CreateMaskingPolicy(this=self._masking_policy(), replace=replace, exists=exists)
        self.expect("AS")
        node.set("expressions", self.wrapped(self._mask_parameter))
        self.expect("RETURNS")
        node.set("returns", self.type_name())
        node.set("body", self._mask_body())
        node.set("using_value", self.take("USING", "VALUE") or None)
        return node

    def _masking_policy(self) -> exp.Identifier:
        return self.name("a masking policy")

    def _mask_parameter(self) -> exp.Expr:
        first = self.token
        name = self.name("a parameter")
        parameter = nodes.MacroParameter(this=name, kind=self.type_name())
        return self.mark(parameter, first, self.previous)

    def _mask_body(self) -> exp.Expr:
        self.require("->")
        return self.expression()

    def alter_masking_policy(self) -> exp.Expr:
        """Read ``[IF EXISTS] name SET BODY -> body`` behind ALTER MASKING POLICY."""
        exists = self.if_exists()
        policy = self._masking_policy()
        self.expect("SET", "BODY")
        return nodes.AlterMaskingPolicy(this=policy, exists=exists, body=self._mask_body())

    def drop_masking_policy(self) -> exp.Expr:
        """Read ``[IF EXISTS] name`` behind DROP MASKING POLICY."""
        exists = self.if_exists()
        return nodes.DropMaskingPolicy(this=self._masking_policy(), exists=exists)

    # --- encryption ---

    def create_encryption_key(self) -> exp.Expr:
        """Read ``[IF NOT EXISTS] key`` behind CREATE ENCRYPTION KEY."""
        exists = self._if_not_exists()
        return nodes.CreateEncryptionKey(this=self._encryption_key(), exists=exists)

    def drop_encryption_key(self) -> exp.Expr:
        """Read ``[IF EXISTS] key [CASCADE | RESTRICT]`` behind DROP ENCRYPTION KEY."""
        exists = self.if_exists()
        key = self._encryption_key()
        return nodes.DropEncryptionKey(
            this=key, exists=exists, behaviour=self.take_any("CASCADE", "RESTRICT")
        )

    def _encryption_key(self) -> exp.Identifier:
        return self.name("an encryption key")
