"""What a database holds, as plain values."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from avila.database import Database

TABLES = """
SELECT t.table_catalog, t.table_schema, t.table_name, t.table_type, count(c.column_name)
FROM information_schema.tables t
LEFT JOIN information_schema.columns c USING (table_catalog, table_schema, table_name)
WHERE t.table_catalog IN ('native', 'lake')
  AND t.table_schema NOT IN ('avila', 'information_schema', 'pg_catalog')
GROUP BY ALL ORDER BY ALL
"""
SNAPSHOTS = """
SELECT count(*), max(snapshot_id), min(snapshot_time), max(snapshot_time) FROM ducklake_snapshots('lake')
"""


def describe(database: Database) -> dict[str, Any]:
    """Return a database's stores, tables, snapshots, extensions and settings."""
    from avila import __version__
    from avila.extensions.registry import discover
    from avila.settings import Settings
    from avila.storage.layout import Layout

    layout = Layout(Path(database.target))
    settings = Settings.load(layout.settings, {})
    return {
        "database": database.target,
        "version": __version__,
        "owner": database.owner,
        "stores": _stores(layout),
        "tables": _tables(database),
        "snapshots": _snapshots(database) if settings["lake"] else None,
        "extensions": [
            {
                "name": extension.name,
                "summary": extension.summary,
                "functions": len(extension.scalars) + len(extension.macros) + len(extension.tables),
            }
            for extension in discover().values()
        ],
        "settings": [
            {"name": name, "value": value, "origin": settings.origins[name]}
            for name, value in settings.values.items()
        ],
    }


def _stores(layout: Any) -> list[dict[str, Any]]:
    from avila.storage.slots import beside

    data = (
        [path for path in layout.lake_data.rglob("*") if path.is_file()] if layout.lake_data.is_dir() else []
    )
    catalog = _bytes(layout.lake_catalog) + _bytes(beside(layout.lake_catalog, ".wal"))
    log = _bytes(layout.native_log)
    return [
        {
            "name": "native",
            "bytes": _bytes(layout.native) + log,
            "log_bytes": log,
            "about": f"of which {log:,} bytes are write-ahead log" if log else "encrypted file",
        },
        {
            "name": "lake",
            "bytes": catalog + sum(_bytes(path) for path in data),
            "files": len(data),
            "about": f"{len(data)} encrypted Parquet file{'' if len(data) == 1 else 's'} and a catalog",
        },
    ]


def _bytes(path: Path) -> int:
    return path.stat().st_size if path.exists() else 0


def _tables(database: Database) -> list[dict[str, Any]]:
    found = []
    for catalog, schema, name, kind, columns in database.execute(TABLES).fetchall():
        quoted = ".".join('"' + part.replace('"', '""') + '"' for part in (catalog, schema, name))
        # A view's rows are only known by running it, which may take long.
        counted = None if kind == "VIEW" else database.execute(f"SELECT count(*) FROM {quoted}").fetchone()
        parts = ("" if catalog == "native" else catalog, "" if schema == "main" else schema, name)
        found.append(
            {
                "name": ".".join(part for part in parts if part),
                "store": catalog,
                "schema": schema,
                "columns": columns,
                "rows": counted[0] if counted else None,
            }
        )
    return found


def _snapshots(database: Database) -> dict[str, Any] | None:
    row = database.execute(SNAPSHOTS).fetchone()
    if row is None:
        return None
    count, latest, since, until = row
    return {
        "count": count,
        "latest": latest,
        "since": f"{since:%Y-%m-%d %H:%M:%S}",
        "until": f"{until:%Y-%m-%d %H:%M:%S}",
    }
