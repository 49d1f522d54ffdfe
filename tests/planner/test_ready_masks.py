"""The ready-made masks on the kernel: what they show keeps its type, and says no more than it should."""

from __future__ import annotations

import hashlib
import hmac
import math
from datetime import date, datetime
from decimal import Decimal
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import avila
from avila import errors
from avila.planner.dialect import generate, parse_expression
from avila.planner.governance.ready_masks import expand
from avila.security.masks import MASKS

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    Show = Callable[..., Any]

KEY = bytes(range(32))
CALLS = (
    "mask_null(val)", "mask_hash(val)", "mask_partial(val, 1, 2)", "mask_email(val)", "mask_year(val)",
    "mask_noise(val, 42, 0.1)", "mask_round(val, 2)",
)  # fmt: skip
TYPES = (
    "VARCHAR", "BOOLEAN", "TINYINT", "SMALLINT", "INTEGER", "BIGINT", "HUGEINT", "UTINYINT", "USMALLINT", "UINTEGER",
    "UBIGINT", "UHUGEINT", "FLOAT", "DOUBLE", "DECIMAL(4,1)", "DECIMAL(18,3)", "DECIMAL(38,0)", "DECIMAL(38,38)", "DATE",
    "TIMESTAMP", "TIMESTAMP_S", "TIMESTAMP_MS", "TIMESTAMP_NS", "TIMESTAMP WITH TIME ZONE", "TIME", "INTERVAL", "UUID",
    "BLOB", "JSON", "INTEGER[]", "STRUCT(a INTEGER)", "ENUM('a', 'b')",
)  # fmt: skip
EDGES = {
    "VARCHAR": ["", "x", "a@b", "@", "\x00", "ñandú", "👩‍🚀@space.org", "2020-05-05", "nan", "a" * 10_000],
    "TINYINT": [-128, 0, 127],
    "INTEGER": [-(2**31), -1, 0, 2**31 - 1],
    "BIGINT": [-(2**63), 2**63 - 1],
    "HUGEINT": [-(2**127), 2**127 - 1],
    "UTINYINT": [0, 255],
    "UBIGINT": [0, 2**64 - 1],
    "UHUGEINT": [2**128 - 1],
    "FLOAT": [-3.4e38, 3.4e38, 1e-40],
    "DOUBLE": [math.inf, -math.inf, math.nan, -0.0, 5e-324, 1.7976931348623157e308],
    "DECIMAL(4,1)": [Decimal("999.9"), Decimal("-999.9"), Decimal("0.1")],
    "DECIMAL(38,0)": [Decimal(10) ** 38 - 1],
    "DECIMAL(38,38)": ["0." + "9" * 38],
    "DATE": ["infinity", "-infinity", "0044-03-15 (BC)", "5877642-06-25 (BC)", "5881580-07-10", "1970-01-01"],
    "TIMESTAMP": [
        "infinity",
        "290309-12-22 (BC) 00:00:00",
        "294247-01-10 04:00:54.775806",
        "2020-02-29 23:59:59",
    ],
    "TIMESTAMP WITH TIME ZONE": ["-infinity", "2020-12-31 23:59:59-12", "0001-01-01 00:00:00+00"],
}


@pytest.fixture(scope="module")
def show() -> Iterator[Show]:
    """Return what shows a value of a type through a call."""
    database = avila.connect(":memory:")
    line: Any = database.line()
    connection = line.connection

    def shown(call: str, value: Any, kind: str = "VARCHAR") -> Any:
        body = generate(expand(parse_expression(call), KEY))
        sql = f"SELECT {body} FROM (SELECT CAST(CAST($1 AS VARCHAR) AS {kind}) AS val)"
        return connection.run(sql, {"1": value if value is None else str(value)}).fetchall()[0][0]

    yield shown
    line.close()
    database.close()


@pytest.mark.parametrize("kind", TYPES)
@pytest.mark.parametrize("call", CALLS)
def test_types_and_nulls_stay(show: Show, call: str, kind: str) -> None:
    assert show(call, None, kind) is None
    # The type is known without a value.
    assert show(f"typeof({call}) = typeof(val)", None, kind) is True


@pytest.mark.parametrize(
    ("kind", "value"), [(kind, value) for kind, values in EDGES.items() for value in values]
)
@pytest.mark.parametrize("call", CALLS)
def test_nothing_fails(show: Show, call: str, kind: str, value: object) -> None:
    """An error would show the value."""
    show(call, value, kind)
    show(
        call.replace("1, 2", "-1, 99999").replace("42, 0.1", "NULL, 1e300").replace("val, 2)", "val, -3)"),
        value,
        kind,
    )


@settings(max_examples=60, deadline=None)
@given(text=st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0")))
def test_text_is_hashed_by_hmac(show: Show, text: str) -> None:
    assert show("mask_hash(val)", text) == hmac.digest(KEY, text.encode(), hashlib.sha256).hex()


def test_a_hash_depends_on_the_key() -> None:
    one, other = (generate(expand(parse_expression("mask_hash(val)"), key)) for key in (KEY, KEY[::-1]))
    assert one != other
    assert KEY.hex() not in one
    assert expand(parse_expression("mask_hash(val)"), b"k" * 100) is not None  # longer than a block


@settings(max_examples=60, deadline=None)
@given(one=st.integers(-(2**63), 2**63 - 1), other=st.integers(-(2**63), 2**63 - 1))
def test_numbers_hash_alike_when_they_are_alike(show: Show, one: int, other: int) -> None:
    shown = show("mask_hash(val)", one, "BIGINT"), show("mask_hash(val)", other, "BIGINT")
    assert (shown[0] == shown[1]) == (one == other)
    assert 0 <= shown[0] < 2**60


def test_hashes_of_other_types(show: Show) -> None:
    assert isinstance(show("mask_hash(val)", "2020-05-05", "DATE"), date)
    assert isinstance(show("mask_hash(val)", "2020-05-05 10:00:00", "TIMESTAMP"), datetime)
    assert 0 <= show("mask_hash(val)", 5, "TINYINT") < 128
    assert isinstance(show("mask_hash(val)", "1.5", "DECIMAL(18,3)"), Decimal)
    assert show("mask_hash(val)", "true", "BOOLEAN") is None


@pytest.mark.parametrize(
    ("value", "call", "shown"),
    [
        ("4111111111111111", "mask_partial(val, 0, 4)", "************1111"),
        ("Ann", "mask_partial(val, 1, 1)", "A*n"),
        ("Ann", "mask_partial(val, 1, 2)", "***"),
        ("Ann", "mask_partial(val, 5, 0)", "***"),
        ("Ann", "mask_partial(val, -2, 0)", "***"),
        ("Ann", "mask_partial(val, NULL, 0)", "***"),
        ("", "mask_partial(val, 1, 1)", ""),
        ("alice@example.org", "mask_email(val)", "a***@example.org"),
        ("a@example.org", "mask_email(val)", "***@example.org"),
        ("@example.org", "mask_email(val)", "***@example.org"),
        ('"a@b"@example.org', "mask_email(val)", '"***@example.org'),
        ("no address", "mask_email(val)", "***"),
        ("2020-05-05", "mask_year(val)", "2020-01-01"),
        ("May", "mask_year(val)", None),
        ("anything", "mask_null(val)", None),
        ("12", "mask_round(val, 1)", None),
        ("12", "mask_noise(val, 1, 0.5)", None),
        ("Ann", "upper(mask_partial(lower(val), 1, 0))", "A**"),
        ("Ann", "MASK_PARTIAL(mask_partial(val, 2, 0), 0, 1)", "***"),
    ],
)
def test_text(show: Show, value: str, call: str, shown: str | None) -> None:
    assert show(call, value) == shown


@pytest.mark.parametrize(
    ("value", "kind", "digits", "shown"),
    [
        (48_312, "INTEGER", 2, 48_000),
        (-48_512, "INTEGER", 2, -49_000),
        (99, "INTEGER", 1, 100),
        (127, "TINYINT", 2, 127),  # 130 is no TINYINT
        (0, "INTEGER", 3, 0),
        ("48312.57", "DECIMAL(9,2)", 3, Decimal("48300.00")),
        ("0.0012345", "DOUBLE", 2, 0.0012),
        (1234, "INTEGER", 0, None),
        (1234, "INTEGER", 10, 1234),
    ],
)
def test_rounding(show: Show, value: object, kind: str, digits: int, shown: object) -> None:
    assert show(f"mask_round(val, {digits})", value, kind) == shown


def test_years(show: Show) -> None:
    assert show("mask_year(val)", "1984-11-30", "DATE") == date(1984, 1, 1)
    assert show("mask_year(val)", "1984-11-30 11:12:13.5", "TIMESTAMP") == datetime(1984, 1, 1)
    assert show("CAST(mask_year(val) AS VARCHAR)", "0044-03-15 (BC)", "DATE") == "0044-01-01 (BC)"
    assert show("mask_year(val)", "1984", "INTEGER") is None


@settings(max_examples=60, deadline=None)
@given(value=st.floats(-1e15, 1e15), share=st.floats(0, 1), seed=st.integers())
def test_noise_is_the_same_each_time_and_bounded(show: Show, value: float, share: float, seed: int) -> None:
    call = f"mask_noise(val, '{seed}', {share!r}::DOUBLE)"
    shown = show(call, repr(value), "DOUBLE")
    assert shown == show(call, repr(value), "DOUBLE")
    assert abs(shown - value) <= abs(value) * share * (1 + 1e-9) + 1e-300


def test_noise(show: Show) -> None:
    values = {show(f"mask_noise(val, {seed}, 0.2)", 1_000_000, "INTEGER") for seed in range(40)}
    assert len(values) > 30
    assert all(800_000 <= value <= 1_200_000 for value in values)
    assert show("mask_noise(val, 1, 3.0)", 127, "TINYINT") <= 127
    days = {
        (show(f"mask_noise(val, {seed}, 0.1)", "2020-06-15", "DATE") - date(2020, 6, 15)).days
        for seed in range(40)
    }
    assert len(days) > 15
    assert all(-38 <= day <= 37 for day in days)


def test_noise_of_a_time_does_not_depend_on_the_zone(show: Show) -> None:
    shown = show("mask_noise(val, 1, 0.0)", "2020-06-15 12:00:00+02", "TIMESTAMP WITH TIME ZONE")
    assert shown.timestamp() == datetime.fromisoformat("2020-06-15T12:00:00+02:00").timestamp()


@pytest.mark.parametrize("name", MASKS)
def test_arguments_are_counted(name: str) -> None:
    with pytest.raises(errors.UndefinedFunction, match="arguments"):
        expand(parse_expression(f"{name}()"), KEY)
    with pytest.raises(errors.UndefinedFunction, match="arguments"):
        expand(parse_expression(f"{name}(1, 2, 3, 4)"), KEY)


def test_what_is_no_mask_stays() -> None:
    assert generate(expand(parse_expression("upper(val)"), KEY)) == "upper(val)"
