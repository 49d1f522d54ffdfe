"""Writing statements about the keys of the database itself."""

from __future__ import annotations

from typing import TYPE_CHECKING

from avila.planner.dialect.write_security_governance import GovernanceWriter
from avila.planner.dialect.write_statements import _flag, _words

if TYPE_CHECKING:
    from avila.planner.dialect import nodes


class KeyWriter(GovernanceWriter):
    """Writes statements about keys."""

    def rotatewrappingkey_sql(self, expression: nodes.RotateWrappingKey) -> str:
        """Write ALTER DATABASE ROTATE WRAPPING KEY."""
        provider = self.sql(expression, "this")
        return _words(
            "ALTER DATABASE ROTATE WRAPPING KEY",
            provider and f"TO {provider}",
            _flag(expression, "destroy", "DESTROY OLD"),
        )

    def rotatedatakeys_sql(self, expression: nodes.RotateDataKeys) -> str:  # noqa: ARG002 (it has no parts)
        """Write ALTER DATABASE ROTATE DATA KEYS."""
        return "ALTER DATABASE ROTATE DATA KEYS"
