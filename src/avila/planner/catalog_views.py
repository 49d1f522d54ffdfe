"""What of the kernel's catalog a role that is no superuser may see: which listings, which rows, which columns.

A listing is a table function. The kernel's system views are queries over listings, so a view shows what its listings
show: it is governed by putting its own definition in its place, and then governing the listings in that. To filter the
rows of ``pg_class`` itself would not do, because its numbers are unique in one database only.
"""

from __future__ import annotations

from dataclasses import dataclass
from types import MappingProxyType
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Mapping


@dataclass(frozen=True)
class CatalogView:
    """A listing, and which of its columns say whose a row is."""

    listing: str
    """The kernel's table function."""
    database: str | None = None
    schema: str | None = None
    name: str | None = None
    """The columns that name the object a row belongs to; without a name, a row belongs to the schema or database."""
    hidden: frozenset[str] = frozenset()
    """Columns that are NULL for whoever does not own the object."""


def _view(listing: str, name: str | None, *hidden: str) -> CatalogView:
    return CatalogView(listing, "database_name", "schema_name", name, frozenset(hidden))


_LISTINGS = (
    _view("duckdb_tables", "table_name", "sql", "estimated_size"),
    _view("duckdb_views", "view_name", "sql"),
    _view("duckdb_columns", "table_name", "column_default"),
    _view("duckdb_constraints", "table_name"),
    _view("duckdb_indexes", "table_name", "sql"),
    _view("duckdb_sequences", "sequence_name", "sql", "last_value"),
    _view("duckdb_functions", "function_name", "macro_definition"),
    _view("duckdb_types", "type_name"),
    _view("duckdb_schemas", None, "sql"),
    CatalogView("duckdb_databases", "database_name", hidden=frozenset({"path", "options"})),
    CatalogView("duckdb_extensions", hidden=frozenset({"install_path", "installed_from"})),
)

LISTINGS: Final[Mapping[str, CatalogView]] = MappingProxyType({view.listing: view for view in _LISTINGS})
"""The listings that show a role what it may see, by their names.

An index and a constraint belong to their table. An estimated size counts hidden rows; the options of a database hold
its key. Rows of the databases ``system`` (the kernel's own) and ``temp`` (the session's own) are shown to everybody.
"""

DERIVED: Final[frozenset[tuple[str, str]]] = frozenset(
    (schema, name)
    for schema, names in {
        "information_schema": (
            "character_sets check_constraints columns constraint_column_usage constraint_table_usage"
            " key_column_usage referential_constraints schemata table_constraints tables views"
        ),
        "main": (
            "duckdb_columns duckdb_constraints duckdb_databases duckdb_indexes duckdb_schemas duckdb_tables"
            " duckdb_types duckdb_views pragma_database_list sqlite_master sqlite_schema sqlite_temp_master"
            " sqlite_temp_schema"
        ),
        "pg_catalog": (
            "pg_am pg_attrdef pg_attribute pg_class pg_collation pg_constraint pg_database pg_description pg_enum"
            " pg_index pg_indexes pg_namespace pg_proc pg_sequence pg_sequences pg_tables pg_tablespace pg_type"
            " pg_views"
        ),
    }.items()
    for name in names.split()
)
"""System views, by schema and name, to be replaced by their own definitions over listings."""

SUPERUSER_VIEWS: Final[Mapping[tuple[str, str], str]] = MappingProxyType({
    ("main", "duckdb_logs"): "It shows what other sessions do.",
    ("pg_catalog", "pg_depend"): "It lists every object by a number that says nothing of its schema.",
    ("pg_catalog", "pg_prepared_statements"): "It shows statements as rewritten, with their policies and masks.",
    ("pg_catalog", "pg_settings"): "Settings hold paths and keys: only the ones that Avila shows may be read.",
})  # fmt: skip
"""System views for superusers alone, and why."""
