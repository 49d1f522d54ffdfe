"""The dialect's promises: safe on any text, places in the text, every table and call in sight."""

from __future__ import annotations

import duckdb
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlglot import exp

from avila.errors import Error, FeatureNotSupported
from avila.errors import SyntaxError as SqlSyntaxError
from avila.planner.dialect import Avila, generate, nodes, parse, parse_expression, position
from avila.planner.dialect.words import COLUMN_NAME, RESERVED, TYPE_OR_FUNCTION, UNRESERVED

# fmt: off
PIECES = [
    "select", "from", "where", "(", ")", "[", "]", "{", "}", ",", ".", ";", ":", "::", "->", "'a'",
    '"b"', "1", "2.5", "a", "b", "f(", "*", "+", "-", "/", "and", "or", "not", "in", "is", "null",
    "like", "between", "case", "when", "then", "end", "as", "with", "union", "all", "values", "insert",
    "into", "update", "set", "delete", "create", "table", "int", "drop", "alter", "add", "column",
    "explain", "using", "on", "join", "left", "order", "by", "group", "having", "limit", "offset",
    "lambda", "x", "interval", "day", "cast(", "$1", "?", "#1", "exclude", "replace", "columns(",
    "pivot", "unpivot", "for", "merge", "matched", "copy", "to", "pragma", "prepare", "at", "version",
    "=>", ":=", "begin", "show", "describe",
]
# fmt: on


def parsed_or_refused(text: str) -> list[exp.Expr] | Error:
    """Return what comes of a text; any other exception is a failure."""
    try:
        return parse(text)
    except Error as error:
        return error


@settings(max_examples=600, deadline=None)
@given(st.lists(st.sampled_from(PIECES), max_size=15).map(" ".join) | st.text(max_size=30))
def test_any_text_parses_or_raises_an_error_of_ours(text: str) -> None:
    outcome = parsed_or_refused(text)
    if isinstance(outcome, Error):
        assert outcome.statement == text
        assert outcome.position is not None
        assert 0 <= outcome.position <= len(text)
        assert "\x1b" not in outcome.message
    else:
        for tree in outcome:
            assert [generate(again) for again in parse(generate(tree))] == [generate(tree)]


@pytest.mark.parametrize(
    "opening",
    [
        *(
            "(",
            "[",
            "- ",
            "NOT ",
            "CASE WHEN ",
            "f(",
            "x IN (SELECT ",
            "lambda x: ",
            "{'a': ",
            "x::STRUCT(a ",
            "a.b[",
            "x = ANY (",
        ),
        *("(SELECT ", "* FROM (", "* FROM (SELECT ", "EXISTS (SELECT ", "CAST(", "INTERVAL (", "MAP {1: "),
    ],
)
def test_deep_nesting_is_one_clear_error(opening: str) -> None:
    with pytest.raises(SqlSyntaxError, match=r"nested|expected"):
        parse("SELECT " + opening * 3000)


@pytest.mark.parametrize("tail", [".b", "[1]", "::INT", " IS NULL", " LIKE 'a'", ".f()", " !"])
def test_long_chains_of_suffixes_parse_or_are_refused(tail: str) -> None:
    outcome = parsed_or_refused("SELECT a" + tail * 3000)
    assert not isinstance(outcome, Error) or "nested" in outcome.message


@pytest.mark.parametrize("prefix", ["EXPLAIN ", "PREPARE p AS ", "WITH a AS ("])
def test_deep_statements_are_one_clear_error(prefix: str) -> None:
    with pytest.raises(SqlSyntaxError, match="nested"):
        parse(prefix * 3000 + "SELECT 1")


@pytest.mark.parametrize(
    ("sql", "at"),
    [
        ("SELECT 1 +", 10),
        ("SELECT a\nFROM t\nWHERE ORDER", 22),
        ("SELEC 1", 0),
        ("SELECT 'abc", 7),
        ("SELECT 1 /* open", 9),
        ("SELECT (1", 9),
        ("CREATE TABLE t", 14),
        ("GRANT x", 7),
    ],
)
def test_errors_say_where(sql: str, at: int) -> None:
    with pytest.raises(SqlSyntaxError) as caught:
        parse(sql)
    assert caught.value.position == at


@pytest.mark.parametrize(
    "sql",
    [
        *("SELECT x'AA'", "SELECT 1 INTO t", "SELECT INTERVAL 1 YEAR TO MONTH", "SELECT * FROM ?"),
        *(
            "BEGIN ISOLATION LEVEL SERIALIZABLE",
            "CREATE RECURSIVE VIEW v AS SELECT 1",
            "EXPLAIN VERBOSE SELECT 1",
        ),
    ],
)
def test_what_cannot_be_said_faithfully_is_refused(sql: str) -> None:
    with pytest.raises(FeatureNotSupported):
        parse(sql)


def test_empty_statements_are_dropped() -> None:
    assert parse("") == parse(" ;; -- nothing\n;") == []
    assert len(parse("SELECT 1;; SELECT 2;")) == 2


def test_columns_tables_and_calls_know_their_place() -> None:
    sql = 'SELECT a, lower(t."b") FROM s.t AS t JOIN u ON f(x) > 1'
    found = {
        generate(node): position(node)
        for node in parse(sql)[0].find_all(exp.Column, exp.Table, exp.Anonymous)
    }
    assert found == {"a": 7, 'lower(t."b")': 10, 't."b"': 16, "s.t AS t": 28, "u": 42, "f(x)": 47, "x": 49}


def test_calls_keep_their_names() -> None:
    (tree,) = parse("SELECT IfNull(a, b), now(), string_agg(a, ','), \"My F\"(1), s.g(2)")
    assert [call.name for call in tree.find_all(exp.Anonymous)] == [
        "IfNull",
        "now",
        "string_agg",
        "My F",
        "g",
    ]


@pytest.mark.parametrize(
    "sql",
    [
        "EXPLAIN SELECT f(1) FROM hidden",
        "EXPLAIN ANALYZE INSERT INTO t SELECT f(1) FROM hidden",
        "PREPARE p AS SELECT f(1) FROM hidden",
        "CREATE MACRO m(a) AS (SELECT f(1) FROM hidden)",
        "CREATE MACRO m(a) AS a, (a, b) AS TABLE SELECT f(1) FROM hidden",
        "CREATE MACRO m(a := (SELECT f(1) FROM hidden)) AS a",
        "CREATE VIEW v AS SELECT f(1) FROM hidden",
        "CREATE TABLE t AS SELECT f(1) FROM hidden",
        "CREATE TYPE e AS ENUM (SELECT f(1) FROM hidden)",
        "COPY (SELECT f(1) FROM hidden) TO 'x'",
        "COPY t FROM (SELECT f(1) FROM hidden)",
        "PIVOT hidden ON f(a) USING sum(b)",
        "PIVOT (SELECT * FROM hidden) ON a USING f(b)",
        "UNPIVOT hidden ON COLUMNS(lambda c: f(c)) INTO NAME n VALUE v",
        "SELECT * FROM t PIVOT (f(a) FOR b IN (SELECT x FROM hidden))",
        "MERGE INTO t USING hidden ON f(a) WHEN MATCHED THEN DELETE",
        "MERGE INTO t USING u ON a WHEN MATCHED THEN UPDATE SET a = (SELECT f(1) FROM hidden)",
        "UPDATE t SET a = f(1) FROM hidden",
        "DELETE FROM t USING hidden WHERE f(1)",
        "INSERT INTO t VALUES (f(1)) ON CONFLICT DO UPDATE SET a = (SELECT 1 FROM hidden)",
        "INSERT INTO t VALUES (1) RETURNING (SELECT f(1) FROM hidden)",
        "SET VARIABLE x = (SELECT f(1) FROM hidden)",
        "CALL f((SELECT 1 FROM hidden))",
        "EXECUTE p((SELECT f(1) FROM hidden))",
        "PRAGMA f(x) ; SELECT 1 FROM hidden",
        "DESCRIBE SELECT f(1) FROM hidden",
        "SUMMARIZE SELECT f(1) FROM hidden",
        "SELECT * FROM (SHOW TABLES), (DESCRIBE SELECT f(1) FROM hidden)",
        "SELECT [f(x) FOR x IN (SELECT l FROM hidden)]",
        "SELECT list_transform(l, lambda x: f(x) + (SELECT 1 FROM hidden))",
        "SELECT a IN (SELECT f(1) FROM hidden), a = ANY (SELECT 1)",
        "SELECT CASE WHEN EXISTS (FROM hidden) THEN f(1) END",
        "SELECT 1 ORDER BY f(1), (SELECT 1 FROM hidden)",
        "SELECT 1 LIMIT (SELECT f(1) FROM hidden)",
        "SELECT 1 FROM t AT (VERSION => (SELECT f(1) FROM hidden))",
        "SELECT sum(a) OVER (PARTITION BY f(1) ORDER BY (SELECT 1 FROM hidden)) FROM t",
        "SELECT sum(a) FILTER (WHERE f(1)) FROM t, LATERAL (FROM hidden)",
        "SELECT percentile_cont(f(1)) WITHIN GROUP (ORDER BY (SELECT 1 FROM hidden))",
        "SELECT * REPLACE ((SELECT f(1) FROM hidden) AS a) FROM t",
        "SELECT {'a': f(1)}, MAP {(SELECT 1 FROM hidden): 2}, x[(f(2))]",
        "SELECT EXTRACT(year FROM (SELECT f(1) FROM hidden))",
        "SELECT * FROM g(a := (SELECT f(1) FROM hidden))",
        "SELECT INTERVAL ((SELECT f(1) FROM hidden)) DAY",
        "WITH RECURSIVE x AS (SELECT f(1) FROM hidden UNION ALL FROM x) FROM x",
        "ALTER TABLE t ALTER a TYPE INT USING (SELECT f(1) FROM hidden)",
        "ALTER TABLE t ADD COLUMN a INT DEFAULT (SELECT f(1) FROM hidden)",
        "CREATE INDEX i ON t ((SELECT f(1) FROM hidden))",
    ],
)
def test_nothing_hides_from_a_walk(sql: str) -> None:
    trees = parse(sql)
    assert any(table.name == "hidden" for tree in trees for table in tree.find_all(exp.Table))
    assert any(call.name == "f" for tree in trees for call in tree.find_all(exp.Anonymous))


def test_the_parameters_of_lambdas_are_no_columns() -> None:
    (tree,) = parse(
        "SELECT list_transform(l, lambda x: x.y + z), list_filter(m, q -> q > r), [p + s FOR p IN n]"
    )
    assert {column.sql() for column in tree.find_all(exp.Column)} == {"l", "z", "m", "r", "n", "s"}


def test_an_arrow_outside_of_a_list_function_hides_no_column() -> None:
    (tree,) = parse("SELECT lower(secret -> 'a'), f(secret -> secret)")
    assert [column.name for column in tree.find_all(exp.Column)] == ["secret"] * 3


def test_a_literal_file_is_a_table() -> None:
    (tree,) = parse("SELECT * FROM 'data.csv' AS d")
    (table,) = tree.find_all(exp.Table)
    assert isinstance(table.this, exp.Literal)
    assert (table.name, table.alias) == ("data.csv", "d")


def test_extension_statements_are_ours() -> None:
    create, drop = parse("CREATE EXTENSION IF NOT EXISTS fits; DROP EXTENSION IF EXISTS fits")
    assert isinstance(create, nodes.CreateExtension)
    assert isinstance(drop, nodes.DropExtension)
    assert (create.name, drop.name) == ("fits", "fits")


def test_no_statement_is_a_raw_command() -> None:
    for sql in ("VACUUM", "CALL f()", "EXPLAIN SELECT 1", "RESET x", "CHECKPOINT", "LOAD x", "SHOW TABLES"):
        assert not isinstance(parse(sql)[0], exp.Command)


def test_sqlglot_writes_as_we_do_when_asked_for_our_dialect() -> None:
    tree = parse("SELECT IfNull(a, b)::int FROM t WHERE a NOT IN (1)")[0]
    assert tree.sql(dialect=Avila) == generate(tree)


def test_an_expression_alone() -> None:
    assert generate(parse_expression("owner = current_user OR a > 1")) == "owner = current_user OR a > 1"
    with pytest.raises(SqlSyntaxError):
        parse_expression("a; DROP TABLE t")


def test_sqlglots_builders_are_written_for_the_kernel() -> None:
    tree = parse("SELECT a FROM t WHERE b OR c")[0]
    assert isinstance(tree, exp.Select)
    narrowed = tree.where(parse_expression("d = 1"))
    assert generate(narrowed) == "SELECT a FROM t WHERE (b OR c) AND d = 1"
    masked = exp.Case(ifs=[exp.If(this=exp.column("x"), true=exp.Literal.string("it's"))])
    assert (
        generate(exp.select(masked.as_("a")).from_("t")) == "SELECT CASE WHEN x THEN 'it''s' END AS a FROM t"
    )


def test_keywords_are_the_kernels() -> None:
    rows = duckdb.sql("SELECT keyword_category, upper(keyword_name) FROM duckdb_keywords()").fetchall()
    for category, words in (
        ("reserved", RESERVED),
        ("type_function", TYPE_OR_FUNCTION),
        ("column_name", COLUMN_NAME),
        ("unreserved", UNRESERVED),
    ):
        assert {word for kind, word in rows if kind == category} == words
