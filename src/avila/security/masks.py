"""The masks that a masking policy can be made of, as SQL over their parameters.

What is shown has the type of what it stands for: text, numbers and dates stay what they are, NULL stays NULL, and of a
value of another kind, or one that does not fit, nothing is shown. No mask fails, for an error would show the value.

A mask asks for the type of its value, which the kernel knows before it runs: of the cases below one is left by then.
Every case is text until the end, because cases of several types would all have to be converted to one.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

_BLOCK_BYTES = hashlib.sha256().block_size
_TYPED = "TRY(cast_to_type({}, val))"
_TEXT = "CAST(val AS VARCHAR)"
_NUMBER = f"TRY_CAST({_TEXT} AS DOUBLE)"
_IS_TEXT = "typeof(val) = 'VARCHAR'"
_IS_DATE = "typeof(val) = 'DATE' OR typeof(val) LIKE 'TIMESTAMP%'"
_IS_INTEGER = "typeof(val) LIKE '%INT' OR typeof(val) = 'INTEGER' OR typeof(val) = 'UINTEGER'"
_IS_FRACTION = "typeof(val) IN ('FLOAT', 'DOUBLE') OR typeof(val) LIKE 'DECIMAL%'"
_PRECISION = r"TRY_CAST(regexp_extract(typeof(val), 'DECIMAL\((\d+),', 1) AS INTEGER)"
_SCALE = r"TRY_CAST(regexp_extract(typeof(val), ',(\d+)\)', 1) AS INTEGER)"
_DATES_DAYS = 73_049
"""From 1900 to the end of 2099."""
_RANGES: Mapping[str, tuple[str, str]] = {
    "TINYINT": ("-128", "127"),
    "SMALLINT": ("-32768", "32767"),
    "INTEGER": ("-2147483648", "2147483647"),
    "BIGINT": ("-9223372036854774784", "9223372036854774784"),
    "HUGEINT": ("-1.7e38", "1.7e38"),
    "UTINYINT": ("0", "255"),
    "USMALLINT": ("0", "65535"),
    "UINTEGER": ("0", "4294967295"),
    "UBIGINT": ("0", "18446744073709549568"),
    "UHUGEINT": ("0", "1.7e38"),
}
"""The least and the greatest of each type that a DOUBLE holds."""


@dataclass(frozen=True)
class ReadyMask:
    """One mask: its parameters, of which the first is the value, and what it shows, as SQL."""

    parameters: tuple[str, ...]
    body: str

    def keyed(self, key: bytes) -> str:
        """Return the body with a database's key in it, so that what two databases show cannot be compared."""
        block = (key if len(key) <= _BLOCK_BYTES else hashlib.sha256(key).digest()).ljust(_BLOCK_BYTES, b"\0")
        inner, outer = (bytes(byte ^ pad for byte in block).hex() for pad in (0x36, 0x5C))
        return self.body.replace("{inner}", inner).replace("{outer}", outer)


def _hmac(text: str) -> str:
    """Return the HMAC-SHA-256 of a text in hexadecimal digits, under the key that ``keyed`` puts in."""
    return f"sha256(unhex('{{outer}}') || unhex(sha256(unhex('{{inner}}') || encode({text}))))"


def _case(*cases: tuple[str, str]) -> str:
    return f"CASE {' '.join(f'WHEN {condition} THEN {shown}' for condition, shown in cases)} END"


def _hashed() -> str:
    digest = _hmac(_TEXT)
    number = f"CAST('0x' || left({digest}, 15) AS BIGINT)"
    within = {
        name: int(highest) + 1
        for name, (_, highest) in _RANGES.items()
        if highest.isdigit() and len(highest) <= 10
    }
    return _case(
        (_IS_TEXT, digest),
        *(
            (f"typeof(val) = '{name}'", f"CAST({number} % {size} AS VARCHAR)")
            for name, size in within.items()
        ),
        (_IS_INTEGER, f"CAST({number} AS VARCHAR)"),
        ("typeof(val) = 'FLOAT'", f"CAST({number} % {2**24} AS VARCHAR)"),
        ("typeof(val) = 'DOUBLE'", f"CAST({number} % {10**15} AS VARCHAR)"),
        (
            "typeof(val) LIKE 'DECIMAL%'",
            f"CAST({number} % CAST(pow(10, least({_PRECISION}, 15)) AS BIGINT) / pow(10, {_SCALE}) AS VARCHAR)",
        ),
        (_IS_DATE, f"CAST(DATE '1900-01-01' + CAST({number} % {_DATES_DAYS} AS INTEGER) AS VARCHAR)"),
        ("typeof(val) = 'UUID'", f"left({digest}, 32)"),
        ("typeof(val) = 'JSON'", f"'\"' || {digest} || '\"'"),
        ("typeof(val) = 'BLOB'", digest),
    )


def _partial() -> str:
    first, last = "greatest(prefix, 0)", "greatest(suffix, 0)"
    hidden = f"length({_TEXT}) - {first} - {last}"
    shown = f"left({_TEXT}, {first}) || repeat('*', {hidden}) || right({_TEXT}, {last})"
    return _case((_IS_TEXT, f"CASE WHEN {hidden} > 0 THEN {shown} ELSE repeat('*', length({_TEXT})) END"))


def _email() -> str:
    shown = f"left({_TEXT}, 1) || '***' || regexp_extract({_TEXT}, '@[^@]*$')"
    unless = (
        f"CASE WHEN contains({_TEXT}, '@') THEN '***' || regexp_extract({_TEXT}, '@[^@]*$') ELSE '***' END"
    )
    some = f"CASE WHEN strpos({_TEXT}, '@') > 2 THEN {shown} WHEN val IS NOT NULL THEN {unless} END"
    return _case((_IS_TEXT, some))


def _year() -> str:
    date = r"'^(-?\d+)-\d\d-\d\d.*?( \(BC\))?$'"
    shown = rf"regexp_replace({_TEXT}, {date}, '\1-01-01\2')"
    return _case((_IS_DATE, shown), (f"{_IS_TEXT} AND regexp_matches({_TEXT}, {date})", shown))


def _in_range(number: str) -> str:
    """Return a number as text, moved to the nearest that the type of the value holds."""
    integer = _case(
        *(
            (f"typeof(val) = '{name}'", _between(f"round({number})", low, high))
            for name, (low, high) in _RANGES.items()
        )
    )
    limit = f"(pow(10, {_PRECISION} - {_SCALE}) - pow(10, -{_SCALE}))"
    return _case(
        (_IS_INTEGER, f"CAST(CAST({integer} AS HUGEINT) AS VARCHAR)"),
        ("typeof(val) LIKE 'DECIMAL%'", f"CAST({_between(number, f'-{limit}', limit)} AS VARCHAR)"),
        (_IS_FRACTION, f"CAST({number} AS VARCHAR)"),
    )


def _between(number: str, low: str, high: str) -> str:
    # The kernel's least() and greatest() leave NULL out.
    return f"CASE WHEN {number} < {low} THEN {low} WHEN {number} > {high} THEN {high} ELSE {number} END"


def _noisy() -> str:
    digest = _hmac(f"CAST(seed AS VARCHAR) || ':' || {_TEXT}")
    share = f"(CAST('0x' || left({digest}, 13) AS BIGINT) / {2.0**51} - 1.0) * relative"
    moved = (
        f"TRY_CAST({_TEXT} AS TIMESTAMP) + to_microseconds(CAST({share} * {365 * 86_400 * 10**6} AS BIGINT))"
    )
    zone = "CASE WHEN typeof(val) = 'TIMESTAMP WITH TIME ZONE' THEN '+00' ELSE '' END"
    return f"""CASE WHEN {_IS_DATE} THEN CAST({moved} AS VARCHAR) || {zone}
        ELSE {_in_range(f"{_NUMBER} * (1.0 + {share})")} END"""


def _rounded() -> str:
    places = f"CAST(digits - 1 - floor(log10(abs({_NUMBER}))) AS INTEGER)"
    return _in_range(
        f"CASE WHEN digits < 1 THEN NULL WHEN {_NUMBER} = 0 THEN 0 ELSE round({_NUMBER}, {places}) END"
    )


MASKS: Mapping[str, ReadyMask] = {
    "mask_null": ReadyMask(("val",), "CASE WHEN FALSE THEN val END"),
    "mask_hash": ReadyMask(("val",), _TYPED.format(_hashed())),
    "mask_partial": ReadyMask(("val", "prefix", "suffix"), _TYPED.format(_partial())),
    "mask_email": ReadyMask(("val",), _TYPED.format(_email())),
    "mask_year": ReadyMask(("val",), _TYPED.format(_year())),
    "mask_noise": ReadyMask(("val", "seed", "relative"), _TYPED.format(_noisy())),
    "mask_round": ReadyMask(("val", "digits"), _TYPED.format(_rounded())),
}
"""Every mask by its name.

- ``mask_null`` shows nothing.
- ``mask_hash`` shows the same for the same value, in this database only: joins and groups still work.
- ``mask_partial`` shows the first and the last characters of a text, when some stay hidden between them.
- ``mask_email`` shows the first letter and the domain of an address.
- ``mask_year`` shows the first day of a date's year.
- ``mask_noise`` shows a number up to ``relative`` of itself away, and a date up to ``relative`` of a year.
- ``mask_round`` shows as many leading digits of a number.
"""
