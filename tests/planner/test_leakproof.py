"""What is judged leakproof never raises in the kernel, over rows of edge values; and much of what people write is."""

from __future__ import annotations

import random
from typing import TYPE_CHECKING

import pytest
from hypothesis import HealthCheck, event, given, settings
from hypothesis import strategies as st
from tests.planner.edge_values import edge_values

from avila import errors
from avila.kernel.duckdb.engine import DuckDBEngine
from avila.planner.dialect import generate, parse_expression
from avila.planner.leakproof import leakproof, leakproof_type
from avila.planner.one_row import returns_one_row

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sqlglot import exp

COLUMNS = {
    "flag": "BOOLEAN", "tiny": "TINYINT", "small": "SMALLINT", "number": "INTEGER", "big": "BIGINT", "huge": "HUGEINT",
    "unsigned": "UINTEGER", "ubig": "UBIGINT", "real": "FLOAT", "double": "DOUBLE", "price": "DECIMAL(15,2)",
    "fine": "DECIMAL(18,18)", "wide": "DECIMAL(38,0)", "name": "VARCHAR", "mood": "ENUM('a', 'b')", "day": "DATE",
    "moment": "TIMESTAMP", "hour": "TIME", "id": "UUID", "data": "BLOB", "span": "INTERVAL", "tags": "VARCHAR[]",
    "marks": "INTEGER[]",
}  # fmt: skip
ROWS = 400


def types(column: exp.Column) -> str | None:
    return COLUMNS.get(column.name)


def judged(text: str) -> bool:
    return leakproof(parse_expression(text), types)


@pytest.fixture(scope="module")
def engine() -> Iterator[DuckDBEngine]:
    """Return a kernel with a table whose columns hold the edge values of their types, in every mixture."""
    engine = DuckDBEngine({"threads": 1})
    engine.attach_memory("edges")
    values, chance = edge_values(), random.Random(7)
    columns = ", ".join(f'"{name}" {kind}' for name, kind in COLUMNS.items())
    engine.execute(f"CREATE TABLE edges.t ({columns})")
    rows = (", ".join(chance.choice(values[kind]) for kind in COLUMNS.values()) for _ in range(ROWS))
    engine.execute(f"INSERT INTO edges.t VALUES {', '.join(f'({row})' for row in rows)}")
    yield engine
    engine.close()


# --- expressions at random: mostly of fitting types, so that many are leakproof ---

NUMBERS = (
    "tiny",
    "small",
    "number",
    "big",
    "huge",
    "unsigned",
    "ubig",
    "real",
    "double",
    "price",
    "fine",
    "wide",
)
KINDS = ("truth", "text", "number", "date", "time", "list")


def sized(texts: str) -> st.SearchStrategy[str]:
    return st.sampled_from(texts.split("|"))


LEAVES = {
    "truth": sized("flag|true|false|NULL"),
    "text": sized("name|name|mood|'a'|'abc'|'%b_'|''|'12'|'2020-02-29'|'infinity'|NULL|CAST(number AS VARCHAR)"),
    "number": st.one_of(
        st.sampled_from(NUMBERS), sized("0|1|-1|100|2147483647|2147483648|0.5|0.05|12345.678|NULL|'7'|'1.5'|'x'")
    ),
    "date": sized("day|day|DATE '2020-02-29'|DATE '2020-02-30'|'2020-01-01'|'soon'|NULL|CAST(moment AS DATE)"),
    "time": sized("moment|moment|TIMESTAMP '2020-01-01 10:00:00'|DATE '9999-12-01' + INTERVAL '1' MONTH|'2020-01-01'"
                  "|DATE '2020-01-31' + INTERVAL '1 month 3 days'|CAST(day AS TIMESTAMP)|NULL"),
    "list": sized("tags|marks"),
}  # fmt: skip

FORMS = {
    "truth": (
        "{truth} AND {truth}", "{truth} OR {truth}", "NOT {truth}", "({truth}) IS TRUE", "({truth}) IS NOT UNKNOWN",
        "{number} = {number}", "{number} < {number}", "{text} >= {text}", "{date} <> {date}", "{time} <= {time}",
        "{date} < {time}", "{number} IS DISTINCT FROM {number}", "{number} IN ({number}, {number})",
        "{text} NOT IN ({text}, {text})", "{date} BETWEEN {date} AND {date}", "{number} BETWEEN {number} AND {number}",
        "{text} LIKE {text}", "{text} NOT ILIKE {text}", "{text} LIKE '%a!_' ESCAPE '!'", "{text} SIMILAR TO 'a|b.*'",
        "{text} IS NULL", "{number} NOTNULL", "starts_with({text}, {text})", "contains({text}, {text})",
        "regexp_matches({text}, '^a+')", "isnan({number})", "isfinite({date})", "CASE WHEN {truth} THEN {truth} END",
        "coalesce({truth}, {truth})", "list_contains({list}, {text})", "list_contains({list}, {number})",
        "CAST({text} AS BOOLEAN)", "TRY_CAST({text} AS BOOLEAN)", "span < INTERVAL '3' DAY", "id = {text}",
    ),
    "text": (
        "lower({text})", "upper({text})", "trim({text})", "substring({text} FROM {number} FOR {number})",
        "left({text}, {number})", "{text} || {text}", "{text} || {number}", "concat({text}, {number}, {date})",
        "md5({text})", "CASE WHEN {truth} THEN {text} ELSE {text} END", "coalesce({text}, {text})", "dayname({date})",
        "strftime({date}, '%Y-%m')", "nullif({text}, {text})", "split_part({text}, {text}, {number})",
        "typeof({number})", "CAST({number} AS VARCHAR)", "greatest({text}, {text})", "sha256(data)",
    ),
    "number": (
        "{number} + {number}", "{number} - {number}", "{number} * {number}", "{number} / {number}", "-{number}",
        "length({text})", "year({date})", "extract(month FROM {time})", "date_part('dow', {date})", "sign({number})",
        "date_part('week', {date})", "abs({number})", "round({number})", "sqrt({number})", "exp({number})",
        "coalesce({number}, {number})", "if({truth}, {number}, {number})", "greatest({number}, {number})",
        "CAST({number} AS DOUBLE)", "CAST({number} AS BIGINT)", "CAST({number} AS DECIMAL(38, 18))", "{date} - {date}",
        "TRY_CAST({text} AS INTEGER)", "CAST({text} AS INTEGER)", "position({text} IN {text})", "len({list})",
        "epoch({time})", "pow({number}, {number})", "floor({number})", "CASE {number} WHEN {number} THEN {number} END",
    ),
    "date": ("{date} + {number}", "coalesce({date}, {date})", "CAST({time} AS DATE)", "TRY_CAST({text} AS DATE)",
             "last_day({date})", "least({date}, {date})"),
    "time": ("{time} + INTERVAL '1' YEAR", "{date} - INTERVAL '90' DAY", "date_trunc('month', {time})",
             "CAST({text} AS TIMESTAMP)", "if({truth}, {time}, {time})"),
    "list": ("list_distinct({list})",),
}  # fmt: skip


@st.composite
def expressions(draw: st.DrawFn, kind: str = "truth", depth: int = 3) -> str:
    if draw(st.integers(0, 15)) == 0:
        kind = draw(st.sampled_from(KINDS))  # a type that does not fit, for once
    if depth == 0 or draw(st.integers(0, 3)) == 0:
        return draw(LEAVES[kind])
    form = draw(st.sampled_from(FORMS[kind]))
    for name in KINDS:
        while f"{{{name}}}" in form:
            inner = draw(expressions(kind=name, depth=depth - 1))
            form = form.replace(f"{{{name}}}", inner if inner.isalnum() else f"({inner})", 1)
    return form


@settings(max_examples=600, deadline=None, suppress_health_check=list(HealthCheck))
@given(text=expressions())
def test_what_is_leakproof_never_raises(engine: DuckDBEngine, text: str) -> None:
    check(engine, text)


@pytest.mark.long
@settings(max_examples=20_000, deadline=None, suppress_health_check=list(HealthCheck))
@given(text=expressions(depth=4))
def test_what_is_leakproof_never_raises_in_long(engine: DuckDBEngine, long_mode: bool, text: str) -> None:
    if not long_mode:
        pytest.skip("20,000 examples: run with --long")
    check(engine, text)


def check(engine: DuckDBEngine, text: str) -> None:
    try:
        tree = parse_expression(text)
    except errors.SyntaxError:
        return
    found = leakproof_type(tree, types)
    event("leakproof" if found else "not leakproof")
    if found is None:
        return
    sql = generate(tree)
    try:
        engine.execute(f"SELECT {sql} FROM edges.t WHERE false")
    except errors.Error as error:
        event(f"refused before a row is seen: {type(error).__name__}")
        return
    engine.execute(f"SELECT count({sql}), count(*) FILTER (WHERE ({sql}) IS NULL) FROM edges.t")
    if leakproof(tree, types):
        engine.execute(f"SELECT count(*) FROM edges.t WHERE {sql}")


# --- what people write ---

TPCH = """
l_shipdate <= DATE '1998-09-02'
l_shipdate >= DATE '1994-01-01'
l_shipdate BETWEEN DATE '1995-01-01' AND DATE '1996-12-31'
l_discount BETWEEN 0.06 - 0.01 AND 0.06 + 0.01
l_quantity < 24
p_size = 15 AND p_type LIKE '%BRASS'
r_name = 'EUROPE' AND s_nationkey = n_nationkey
l_commitdate < l_receiptdate AND l_shipmode IN ('MAIL', 'SHIP')
o_comment NOT LIKE '%special%requests%'
p_name LIKE 'forest%'
p_brand <> 'Brand#45' AND p_type NOT LIKE 'MEDIUM POLISHED%' AND p_size IN (49, 14, 23, 45, 19, 3, 36, 9)
(p_brand = 'Brand#12' AND p_container IN ('SM CASE', 'SM BOX') AND l_quantity >= 1 AND l_quantity <= 1 + 10)
substring(c_phone FROM 1 FOR 2) IN ('13', '31', '23', '29', '30', '18', '17') AND c_acctbal > 0.00
extract(year FROM o_orderdate) = 1995
CASE WHEN o_orderpriority = '1-URGENT' OR o_orderpriority = '2-HIGH' THEN true ELSE false END
o_orderdate >= '1995-03-15'
coalesce(c_mktsegment, '') = 'BUILDING'
lower(c_name) LIKE 'customer#%' AND length(c_phone) = 15
l_extendedprice - l_discount > 10 AND l_shipinstruct IS NOT NULL
nullif(c_nationkey, 0) IS DISTINCT FROM 7
"""
TPCH_TYPES = {"key": "BIGINT", "size": "INTEGER", "quantity": "DECIMAL(15,2)", "discount": "DECIMAL(15,2)",
              "acctbal": "DECIMAL(15,2)", "extendedprice": "DECIMAL(15,2)"}  # fmt: skip


def tpch_type(column: exp.Column) -> str:
    name = column.name.split("_")[1]
    ending = next((kind for end, kind in TPCH_TYPES.items() if name.endswith(end)), None)
    return ending or ("DATE" if name.endswith("date") else "VARCHAR")


@pytest.mark.parametrize("text", TPCH.strip().splitlines())
def test_predicates_of_everyday_are_leakproof(text: str) -> None:
    assert leakproof(parse_expression(text), tpch_type)


# --- each of these raises for some row, or in some row's place ---

LEAKS = """
name = 42
name IN (1, 2)
tiny * tiny = 1
1 / (number - 42) + number > 0
CAST(name AS INTEGER) = 1
day < TIMESTAMP '2020-01-01 00:00:00'
day < DATE '2020-01-01' + INTERVAL '1' YEAR
huge = price
day > DATE '2020-02-30'
day > 'soon'
number = 'x'
number > 2147483647 + 1
day > DATE '9999-12-31' + INTERVAL '1' DAY
id = 'no uuid'
date_trunc('month', day) = day
date_part('week', day) = 1
substring(name, big) = 'a'
name
abs(number) = 1
sqrt(double) > 1
price * price > 0
coalesce(name, 1) = 1
(CASE WHEN flag THEN day ELSE moment END) IS NULL
name LIKE 'a' ESCAPE 'no'
name LIKE name ESCAPE '%'
error('no')
"""
UNKNOWN = """
random() < 0.5
elsewhere = 1
number = ?
f(number)
name.lower() = 'a'
number = (SELECT 1)
EXISTS (SELECT 1)
number IN (SELECT 1)
regexp_matches(name, name)
list_transform(marks, x -> x + 1) = marks
max(number) > 1
current_setting('threads') = '1'
number COLLATE nocase = 1
number::VARCHAR::INTEGER = number
"""


@pytest.mark.parametrize("text", [*LEAKS.strip().splitlines(), *UNKNOWN.strip().splitlines()])
def test_what_may_raise_or_is_unknown_is_not_leakproof(text: str) -> None:
    assert not judged(text)


def test_the_kernel_does_raise_for_leaks(engine: DuckDBEngine) -> None:
    """If it no longer does, more could be called leakproof."""
    for text in LEAKS.strip().splitlines():
        with pytest.raises(errors.Error):
            engine.execute(f"SELECT count(*) FILTER (WHERE {text}) FROM edges.t")


def test_a_constant_that_fails_fails_in_the_place_of_a_row(engine: DuckDBEngine) -> None:
    """Why constants are computed beforehand: whether the error comes tells whether a row holds the value."""
    sql = "SELECT count(*) FROM edges.t WHERE number = {} AND day > DATE '2020-02-30'"
    engine.execute(sql.format(123456))
    with pytest.raises(errors.Error):
        engine.execute(sql.format(100))


# --- parameters and subqueries, as the caller knows them ---


def test_a_parameter_is_compared_as_the_type_of_its_value(engine: DuckDBEngine) -> None:
    text = parse_expression("name = ?")
    assert not leakproof(text, types, parameters=lambda _parameter: "BIGINT")
    assert leakproof(text, types, parameters=lambda _parameter: "VARCHAR")
    engine.execute("SELECT count(*) FROM edges.t WHERE name = ?", ["a"])
    with pytest.raises(errors.Error):
        engine.execute("SELECT count(*) FROM edges.t WHERE name = ?", [5])


@pytest.mark.parametrize(
    ("query", "answer"),
    [
        ("(SELECT max(a) FROM u)", True),
        ("(SELECT 0.2 * avg(a) AS b FROM u WHERE u.k = number)", True),
        ("(SELECT a FROM u LIMIT 1)", True),
        ("(SELECT a FROM u)", False),
        ("(SELECT max(a) FROM u GROUP BY b)", False),
        ("(SELECT max(a) FROM u GROUP BY ALL)", False),
        ("(SELECT unnest(a) FROM u)", False),
        ("(SELECT max(a) OVER () FROM u)", False),
        ("(SELECT max(a) FROM u UNION ALL SELECT 1)", False),
        ("(SELECT a FROM u LIMIT 10)", False),
    ],
)
def test_a_subquery_must_have_one_row_for_sure(query: str, answer: bool) -> None:
    tree = parse_expression(f"number < {query}")
    assert returns_one_row(tree.right) is answer
    assert leakproof(tree, types, queries=lambda _query: "DOUBLE") is answer
    assert not leakproof(tree, types)


def test_subqueries_have_the_types_that_the_caller_tells() -> None:
    def of_text(_query: exp.Expr) -> str:
        return "VARCHAR"

    for text, answer in {
        "EXISTS (SELECT 1)": True,
        "NOT EXISTS (SELECT 1)": True,
        "name IN (SELECT a FROM u)": True,
        "name <> ALL (SELECT a FROM u)": True,
        "number IN (SELECT a FROM u)": False,
        "number = ANY (SELECT a FROM u)": False,
    }.items():
        assert leakproof(parse_expression(text), types, queries=of_text) is answer, text


def test_a_long_expression_is_judged_and_a_deep_one_is_not() -> None:
    assert judged(" AND ".join(["flag"] * 150))
    assert not judged("(" * 90 + "flag" + ")" * 90)
