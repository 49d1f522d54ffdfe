"""How much of a store each table takes."""

from __future__ import annotations

from typing import TYPE_CHECKING

from avila import errors

if TYPE_CHECKING:
    from avila.kernel.duckdb.engine import DuckDBEngine

BLOCK_BYTES = 262_144

_TABLES = """
SELECT schema_name, table_name, estimated_size, column_count FROM duckdb_tables()
WHERE database_name = ? AND NOT internal AND NOT temporary
"""
_SEGMENTS = """
SELECT list(DISTINCT block) FILTER (block >= 0),
       coalesce(sum(CASE segment_type WHEN 'VALIDITY' THEN count // 8 WHEN 'VARCHAR' THEN 16 * count ELSE 8 * count END)
                FILTER (NOT persistent), 0)
FROM (SELECT segment_type, persistent, count, unnest(list_append(coalesce(additional_block_ids, []), block_id)) AS block
      FROM pragma_storage_info(?))
"""
_LAKE = """
SELECT s.schema_name, t.table_name, sum(f.file_size_bytes)::BIGINT
FROM {metadata}.ducklake_data_file f
JOIN (SELECT table_id, arg_max(table_name, begin_snapshot) AS table_name,
             arg_max(schema_id, begin_snapshot) AS schema_id
      FROM {metadata}.ducklake_table GROUP BY table_id) t USING (table_id)
JOIN (SELECT DISTINCT schema_id, schema_name FROM {metadata}.ducklake_schema) s USING (schema_id)
GROUP BY ALL
"""

Sizes = dict[tuple[str, str, str], int]
"""Bytes by the folded catalog, schema and name of a table."""


def native_sizes(engine: DuckDBEngine, catalog: str) -> Sizes:
    """Return how much each table of a store of the kernel's own takes.

    What is in the file counts in its blocks, of which tables that share one have an equal part each; what is only in
    the log yet counts by its values, text as 16 bytes. Indexes are not counted: the kernel does not say their size.
    """
    blocks: dict[tuple[str, str, str], list[int]] = {}
    fresh: Sizes = {}
    for schema, table, rows, columns in engine.execute(_TABLES, [catalog]):
        key = (catalog, schema.lower(), table.lower())
        if '"' in table or '"' in schema:  # the kernel cannot be asked about these
            fresh[key] = 8 * rows * columns
            continue
        try:
            [(held, waiting)] = engine.execute(_SEGMENTS, [f'{catalog}."{schema}"."{table}"'])
        except errors.UndefinedTable:
            continue  # it was dropped meanwhile
        blocks[key], fresh[key] = held or [], int(waiting)
    users: dict[int, int] = {}
    for held in blocks.values():
        for block in held:
            users[block] = users.get(block, 0) + 1
    return {
        key: fresh[key] + sum(BLOCK_BYTES // users[block] for block in blocks.get(key, ())) for key in fresh
    }


def lake_sizes(engine: DuckDBEngine, catalog: str, metadata: str) -> Sizes:
    """Return how much the files of each table of the lake take, those of old snapshots too."""
    rows = engine.execute(_LAKE.format(metadata=metadata))
    return {(catalog, schema.lower(), table.lower()): size for schema, table, size in rows}
