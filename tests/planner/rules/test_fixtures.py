"""Every rule against its fixture: pairs of ``statement; expected;`` in a file of the rule's name."""

from __future__ import annotations

from pathlib import Path

import pytest
from governed_world import governed

from avila import errors
from avila.catalog.functions import Functions, MacroFunction, ScalarFunction, TableFunction
from avila.catalog.signature import Signature
from avila.kernel.base import Relation
from avila.planner import planner
from avila.planner.classify import classify
from avila.planner.dialect import generate
from avila.planner.plan import Context
from avila.planner.planner import RULES

FIXTURES = Path(__file__).parent
NAMES = [rule.__name__ for rule in RULES]
OF_A_ROLE = frozenset({"user_macros", "session_values", "govern"})
"""Rules that are shown in a catalog with rights, where alice asks; the others where the owner does."""


def never(*_: object) -> object:
    raise AssertionError("planning calls no function")


def context() -> Context:
    """Return a small catalog: what the fixtures are written against."""
    functions = Functions(
        kernel=frozenset({"range", "read_csv", "read_parquet", "read_xlsx", "count", "sum", "abs", "upper", "log10",
                          "query", "query_table", "getenv", "arrow_scan", "duckdb_tables", "histogram"}),
        scalars={"fft": ScalarFunction(Signature.parse("fft(signal DOUBLE[], rate DOUBLE = 1.0) -> DOUBLE[]"), never, "")},
        macros={
            "decibel": MacroFunction(Signature.parse("decibel(power, reference = 1)"), "10 * log10(power / reference)", ""),
            "twice": MacroFunction(Signature.parse("twice(x)"), "decibel(x) + decibel(x)", ""),
        },
        tables={
            "read_fits": TableFunction(
                Signature.parse("read_fits(path VARCHAR, hdu INTEGER = NULL)"), never, "", files="path", suffixes=(".fits",)
            ),
            "avila.watched": TableFunction(Signature("avila.watched", ()), never, "", session=True),
        },
    )  # fmt: skip
    relations = [
        Relation("native", "main", "star", "table"),
        Relation("native", "main", "Kind", "table"),
        Relation("native", "other", "thing", "table"),
        Relation("lake", "main", "events", "table"),
        Relation("system", "information_schema", "tables", "view", internal=True),
        Relation("temp", "main", "mine", "table", temporary=True),
    ]
    return Context(
        functions,
        {relation.key: relation for relation in relations},
        macros=lambda: frozenset({"users_macro"}),
        frames=lambda name: name == "frame",
    )


def context_of(name: str) -> Context:
    """Return what a rule's fixture is written against."""
    return governed() if name in OF_A_ROLE else context()


def records(name: str) -> list[tuple[str, str, int]]:
    """Return the pairs of a fixture with the line each starts at; ``--`` begins a comment."""
    text = (FIXTURES / f"{name}.sql").read_text(encoding="utf-8")
    found = []
    parts: list[str] = []
    start = 0
    for number, line in enumerate(text.splitlines(), 1):
        if not line.strip() or line.startswith("--"):
            continue
        start = start if parts else number
        parts.append(line)
        if line.endswith(";;"):
            statement, _, expected = "\n".join(parts).removesuffix(";;").partition(";\n")
            found.append((statement, expected.strip(), start))
            parts = []
    return found


@pytest.mark.parametrize("name", NAMES)
def test_every_rule_has_a_fixture(name: str) -> None:
    assert records(name)


@pytest.mark.parametrize(
    ("name", "sql", "expected"),
    [
        pytest.param(name, sql, expected, id=f"{name}:{line}")
        for name in NAMES
        if (FIXTURES / f"{name}.sql").exists()
        for sql, expected, line in records(name)
    ],
)
def test_fixture(name: str, sql: str, expected: str) -> None:
    """Run the rules up to this one; ``expected`` is the SQL, ``key: value`` lines about the plan, or an error."""
    known = context_of(name)
    try:
        plan = classify(planner.statements(sql)[0])
        for rule in RULES[: NAMES.index(name) + 1]:
            plan = rule(plan, known)
    except errors.Error as error:
        assert expected == f"{type(error).__name__}: {error.message}"
        return
    described = {
        "reads": sorted(".".join((r.catalog, r.schema, r.name)) for r in plan.reads),
        "writes": sorted(plan.writes),
        "functions": sorted(plan.functions),
        "paths": [path.parameter if path.parameter is not None else _plain(path) for path in plan.paths],
        "sources": [f"{call.slot}={call.frame or call.function.signature.name}" for call in plan.sources],
        "arguments": [
            {name: _plain(value) for name, value in call.arguments.items()} for call in plan.sources
        ],
        "placeholders": plan.placeholders,
        "extensions": sorted(plan.extensions),
        "kernel": plan.kernel,
        "lists": plan.lists,
        "kind": plan.kind.value,
        "lifted": [f"{column.name}={column.function.signature.name}" for column in plan.lifted],
    }
    for line in expected.splitlines():
        key, colon, value = line.partition(": ")
        if colon and key in described:
            assert str(described[key]) == value, key
        else:
            assert generate(plan.tree) == line


def _plain(argument: object) -> object:
    value = argument.value
    if argument.parameter is not None:
        return f"parameter {argument.parameter}"
    return [_plain(item) for item in value] if isinstance(value, tuple) else value


def test_the_order_of_the_rules_is_fixed() -> None:
    assert NAMES == [
        "dynamic_sql", "user_macros", "session_values", "aliases", "macros", "extension_calls", "file_tables",
        "system_views", "hidden_keys", "bind_functions", "bind_tables", "govern", "file_paths", "sources",
        "lift_functions", "route", "listings",
    ]  # fmt: skip


def test_rules_change_no_plan_in_place() -> None:
    for name in NAMES:
        for sql, _, _ in records(name):
            try:
                plan = classify(planner.statements(sql)[0])
                for rule in RULES:
                    text = generate(plan.tree)
                    after = rule(plan, context_of(name))
                    assert generate(plan.tree) == text, rule.__name__
                    plan = after
            except errors.Error:
                continue
