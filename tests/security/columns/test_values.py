"""Values that are encrypted and decrypted by the kernel: every type comes back, and nothing but its key reads it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlglot import exp

from avila import errors
from avila.catalog.encryption import DEFAULT_KEY_ID
from avila.planner.dialect import generate, parse_expression
from avila.security.columns.keys import Reference
from avila.security.columns.rewriting import check_type, conceal, matches, reveal
from security.columns.conftest import column, deterministic

if TYPE_CHECKING:
    from security.columns.conftest import Kernel

VALUES = {
    "BOOLEAN": "true",
    "TINYINT": "'-128'",
    "SMALLINT": "32767",
    "INTEGER": "'-2147483648'",
    "BIGINT": "9223372036854775807",
    "HUGEINT": "'-170141183460469231731687303715884105728'",
    "UTINYINT": "255",
    "USMALLINT": "65535",
    "UINTEGER": "4294967295",
    "UBIGINT": "18446744073709551615",
    "UHUGEINT": "'340282366920938463463374607431768211455'",
    "FLOAT": "'-1.17549435e-38'",
    "DOUBLE": "'1.7976931348623157e308'",
    "DECIMAL(18,3)": "-0.005",
    "VARCHAR": "'naïve ☃ \"quoted\" ''text'''",
    "BLOB": r"'\x00\xFFabc'",
    "DATE": "'-infinity'",
    "TIME": "'23:59:59.999999'",
    "TIMESTAMP": "'0044-03-15 (BC) 12:00:00.000001'",
    "TIMESTAMP_S": "'2024-02-29 23:59:59'",
    "TIMESTAMP_MS": "'2024-02-29 23:59:59.999'",
    "TIMESTAMP_NS": "'2024-02-29 23:59:59.999999999'",
    "TIMESTAMP WITH TIME ZONE": "'2024-02-29 23:59:59.999999+05:30'",
    "TIME WITH TIME ZONE": "'23:59:59.999999+05:30'",
    "UUID": "'5e1d5a5c-9f0e-4d4e-8a57-0d1f5b1f7a2c'",
    "INTERVAL": "'1 year 2 months 3 days 04:05:06.000007'",
    "JSON": "'{\"a\": [1, 2.50]}'",
}


@pytest.mark.parametrize("type_", VALUES)
def test_a_value_of_every_type_comes_back(kernel: Kernel, type_: str) -> None:
    """Encrypt in one time zone and decrypt in another: the value and its type are what they were."""
    check_type(type_)
    kernel.run(f"CREATE TABLE t AS SELECT {VALUES[type_]}::{type_} AS v", "SET TimeZone = 'Asia/Tokyo'")
    secret = generate(conceal(exp.column("v"), column(type_)))
    kernel.run(f"CREATE TABLE c AS SELECT {secret} AS v FROM t", "SET TimeZone = 'America/Manaus'")
    plain = generate(reveal(exp.column("v"), column(type_)))
    kernel.run(f"CREATE TABLE r AS SELECT {plain} AS v FROM c")
    assert kernel.rows("SELECT typeof(r.v) = typeof(t.v), r.v = t.v FROM r, t") == [(True, True)]


@pytest.mark.parametrize("type_", VALUES)
def test_null_stays_null(kernel: Kernel, type_: str) -> None:
    """NULL is stored as it is: that there is nothing is no secret."""
    assert kernel.value(conceal(exp.null(), column(type_))) is None
    assert kernel.value(reveal(exp.cast(exp.null(), "BLOB"), column(type_))) is None


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(texts=st.lists(st.none() | st.text(), min_size=1, max_size=30))
def test_any_texts_come_back(kernel: Kernel, texts: list[str | None]) -> None:
    """Whatever the texts, both modes and the persons' keys give them back."""
    named = column(subject="who")
    for how in (column(), deterministic(), named):
        secret = generate(conceal(exp.column("v"), how, exp.column("v")))
        plain = generate(reveal(exp.column("c"), how))
        found = kernel.rows(
            f"SELECT {plain} FROM (SELECT {secret} AS c FROM (SELECT unnest(?::VARCHAR[]) AS v))", [texts]
        )
        assert [value for (value,) in found] == texts


def test_the_store_holds_nothing_of_a_value(kernel: Kernel) -> None:
    """The text is not in what is stored, and equal values differ."""
    secret = generate(conceal(exp.Literal.string("Ada Lovelace"), column()))
    (one,), (two,) = kernel.rows(f"SELECT {secret} FROM range(2)")
    assert b"Ada" not in one
    assert one != two


def test_equal_values_are_equal_when_deterministic(kernel: Kernel) -> None:
    """They are joined and searched as they are stored, in whatever time zone they are written."""
    how = deterministic("TIMESTAMP WITH TIME ZONE")
    secret = generate(conceal(parse_expression("'2024-01-01 12:00:00+00'"), how))
    kernel.run("SET TimeZone = 'Asia/Tokyo'", f"CREATE TABLE tokyo AS SELECT {secret} AS v")
    kernel.run("SET TimeZone = 'America/Manaus'", f"CREATE TABLE manaus AS SELECT {secret} AS v")
    assert kernel.rows("SELECT count(*) FROM tokyo JOIN manaus USING (v)") == [(1,)]


def test_a_search_of_a_constant_does_not_decrypt(kernel: Kernel) -> None:
    """The kernel encrypts the constant once, and compares what is stored."""
    how = deterministic("INTEGER")
    kernel.run(
        f"CREATE TABLE t AS SELECT i, {generate(conceal(exp.column('i'), how))} AS v FROM range(5000) r(i)"
    )
    wanted = matches(how, parse_expression("4321"))
    assert wanted is not None
    assert kernel.rows(f"SELECT i FROM t WHERE v = {generate(wanted)}") == [(4321,)]
    plan = kernel.rows(f"EXPLAIN SELECT i FROM t WHERE v = {generate(wanted)}")[0][1]
    assert "__avila" not in plan


@pytest.mark.parametrize(
    ("type_", "constant", "found"),
    [
        ("INTEGER", "5", True),
        ("INTEGER", "-5", True),
        ("INTEGER", "'5'", True),
        ("INTEGER", "3.5", False),
        ("TINYINT", "1000", False),
        ("UINTEGER", "-1", False),
        ("VARCHAR", "'5'", True),
        ("VARCHAR", "5", False),
        ("DATE", "DATE '2024-01-01'", True),
        ("DATE", "TIMESTAMP '2024-01-01'", False),
        ("DECIMAL(9,2)", "1.5", False),
        ("DECIMAL(9,2)", "'1.5'", True),
        ("BOOLEAN", "true", True),
    ],
)
def test_a_constant_of_another_type_is_not_searched(type_: str, constant: str, found: bool) -> None:
    """Where the kernel would compare in another type, only decrypting gives its answer."""
    assert (matches(deterministic(type_), parse_expression(constant)) is not None) == found


def test_randomized_values_are_not_searched() -> None:
    """There is nothing to compare with."""
    assert matches(column(), exp.Literal.string("a")) is None


def test_a_changed_value_is_an_error(kernel: Kernel) -> None:
    """Whoever changes a byte of the store gives nobody another value."""
    blob = kernel.value(conceal(exp.Literal.string("secret"), column()))
    for place in range(len(blob)):
        changed = bytes([*blob[:place], blob[place] ^ 1, *blob[place + 1 :]])
        plain = generate(reveal(exp.column("c"), column()))
        if place <= 8:  # it says that it is under another key, which there is not
            assert kernel.rows(f"SELECT {plain} FROM (SELECT ?::BLOB AS c)", [changed]) == [(None,)]
            continue
        with pytest.raises(errors.CorruptedDatabase):
            kernel.rows(f"SELECT {plain} FROM (SELECT ?::BLOB AS c)", [changed])


def test_a_value_does_not_pass_as_another_columns(kernel: Kernel) -> None:
    """A randomized value is bound to its column."""
    blob = kernel.value(conceal(exp.Literal.string("secret"), column(label="a1")))
    with pytest.raises(errors.CorruptedDatabase):
        kernel.rows(
            f"SELECT {generate(reveal(exp.column('c'), column(label='b2')))} FROM (SELECT ?::BLOB AS c)",
            [blob],
        )


@pytest.mark.parametrize("type_", ["INTEGER[]", "STRUCT(a INTEGER)", "ENUM('a')", "MAP(VARCHAR, INTEGER)"])
def test_nested_values_are_refused(type_: str) -> None:
    """What has no text that reads back is not encrypted."""
    with pytest.raises(errors.FeatureNotSupported):
        check_type(type_)


@pytest.mark.parametrize("type_", ["DOUBLE", "INTERVAL", "JSON", "TIME WITH TIME ZONE"])
def test_types_whose_equal_values_differ_in_writing_are_not_deterministic(type_: str) -> None:
    """-0 equals 0, and 30 days a month."""
    check_type(type_)
    with pytest.raises(errors.FeatureNotSupported):
        check_type(type_, deterministic=True)


def test_a_macro_does_not_take_the_place_of_what_decrypts(kernel: Kernel) -> None:
    """The kernel looks at users' macros first, so each call says whose function it is."""
    blob = kernel.value(conceal(exp.Literal.string("secret"), column()))
    kernel.run("CREATE MACRO decode(x) AS 'forged'", "CREATE MACRO encode(x) AS 'forged'::BLOB")
    plain = generate(reveal(exp.column("c"), column()))
    assert kernel.rows(f"SELECT {plain} FROM (SELECT ?::BLOB AS c)", [blob]) == [("secret",)]
    again = kernel.value(conceal(exp.Literal.string("secret"), deterministic()))
    assert again == kernel.keys.seal([b"secret"], Reference(DEFAULT_KEY_ID, ""))[0]
