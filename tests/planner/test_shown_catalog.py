"""The catalog that a role is shown: complete for who may see everything, and silent about what is hidden."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from avila.kernel.duckdb.engine import DuckDBEngine
from avila.planner.catalog_views import DERIVED, LISTINGS, CatalogView
from avila.planner.dialect import generate
from avila.planner.shown_catalog import shown_listing, shown_view

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

SECRETS = """
USE home;
CREATE SCHEMA zq_schema;
CREATE TABLE zq_schema.inner_table (a INTEGER);
CREATE TABLE zq_table (zq_column INTEGER PRIMARY KEY DEFAULT 4711 CHECK (zq_column <> -4712));
INSERT INTO zq_table SELECT range FROM range(4713);
CREATE TABLE zq_child (zq_reference INTEGER REFERENCES zq_table (zq_column));
CREATE INDEX zq_index ON zq_child (zq_reference);
CREATE VIEW zq_view AS SELECT zq_column AS zq_renamed FROM zq_table;
CREATE SEQUENCE zq_sequence START 4714;
CREATE TYPE zq_type AS ENUM ('zq_label');
CREATE MACRO zq_macro(zq_parameter) AS zq_parameter + 4715;
COMMENT ON TABLE zq_table IS 'zq_comment';
COMMENT ON COLUMN zq_table.zq_column IS 'zq_remark';
CREATE TABLE open_table (b INTEGER DEFAULT 4716);
INSERT INTO open_table SELECT range FROM range(4717);
CREATE VIEW open_view AS SELECT zq_column AS b FROM zq_table;
"""
WORDS = ("zq_", "inner_table", *(str(number) for number in range(4711, 4718)))


@pytest.fixture(scope="module")
def engine() -> Iterator[DuckDBEngine]:
    """Return a kernel whose database has objects that are for everybody, and hidden ones."""
    engine = DuckDBEngine({"threads": 1})
    engine.attach_memory("home")
    engine.execute(SECRETS)
    yield engine
    engine.close()


@pytest.fixture(scope="module")
def definitions(engine: DuckDBEngine) -> Mapping[tuple[str, str], str]:
    """Return the kernel's system views."""
    rows = engine.execute("SELECT schema_name, view_name, sql FROM duckdb_views() WHERE internal")
    return {(schema, name): sql for schema, name, sql in rows}


def everything(_view: CatalogView) -> str:
    return "true"


def what_is_open(view: CatalogView) -> str:
    parts = [f"{column} NOT LIKE 'zq%'" for column in (view.database, view.schema, view.name) if column]
    return " AND ".join(parts) or "true"


@pytest.mark.parametrize("listing", sorted(LISTINGS))
def test_a_listing_hides_columns_and_rows(engine: DuckDBEngine, listing: str) -> None:
    view = LISTINGS[listing]
    sql = generate(shown_listing(view, everything))
    columns = "SELECT column_name, column_type FROM (DESCRIBE {})"
    assert engine.execute(columns.format(sql)) == engine.execute(columns.format(f"SELECT * FROM {listing}()"))
    for column in view.hidden:
        assert engine.execute(f"SELECT count({column}) FROM ({sql})") == [(0,)]
    shown = str(engine.execute(generate(shown_listing(view, what_is_open))))
    assert not [word for word in WORDS if word in shown]


@pytest.mark.parametrize("name", sorted(DERIVED), ids=".".join)
def test_a_view_shows_what_its_listings_show(
    engine: DuckDBEngine, definitions: Mapping[tuple[str, str], str], name: tuple[str, str]
) -> None:
    original = f"SELECT * FROM {'.'.join(name)}"
    sql = generate(shown_view(name, definitions, everything))
    names = "SELECT column_name, column_type FROM (DESCRIBE {})"
    assert engine.execute(names.format(sql)) == engine.execute(names.format(original))
    if name != ("pg_catalog", "pg_attrdef"):  # nothing but defaults, which are hidden
        assert engine.execute(f"SELECT count(*) FROM ({sql})") == engine.execute(
            f"SELECT count(*) FROM ({original})"
        )
    shown = str(engine.execute(generate(shown_view(name, definitions, what_is_open))))
    assert not [word for word in WORDS if word in shown]


def test_the_words_would_be_found(engine: DuckDBEngine) -> None:
    shown = str([engine.execute(f"SELECT * FROM {listing}()") for listing in LISTINGS])
    assert all(word in shown for word in WORDS)
