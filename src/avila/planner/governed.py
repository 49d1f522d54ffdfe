"""The kernel's functions that reach beyond their arguments, each with the rule that governs it.

A table function that is not listed here is refused, whatever the kernel would do with it. Scalar functions are allowed
unless they are listed as refused.
"""

from __future__ import annotations

FILES: frozenset[str] = frozenset({
    "read_csv", "read_csv_auto", "sniff_csv", "read_parquet", "parquet_scan", "parquet_metadata", "parquet_schema",
    "parquet_file_metadata", "parquet_kv_metadata", "parquet_bloom_probe", "parquet_full_metadata", "read_json",
    "read_json_auto", "read_json_objects", "read_json_objects_auto", "read_ndjson", "read_ndjson_auto",
    "read_ndjson_objects", "read_text", "read_blob", "glob", "read_xlsx", "read_duckdb",
})  # fmt: skip
"""Table functions whose first argument is a path: rule file_paths looks at it."""

SQL_TEXT: frozenset[str] = frozenset({"query", "query_table"})
"""Table functions whose argument is SQL: rule dynamic_sql replaces them by what they say."""

PURE: frozenset[str] = frozenset({
    "range", "generate_series", "unnest", "repeat", "repeat_row", "summary", "json_each", "json_tree",
    "icu_calendar_names", "pg_timezone_names", "test_all_types", "test_vector_types",
})  # fmt: skip
"""Table functions that make rows from their arguments alone."""

CATALOG: frozenset[str] = frozenset({
    "duckdb_columns", "duckdb_constraints", "duckdb_databases", "duckdb_dependencies", "duckdb_functions",
    "duckdb_indexes", "duckdb_keywords", "duckdb_memory", "duckdb_optimizers", "duckdb_schemas", "duckdb_sequences",
    "duckdb_settings", "duckdb_tables", "duckdb_temporary_files", "duckdb_types", "duckdb_views", "duckdb_extensions",
    "duckdb_variables", "duckdb_prepared_statements", "duckdb_approx_database_count", "duckdb_coordinate_systems",
    "pragma_table_info", "pragma_show", "pragma_database_size", "pragma_storage_info", "pragma_version",
    "pragma_platform", "pragma_collations", "pragma_metadata_info", "pragma_user_agent", "duckdb_connection_count",
    "duckdb_profiling_settings", "duckdb_external_file_cache", "duckdb_secret_types", "pragma_last_profiling_output",
    "pragma_detailed_profiling_output",
})  # fmt: skip
"""Table functions that show the catalog: harmless to the owner, filtered for everybody else."""

LAKE: frozenset[str] = frozenset({
    "snapshots", "ducklake_snapshots", "table_info", "ducklake_table_info", "table_changes", "table_insertions",
    "table_deletions", "ducklake_table_changes", "ducklake_table_insertions", "ducklake_table_deletions", "options",
    "ducklake_options", "current_snapshot", "ducklake_current_snapshot", "last_committed_snapshot",
    "ducklake_last_committed_snapshot", "ducklake_list_files", "merge_adjacent_files", "ducklake_merge_adjacent_files",
    "flush_inlined_data", "ducklake_flush_inlined_data", "expire_snapshots", "ducklake_expire_snapshots",
    "cleanup_old_files", "ducklake_cleanup_old_files", "delete_orphaned_files", "ducklake_delete_orphaned_files",
    "rewrite_data_files", "ducklake_rewrite_data_files", "set_commit_message", "ducklake_set_commit_message",
    "set_option", "ducklake_set_option", "settings", "ducklake_settings",
})  # fmt: skip
"""The lake's own functions: change feed, snapshots and maintenance."""

GRAMMAR: frozenset[str] = frozenset({
    "coalesce", "construct_array", "extract", "grouping", "grouping_id", "if", "ifnull", "percentile_cont",
    "percentile_disc", "try",
})  # fmt: skip
"""Functions of the kernel's grammar, which its catalog does not list."""

TABLE_FUNCTIONS: frozenset[str] = FILES | SQL_TEXT | PURE | CATALOG | LAKE

_POINTERS = "It reads memory at an address that the statement gives."
_OWNED = "Avila does this itself."
_ENDS_PROCESS = "Some of its formats end the process."
_UNCHECKED = "It runs SQL, or names a table, that nothing has checked."

REFUSED: dict[str, str] = {
    "getenv": "It would show the environment of the process, where keys may lie.",
    "json_execute_serialized_sql": _UNCHECKED,
    "histogram_values": _UNCHECKED,
    "duckdb_table_sample": _UNCHECKED,
    "seq_scan": _POINTERS,
    "arrow_scan": _POINTERS,
    "arrow_scan_dumb": _POINTERS,
    "pandas_scan": _POINTERS,
    "python_map_function": _POINTERS,
    "ducklake_scan": _POINTERS,
    "checkpoint": "Use the statement CHECKPOINT, which waits for writers.",
    "force_checkpoint": "Use the statement CHECKPOINT, which waits for writers.",
    "write_log": _OWNED,
    "enable_logging": _OWNED,
    "disable_logging": _OWNED,
    "truncate_duckdb_logs": _OWNED,
    "duckdb_logs": _OWNED,
    "duckdb_logs_parsed": _OWNED,
    "duckdb_log_contexts": _OWNED,
    "enable_profiling": _OWNED,
    "disable_profiling": _OWNED,
    "duckdb_secrets": _OWNED,
    "which_secret": _OWNED,
    "ducklake_commit": _OWNED,
    "json_serialize_plan": "It plans SQL that nothing has checked, and opens the files that are named there.",
    "excel_text": _ENDS_PROCESS,
    "text": _ENDS_PROCESS,
    "ducklake_add_data_files": "Its files would not be encrypted; INSERT INTO lake.… SELECT from them instead.",
}
"""Functions that are refused, and why."""

REFUSED_TABLES: dict[str, str] = {"histogram": _UNCHECKED}
"""Table functions that are refused, but have the name of an aggregate that is not."""

EXTENSIONS: dict[str, str] = {"read_xlsx": "excel"}
"""The kernel extension that a function needs, loaded when it is first called."""
