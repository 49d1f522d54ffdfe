"""The names that can be completed, read from the catalog when they may have changed."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

    from avila.catalog.signature import Signature
    from avila.session import Session

COLUMNS = """
SELECT database_name, schema_name, table_name, column_name, data_type FROM duckdb_columns()
WHERE database_name IN ('native', 'lake', 'temp') AND NOT internal ORDER BY column_index
"""
FUNCTIONS = """
SELECT DISTINCT function_name FROM duckdb_functions()
WHERE function_name SIMILAR TO '[a-z][a-z0-9_]*' AND NOT starts_with(function_name, 'pragma_')
"""
KEYWORDS = "SELECT upper(keyword_name) FROM duckdb_keywords()"


@dataclass(frozen=True)
class FunctionEntry:
    """A function of an extension, as it is shown."""

    signature: Signature
    kind: str
    summary: str


@dataclass(frozen=True)
class Names:
    """Everything that Tab knows."""

    tables: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    """Columns with their types by table, as a statement would name it."""
    functions: tuple[str, ...] = ()
    keywords: tuple[str, ...] = ()
    settings: tuple[str, ...] = ()

    @classmethod
    def read(cls, session: Session) -> Names:
        """Read the names a session sees now."""
        from avila.settings import SETTINGS

        tables: dict[str, dict[str, str]] = {}
        for store, schema, table, column, kind in session.execute(COLUMNS).fetchall():
            prefix = "" if store in {"native", "temp"} else f"{store}."
            prefix += "" if schema == "main" else f"{schema}."
            tables.setdefault(prefix + table, {})[column] = kind
        functions = {name for (name,) in session.execute(FUNCTIONS).fetchall()} | extension_functions().keys()
        keywords = [word for (word,) in session.execute(KEYWORDS).fetchall()]
        return cls(tables, tuple(sorted(functions)), tuple(sorted(keywords)), tuple(SETTINGS))


@cache
def extension_functions() -> Mapping[str, FunctionEntry]:
    """Return the functions of the installed extensions by name."""
    from avila.extensions.registry import discover

    found = {}
    for extension in discover().values():
        for kind, family in (
            ("scalar", extension.scalars),
            ("macro", extension.macros),
            ("table", extension.tables),
        ):
            for name, function in family.items():
                summary = function.doc.strip().partition("\n")[0]
                found[name] = FunctionEntry(function.signature, kind, summary)
    return found
