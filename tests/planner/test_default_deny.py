"""Whatever the kernel can do is either governed or refused: nothing is allowed because nobody thought of it."""

from __future__ import annotations

import inspect
from functools import reduce
from importlib import import_module
from typing import TYPE_CHECKING

import pytest
from sqlglot import exp
from tests.planner.statements_for_restricted import CASES

from avila import errors
from avila.kernel.duckdb.engine import DuckDBEngine
from avila.planner import catalog_views, classify, governed
from avila.planner import function_classes as classes
from avila.planner.dialect import nodes, parse
from avila.planner.plan import Statement
from avila.planner.scope import calls, tables

if TYPE_CHECKING:
    from collections.abc import Iterator

EXTENSIONS = ("httpfs", "ducklake", "excel")
SCALARS = {
    "refused": frozenset(governed.REFUSED),
    "allowed": classes.ALLOWED,
    "own rule": frozenset(classes.OWN_RULE),
    "superuser": frozenset(classes.SUPERUSER),
}
TABLES = {
    "refused": frozenset(governed.REFUSED) | frozenset(governed.REFUSED_TABLES),
    "allowed": classes.TABLE_ALLOWED,
    "files": classes.TABLE_FILES,
    "own rule": frozenset(classes.TABLE_OWN_RULE),
    "listing": frozenset(catalog_views.LISTINGS),
    "superuser": frozenset(classes.TABLE_SUPERUSER),
}
LAKE_MACROS = frozenset(name.removeprefix("ducklake_") for name in governed.LAKE)
"""The lake's functions, which the kernel makes where a lake is attached, and lists nowhere."""
SCALAR_KINDS = ("scalar", "aggregate", "macro")
TABLE_KINDS = ("table", "table_macro")


@pytest.fixture(scope="module")
def engine() -> Iterator[DuckDBEngine]:
    """Return a kernel with every extension that Avila may load."""
    engine = DuckDBEngine({})
    for name in EXTENSIONS:
        engine.load(name)
    yield engine
    engine.close()


def listed(engine: DuckDBEngine, kinds: tuple[str, ...]) -> frozenset[str]:
    rows = engine.execute("SELECT DISTINCT lower(function_name), function_type FROM duckdb_functions()")
    return frozenset(name for name, kind in rows if kind in kinds)


# --- functions ---


def test_every_function_has_a_class(engine: DuckDBEngine) -> None:
    unknown = listed(engine, SCALAR_KINDS) - frozenset().union(*SCALARS.values())
    assert not unknown, f"say in function_classes what a restricted role may do with {sorted(unknown)}"


def test_every_table_function_has_a_class(engine: DuckDBEngine) -> None:
    unknown = listed(engine, TABLE_KINDS) - frozenset().union(*TABLES.values())
    assert not unknown, f"say in function_classes what a restricted role may do with {sorted(unknown)}"


def test_what_the_planner_governs_for_owners_has_a_class() -> None:
    """Of the functions that the planner lets the owner call, too."""
    known = frozenset().union(*TABLES.values())
    gone = {"pragma_last_profiling_output", "pragma_detailed_profiling_output"}  # of older kernels
    assert governed.TABLE_FUNCTIONS - gone <= known
    assert governed.GRAMMAR <= classes.ALLOWED


@pytest.mark.parametrize("classification", [SCALARS, TABLES], ids=["scalars", "tables"])
def test_no_function_is_in_two_classes(classification: dict[str, frozenset[str]]) -> None:
    for kind, names in classification.items():
        for other, others in classification.items():
            assert kind == other or not names & others, (kind, other)


def test_only_functions_that_exist_are_classified(engine: DuckDBEngine) -> None:
    """A name of no function would be free for anybody to take."""
    scalars = classes.ALLOWED | classes.OWN_RULE.keys() | classes.SUPERUSER.keys()
    assert scalars <= listed(engine, SCALAR_KINDS) | governed.GRAMMAR
    names = frozenset().union(*(names for kind, names in TABLES.items() if kind != "refused"))
    assert names <= listed(engine, TABLE_KINDS) | LAKE_MACROS


def test_every_pragma_is_for_everybody_or_checked_or_for_superusers(engine: DuckDBEngine) -> None:
    allowed = classes.PRAGMA_ALLOWED | classes.PRAGMA_OWN_RULE.keys()
    assert not classes.PRAGMA_ALLOWED & classes.PRAGMA_OWN_RULE.keys()
    assert allowed <= classify._PRAGMAS
    assert allowed <= listed(engine, ("pragma",))


# --- the kernel's catalog ---


def test_listings_have_the_columns_that_filter_and_hide(engine: DuckDBEngine) -> None:
    for listing, view in catalog_views.LISTINGS.items():
        columns = {row[0] for row in engine.execute(f"DESCRIBE SELECT * FROM {listing}()")}
        named = {view.database, view.schema, view.name} - {None}
        assert named | view.hidden <= columns, listing
        assert not named & view.hidden, listing


def test_listings_hide_what_tells_of_rows_paths_and_keys(engine: DuckDBEngine) -> None:
    """A column of that kind in a newer kernel must be thought about."""
    for listing, view in catalog_views.LISTINGS.items():
        columns = {row[0] for row in engine.execute(f"DESCRIBE SELECT * FROM {listing}()")}
        telling = {"sql", "path", "options", "estimated_size", "last_value", "install_path", "value", "file"}
        assert columns & telling <= view.hidden, listing


def test_every_system_view_is_governed(engine: DuckDBEngine) -> None:
    rows = engine.execute("SELECT schema_name, view_name FROM duckdb_views() WHERE internal")
    assert catalog_views.DERIVED.isdisjoint(catalog_views.SUPERUSER_VIEWS)
    assert set(rows) == catalog_views.DERIVED | catalog_views.SUPERUSER_VIEWS.keys()


def test_derived_views_show_only_governed_listings(engine: DuckDBEngine) -> None:
    """So that to govern the listings is to govern the views."""
    allowed = classes.ALLOWED | classes.TABLE_ALLOWED | catalog_views.LISTINGS.keys()
    rows = engine.execute("SELECT schema_name, view_name, sql FROM duckdb_views() WHERE internal")
    for schema, name, sql in rows:
        if (schema, name) in catalog_views.DERIVED:
            (tree,) = parse(sql)
            query = tree.expression
            assert {call.name.lower() for call in calls(query)} <= allowed, name
            named = [table for table in tables(query) if isinstance(table.this, exp.Identifier)]
            assert {(table.db or "main", table.name) for table in named} <= catalog_views.DERIVED, name


# --- statements and expressions ---


def node_classes() -> set[type[exp.Expr]]:
    """Return the nodes of Avila's dialect."""
    return {node for _, node in inspect.getmembers(nodes, inspect.isclass) if issubclass(node, exp.Expr)}


def subclasses(base: type[exp.Expr]) -> set[type[exp.Expr]]:
    return {base}.union(*(subclasses(node) for node in base.__subclasses__()))


def statement_classes() -> set[type[exp.Expr]]:
    """Return the classes of statements that classify lets through."""
    known = {nodes.Explain, nodes.CopyStatement, nodes.PragmaStatement, nodes.Call}
    known |= {nodes.AttachDatabase, nodes.DetachDatabase}
    for group in (
        classify._QUERIES,
        classify._WRITES,
        classify._DEFINITIONS,
        classify.COMMANDS,
        classify._SESSION,
    ):
        known |= set(group)
    return known


def test_every_statement_is_governed_for_restricted_roles() -> None:
    """By a function that exists; what no example of is refused must be said to be harmless."""
    assert statement_classes() <= CASES.keys()
    for kind, case in CASES.items():
        module, _, name = case.governed_by.partition(":")
        assert callable(reduce(getattr, name.split("."), import_module(module))), kind
        assert case.refused or case.harmless, kind
        assert bool(case.allowed) == bool(case.harmless), kind


def test_every_example_is_of_its_class() -> None:
    for kind, case in CASES.items():
        for sql in (*case.refused, *case.allowed):
            (tree,) = parse(sql.replace("{owner}", "1"))
            assert isinstance(tree, kind), sql


def test_a_statement_that_nothing_governs_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    """Every class of node that a tree could begin with is classified, or refused."""
    monkeypatch.setattr(classify, "_title", lambda _tree: "it")  # bare nodes cannot be written as SQL
    classified = tuple(statement_classes())
    others = {node for node in subclasses(exp.Expr) | node_classes() if not issubclass(node, classified)}
    assert len(others) > 500
    for node in others:
        with pytest.raises(errors.StatementNotAllowed):
            classify.classify(Statement("", node()))
