"""The keys of the database itself."""

from __future__ import annotations

from typing import TYPE_CHECKING

from avila.planner.dialect import nodes
from avila.planner.dialect.governance import GovernanceParser

if TYPE_CHECKING:
    from sqlglot import exp


class KeyParser(GovernanceParser):
    """Reads statements about keys."""

    def rotate_wrapping_key(self) -> exp.Expr:
        """Read ``[TO provider] [DESTROY OLD]`` behind ALTER DATABASE ROTATE WRAPPING KEY."""
        node = nodes.RotateWrappingKey()
        if self.take("TO"):
            node.set("this", self.name("a key provider"))
        node.set("destroy", self.take("DESTROY", "OLD") or None)
        return node

    def rotate_data_keys(self) -> exp.Expr:
        """Read what is behind ALTER DATABASE ROTATE DATA KEYS: nothing."""
        return nodes.RotateDataKeys()
