"""Writing tags, masks and encryption."""

from __future__ import annotations

from typing import TYPE_CHECKING

from avila.planner.dialect.write_security_policies import PolicyWriter
from avila.planner.dialect.write_statements import _flag, _words

if TYPE_CHECKING:
    from sqlglot import exp

    from avila.planner.dialect import nodes


class MaskingWriter(PolicyWriter):
    """Writes what is attached to objects and columns."""

    def _altering(self, expression: exp.Expr) -> str:
        """Write what is altered: an object, or a column of it."""
        return _words(
            "ALTER",
            expression.args["kind"],
            _flag(expression, "exists", "IF EXISTS"),
            self.sql(expression, "this"),
            self.sql(expression, "column"),
        )

    def _dropping(self, expression: exp.Expr, kind: str) -> str:
        exists = _flag(expression, "exists", "IF EXISTS")
        return _words("DROP", kind, exists, self.sql(expression, "this"))

    def alteredcolumn_sql(self, expression: nodes.AlteredColumn) -> str:
        """Write ALTER COLUMN or MODIFY COLUMN."""
        word = _flag(expression, "word", "COLUMN")
        return _words(expression.args["kind"], word, self.sql(expression, "this"))

    # --- tags ---

    def createtag_sql(self, expression: nodes.CreateTag) -> str:
        """Write CREATE TAG."""
        values = self.listed(expression)
        return _words(self._creating(expression, "TAG"), values and f"ALLOWED_VALUES {values}")

    def droptag_sql(self, expression: nodes.DropTag) -> str:
        """Write DROP TAG."""
        return self._dropping(expression, "TAG")

    def tagvalue_sql(self, expression: nodes.TagValue) -> str:
        """Write a tag with its value."""
        return f"{self.sql(expression, 'this')} = {self.sql(expression, 'expression')}"

    def settags_sql(self, expression: nodes.SetTags) -> str:
        """Write SET TAG."""
        return f"{self._altering(expression)} SET TAG {self.listed(expression)}"

    def unsettags_sql(self, expression: nodes.UnsetTags) -> str:
        """Write UNSET TAG."""
        return f"{self._altering(expression)} UNSET TAG {self.listed(expression)}"

    # --- masks ---

    def createmaskingpolicy_sql(self, expression: nodes.CreateMaskingPolicy) -> str:
        """Write CREATE MASKING POLICY."""
        returns, body = self.sql(expression, "returns"), self.sql(expression, "body")
        return _words(
            self._creating(expression, "MASKING POLICY"),
            f"AS ({self.listed(expression)})",
            f"RETURNS {returns} -> {body}",
            _flag(expression, "using_value", "USING VALUE"),
        )

    def altermaskingpolicy_sql(self, expression: nodes.AlterMaskingPolicy) -> str:
        """Write ALTER MASKING POLICY … SET BODY."""
        exists = _flag(expression, "exists", "IF EXISTS")
        policy, body = self.sql(expression, "this"), self.sql(expression, "body")
        return _words("ALTER MASKING POLICY", exists, policy, f"SET BODY -> {body}")

    def dropmaskingpolicy_sql(self, expression: nodes.DropMaskingPolicy) -> str:
        """Write DROP MASKING POLICY."""
        return self._dropping(expression, "MASKING POLICY")

    def setmaskingpolicy_sql(self, expression: nodes.SetMaskingPolicy) -> str:
        """Write SET MASKING POLICY."""
        columns = self._wrapped_of(expression.expressions)
        policy = self.sql(expression, "policy")
        return _words(
            self._altering(expression), f"SET MASKING POLICY {policy}", columns and f"USING {columns}"
        )

    def unsetmaskingpolicy_sql(self, expression: nodes.UnsetMaskingPolicy) -> str:
        """Write UNSET MASKING POLICY."""
        return _words(self._altering(expression), "UNSET MASKING POLICY", self.sql(expression, "policy"))

    # --- encryption ---

    def createencryptionkey_sql(self, expression: nodes.CreateEncryptionKey) -> str:
        """Write CREATE ENCRYPTION KEY."""
        return self._creating(expression, "ENCRYPTION KEY")

    def dropencryptionkey_sql(self, expression: nodes.DropEncryptionKey) -> str:
        """Write DROP ENCRYPTION KEY."""
        return _words(self._dropping(expression, "ENCRYPTION KEY"), expression.args.get("behaviour"))

    def setencryption_sql(self, expression: nodes.SetEncryption) -> str:
        """Write SET ENCRYPTION."""
        key, subject = self.sql(expression, "key"), self.sql(expression, "subject")
        return _words(
            self._altering(expression),
            "SET ENCRYPTION",
            expression.args.get("mode"),
            key and f"KEY {key}",
            subject and f"SUBJECT {subject}",
        )

    def dropencryption_sql(self, expression: nodes.DropEncryption) -> str:
        """Write DROP ENCRYPTION."""
        return f"{self._altering(expression)} DROP ENCRYPTION"
