"""The kernel's own reading of a statement, with what depends on the text's layout taken out."""

from __future__ import annotations

import json
from typing import Any

import duckdb
import pytest

_LAYOUT = frozenset({"query_location", "location"})


class Oracle:
    """Parses statements as the kernel does."""

    def __init__(self) -> None:
        self._connection = duckdb.connect()

    def read(self, sql: str) -> Any:
        """Return the tree of a SELECT, the kinds of other statements, or None for what is rejected."""
        answer = self._connection.execute("SELECT json_serialize_sql(?::VARCHAR)", [sql]).fetchone()
        assert answer is not None
        tree = json.loads(answer[0])
        if not tree["error"]:
            return _without_layout(tree)
        try:
            return [str(statement.type) for statement in self._connection.extract_statements(sql)]
        except duckdb.Error:
            return None


@pytest.fixture(scope="session")
def oracle() -> Oracle:
    """Return the kernel as a reader."""
    return Oracle()


def _without_layout(node: Any) -> Any:
    if isinstance(node, dict):
        return {key: _without_layout(value) for key, value in node.items() if key not in _LAYOUT}
    if isinstance(node, list):
        return [_without_layout(item) for item in node]
    return node
