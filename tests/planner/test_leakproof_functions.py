"""The experiment behind the list of leakproof functions: edge values of every type, and the kernel never raises."""

from __future__ import annotations

from itertools import product
from typing import TYPE_CHECKING

import pytest
from tests.planner.edge_values import edge_values

from avila import errors
from avila.kernel.duckdb.engine import DuckDBEngine
from avila.planner.function_classes import ALLOWED
from avila.planner.leakproof_functions import GROUPS, LEAKPROOF, PARTS, SIGNATURES, Signature, base_of

if TYPE_CHECKING:
    from collections.abc import Iterator

VALUES = edge_values()
ELEMENTS = ("INTEGER", "VARCHAR", "DOUBLE")
CONSTANTS = (
    "",
    "a",
    "i",
    "%",
    "^a.*$",
    "(?i)X|y",
    r"\d+",
    "(",
    r"\1",
    "%Y-%m-%d %H:%M:%S.%f",
    "%A %j %W %Q",
    "%",
)
FEW = ("INTEGER", "DOUBLE", "VARCHAR", "DATE", "DECIMAL(18,3)")
"""Types that stand for every scalar where a call takes several of them."""

CASES = [(name, signature) for name, signatures in SIGNATURES.items() for signature in signatures]


@pytest.fixture(scope="module")
def engine() -> Iterator[DuckDBEngine]:
    """Return a kernel with a table of edge values for each type."""
    engine = DuckDBEngine({"threads": 1})
    engine.attach_memory("edges")
    for name, values in VALUES.items():
        engine.execute(f'CREATE TABLE edges."{name}" AS SELECT unnest([{", ".join(values)}]) AS x')
    yield engine
    engine.close()


def arguments(signature: Signature) -> Iterator[tuple[str, ...]]:
    """Yield every combination of concrete types, or constants, that a signature accepts."""
    yield from combinations(signature, signature.parameters, tuple(VALUES))
    if signature.repeats:
        yield from combinations(signature, signature.parameters + signature.parameters[-1:] * 2, FEW)


def combinations(
    signature: Signature, parameters: tuple[str, ...], types: tuple[str, ...]
) -> Iterator[tuple[str, ...]]:
    for element in ELEMENTS if {"T", "T[]"} & set(parameters) else ("",):
        choices = []
        for place, parameter in enumerate(parameters):
            if parameter == "PART":
                choices.append([f"'{part}'" for part in sorted(PARTS)])
            elif place in signature.constants:
                choices.append([f"'{text}'" for text in CONSTANTS])
            elif parameter in {"T", "T[]"}:
                choices.append([parameter.replace("T", element)])
            else:
                choices.append([name for name in types if base_of(name) in GROUPS[parameter]])
        yield from product(*choices)


@pytest.mark.parametrize(
    ("name", "signature"), CASES, ids=[f"{n}({', '.join(s.parameters)})" for n, s in CASES]
)
def test_no_value_makes_it_raise(engine: DuckDBEngine, name: str, signature: Signature) -> None:
    for given in arguments(signature):
        columns = [item if item.startswith("'") else f't{place}."x"' for place, item in enumerate(given)]
        tables = [f'edges."{item}" AS t{place}' for place, item in enumerate(given) if item in VALUES]
        call = f'"{name}"({", ".join(columns)})'
        source = ", ".join(tables)
        try:
            engine.execute(f"SELECT {call} FROM {source} WHERE false")
        except errors.Error:
            continue  # a constant that the kernel refuses before it sees a row says nothing of any
        rows = engine.execute(f"SELECT count({call}), any_value(typeof({call})) FROM {source}")
        texts = [item[1:-1] if item.startswith("'") else None for item in given]
        types = [item if text is None else "VARCHAR" for item, text in zip(given, texts, strict=True)]
        assert signature.accept(types, texts) == rows[0][1], given


def test_leakproof_functions_are_allowed() -> None:
    assert LEAKPROOF <= ALLOWED


def test_they_do_not_depend_on_when_or_where_they_run(engine: DuckDBEngine) -> None:
    rows = engine.execute(
        "SELECT DISTINCT function_name FROM duckdb_functions() WHERE has_side_effects OR stability <> 'CONSISTENT'"
    )
    assert not LEAKPROOF & {name for (name,) in rows}


@pytest.mark.parametrize("call", ["substring(TEXT, INT64)", "week(DATE)", "abs(INT32)", "sqrt(FLOAT)"])
def test_the_experiment_can_fail(engine: DuckDBEngine, call: str) -> None:
    name, parameters = call.rstrip(")").split("(")
    signature = Signature(tuple(parameters.split(", ")), "VARCHAR", frozenset(), repeats=False)
    with pytest.raises(errors.Error):
        test_no_value_makes_it_raise(engine, name, signature)
