"""Random expressions keep their meaning, whether people wrote them or rules built them."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from sqlglot import exp

from avila.planner.dialect import generate, parse, parse_expression

if TYPE_CHECKING:
    from conftest import Oracle

LEAVES = (
    "a",
    "b.c",
    "1",
    "2.5",
    "'x'",
    "NULL",
    "true",
    "f(x)",
    "count(*)",
    "[1, 2]",
    "{'k': 1}",
    "$1",
    "x[1]",
    "(SELECT 1)",
)
BINARY = (
    *(
        "+",
        "-",
        "*",
        "/",
        "%",
        "//",
        "**",
        "^",
        "||",
        "=",
        "<>",
        "<",
        ">=",
        "AND",
        "OR",
        "->",
        "->>",
        "&",
        "|",
    ),
    *(
        "<<",
        ">>",
        "~~",
        "!~~*",
        "~",
        "@>",
        "&&",
        "^@",
        "IS DISTINCT FROM",
        "IS NOT DISTINCT FROM",
        "LIKE",
        "NOT LIKE",
    ),
    *(
        "ILIKE",
        "GLOB",
        "SIMILAR TO",
        "NOT SIMILAR TO",
        "IN",
        "NOT IN",
        "AT TIME ZONE",
        "<=>",
        "//",
        "!~",
        "**",
    ),
)
PREFIX = ("NOT", "-", "+", "~", "@")
POSTFIX = (
    "IS NULL",
    "IS NOT NULL",
    "ISNULL",
    "IS TRUE",
    "IS NOT FALSE",
    "::INT",
    "::VARCHAR[]",
    "!",
    ".k",
    "[1:2]",
    "COLLATE nocase",
)


def texts() -> st.SearchStrategy[str]:
    """Return expressions as text; only some operands are in parentheses, so precedence decides the others."""
    leaf = st.sampled_from(LEAVES)

    def deeper(inner: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
        wrapped = inner.map(lambda text: f"({text})")
        operand = inner | wrapped
        return st.one_of(
            st.tuples(operand, st.sampled_from(BINARY), operand).map(" ".join),
            st.tuples(st.sampled_from(PREFIX), operand).map(" ".join),
            st.tuples(operand, st.sampled_from(POSTFIX)).map(" ".join),
            st.tuples(operand, operand, operand).map(lambda o: f"{o[0]} BETWEEN {o[1]} AND {o[2]}"),
            st.tuples(operand, operand).map(lambda o: f"CASE WHEN {o[0]} THEN {o[1]} END"),
            st.tuples(operand, operand).map(lambda o: f"{o[0]} IN ({o[1]}, 2)"),
            st.tuples(operand, operand).map(lambda o: f"coalesce({o[0]}, {o[1]})"),
        )

    return st.recursive(leaf, deeper, max_leaves=8)


@settings(max_examples=400, deadline=None)
@given(texts())
def test_what_the_kernel_reads_is_read_alike(oracle: Oracle, text: str) -> None:
    assume("! *" not in text)  # The kernel takes that star for one that unpacks, which nobody means.
    sql = f"SELECT {text}"
    want = oracle.read(sql)
    if want is None:
        return
    written = "; ".join(generate(tree) for tree in parse(sql))
    assert oracle.read(written) == want, written


def trees() -> st.SearchStrategy[exp.Expr]:
    """Return expressions as rules build them: nodes only, no parentheses."""
    leaf = st.sampled_from(("a", "b", "1", "'x'")).map(parse_expression)
    binary = st.sampled_from(
        (
            exp.And,
            exp.Or,
            exp.EQ,
            exp.LT,
            exp.Add,
            exp.Sub,
            exp.Mul,
            exp.Div,
            exp.DPipe,
            exp.Like,
            exp.NullSafeEQ,
        )
    )

    def deeper(inner: st.SearchStrategy[exp.Expr]) -> st.SearchStrategy[exp.Expr]:
        return st.one_of(
            st.builds(
                lambda kind, left, right: kind(this=left.copy(), expression=right.copy()),
                binary,
                inner,
                inner,
            ),
            inner.map(lambda node: exp.Not(this=node.copy())),
            inner.map(lambda node: exp.Neg(this=node.copy())),
            inner.map(lambda node: exp.Is(this=node.copy(), expression=exp.Null())),
            st.builds(lambda a, b: exp.In(this=a.copy(), expressions=[b.copy()]), inner, inner),
            st.builds(
                lambda a, b, c: exp.Between(this=a.copy(), low=b.copy(), high=c.copy()), inner, inner, inner
            ),
        )

    return st.recursive(leaf, deeper, max_leaves=8)


@settings(max_examples=300, deadline=None)
@given(trees())
def test_trees_that_rules_build_are_written_with_the_parentheses_they_need(tree: exp.Expr) -> None:
    assert unwrapped(parse_expression(generate(tree))) == tree


def unwrapped(node: exp.Expr) -> exp.Expr:
    """Return a copy without parentheses, however many lie around each other."""
    node = node.copy()
    for paren in list(node.find_all(exp.Paren)):
        if paren is node:
            return unwrapped(paren.this)
        paren.replace(paren.this)
    return node


@pytest.mark.parametrize("operator", ["+", "AND", "OR", "||"])
def test_a_chain_of_thousands_is_no_problem(operator: str) -> None:
    sql = "SELECT " + f" {operator} ".join(["x"] * 5000)
    assert generate(parse(sql)[0]) == sql
