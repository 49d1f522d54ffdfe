"""What a role that is no superuser may call. A function that is in none of these lists is refused.

The lists name functions of the kernel. They say what a call may reach, not what a role has been granted; and they hold
only while no macro takes a kernel function's name, because the kernel looks at users' macros first.
"""

from __future__ import annotations

from importlib.resources import files
from typing import TYPE_CHECKING, Final

from avila.planner import governed

if TYPE_CHECKING:
    from collections.abc import Mapping


def _names(file: str) -> frozenset[str]:
    text = files("avila.planner").joinpath("functions", file).read_text(encoding="utf-8")
    return frozenset(name for line in text.splitlines() if not line.startswith("# ") for name in line.split())


ALLOWED: Final = _names("allowed.txt")
"""Functions that compute from their arguments alone, and harmless information about the session."""

_SEQUENCE = "It names a sequence by text: the role needs rights on that sequence."
_SETTING = "Settings hold paths and keys: only the ones that Avila shows may be read."
_ROLE = "The kernel knows no roles: the answer is Avila's."
_DEFINITION = "It shows a definition by number: only of what the role may see."

OWN_RULE: Final[Mapping[str, str]] = {
    "nextval": _SEQUENCE,
    "currval": _SEQUENCE,
    "current_setting": _SETTING,
    "getvariable": "Variables of the session: none of them may be Avila's own.",
    "current_query": "The kernel would show the statement as rewritten, with its policies and masks.",
    "current_user": _ROLE,
    "current_role": _ROLE,
    "session_user": _ROLE,
    "user": _ROLE,
    "pg_has_role": _ROLE,
    "has_any_column_privilege": _ROLE,
    "has_column_privilege": _ROLE,
    "has_database_privilege": _ROLE,
    "has_foreign_data_wrapper_privilege": _ROLE,
    "has_function_privilege": _ROLE,
    "has_language_privilege": _ROLE,
    "has_schema_privilege": _ROLE,
    "has_sequence_privilege": _ROLE,
    "has_server_privilege": _ROLE,
    "has_table_privilege": _ROLE,
    "has_tablespace_privilege": _ROLE,
    "pg_get_viewdef": _DEFINITION,
    "pg_get_constraintdef": _DEFINITION,
}
"""Functions that a rule must answer or check; until one does, they are refused."""

_OPTIMIZER = "It is the optimizer's own, and checks nothing of what it is given."
_BYTES = "It reads bytes as the kernel's own format, and checks nothing of them."

SUPERUSER: Final[Mapping[str, str]] = {
    "stats": "It shows the least and the greatest value of a column, of hidden rows too.",
    "vector_type": "It shows how the kernel holds rows, hidden ones among them.",
    "json_deserialize_sql": "It builds the kernel's trees from text that nothing has checked.",
    "get_block_size": "It shows the storage.",
    "combine": _BYTES,
    "finalize": _BYTES,
    "variant_bytes_to_variant": _BYTES,
    "variant_normalize": _BYTES,
    "variant_to_parquet_variant": _BYTES,
    **dict.fromkeys(_names("internal.txt"), _OPTIMIZER),
}
"""Functions for superusers alone, and why."""

# --- table functions ---

TABLE_ALLOWED: Final = governed.PURE | {
    "duckdb_keywords", "duckdb_optimizers", "duckdb_secret_types", "duckdb_coordinate_systems", "pragma_version",
    "pragma_platform", "pragma_collations", "pragma_user_agent", "ducklake_current_snapshot", "current_snapshot",
}  # fmt: skip
"""Table functions that make rows from their arguments, or show what is the same for everybody."""

TABLE_FILES: Final = governed.FILES
"""Table functions that read files: the role needs pg_read_server_files, and rule file_paths sees the path."""

_SQL = "Rule dynamic_sql puts what it says in its place."
_RELATION = "Its argument names a relation: the role must be allowed to see it."
_CHANGES = "It shows rows of the table that it names: grants, policies and masks of the table apply."

TABLE_OWN_RULE: Final[Mapping[str, str]] = {
    "query": _SQL,
    "query_table": _SQL,
    "pragma_table_info": _RELATION,
    "pragma_show": _RELATION,
    "duckdb_variables": OWN_RULE["getvariable"],
    **dict.fromkeys(("table_changes", "table_insertions", "table_deletions"), _CHANGES),
    **dict.fromkeys(
        ("ducklake_table_changes", "ducklake_table_insertions", "ducklake_table_deletions"), _CHANGES
    ),
}
"""Table functions that a rule must check; until one does, they are refused."""

_MACHINE = "It shows the process and the machine."
_OTHERS = "It shows what other sessions do."
_LAKE = "It maintains the lake, or shows all of it, hidden rows, file keys and tables of others among them."
_LAKE_FUNCTIONS = (
    "snapshots", "table_info", "options", "settings", "last_committed_snapshot", "list_files", "merge_adjacent_files",
    "flush_inlined_data", "expire_snapshots", "cleanup_old_files", "delete_orphaned_files", "rewrite_data_files",
    "set_commit_message", "set_option",
)  # fmt: skip

TABLE_SUPERUSER: Final[Mapping[str, str]] = {
    "pragma_storage_info": "It shows the least and the greatest value of each column, of hidden rows too.",
    "pragma_metadata_info": "It shows the storage.",
    "pragma_database_size": "It shows the storage.",
    "duckdb_settings": _SETTING,
    "duckdb_profiling_settings": _SETTING,
    "duckdb_dependencies": "It lists every object by a number that says nothing of its schema.",
    "duckdb_memory": _MACHINE,
    "duckdb_temporary_files": _MACHINE,
    "duckdb_external_file_cache": _MACHINE,
    "duckdb_approx_database_count": _MACHINE,
    "duckdb_connection_count": _OTHERS,
    "duckdb_prepared_statements": "It shows statements as rewritten, with their policies and masks.",
    **dict.fromkeys(_LAKE_FUNCTIONS, _LAKE),
    **{f"ducklake_{name}": _LAKE for name in _LAKE_FUNCTIONS},
}
"""Table functions for superusers alone, and why."""

# --- pragmas ---

PRAGMA_ALLOWED: Final = frozenset({"version", "platform", "collations", "user_agent"})
"""What PRAGMA tells everybody."""

PRAGMA_OWN_RULE: Final[Mapping[str, str]] = {"table_info": _RELATION, "show": _RELATION}
"""Pragmas that name a relation; all the others that classify knows are for superusers."""
