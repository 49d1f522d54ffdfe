"""Sizes and times as people write them: '200MB', '30s'."""

from __future__ import annotations

import re

from avila import errors

_QUANTITY = re.compile(r"\s*(\d+(?:\.\d+)?)\s*([A-Za-z]*)\s*")
_BYTES = {
    "": 1, "b": 1, "byte": 1, "bytes": 1,
    "kb": 1000, "mb": 1000**2, "gb": 1000**3, "tb": 1000**4,
    "kib": 1024, "mib": 1024**2, "gib": 1024**3, "tib": 1024**4,
}  # fmt: skip
_MILLISECONDS = {"": 1, "ms": 1, "s": 1000, "min": 60_000, "h": 3_600_000, "d": 86_400_000}
_STEP = 1000


def size_bytes(text: str, what: str) -> int:
    """Return a size, in the kernel's units: KB is 1,000 bytes and KiB 1,024.

    Raises InvalidParameterValue naming ``what`` it is for when it is none.
    """
    return _quantity(text, what, _BYTES, "a size, such as '200MB'")


def duration_ms(text: str, what: str) -> int:
    """Return a time in milliseconds, in PostgreSQL's units; a bare number is milliseconds.

    Raises InvalidParameterValue naming ``what`` it is for when it is none.
    """
    return _quantity(text, what, _MILLISECONDS, "a time, such as '30s'")


def size_text(size: int) -> str:
    """Return a size for a person to read."""
    unit = "B"
    amount = float(size)
    for larger in ("KB", "MB", "GB", "TB"):
        if amount < _STEP:
            break
        amount, unit = amount / _STEP, larger
    return f"{amount:.4g} {unit}"


def _quantity(text: str, what: str, units: dict[str, int], expected: str) -> int:
    match = _QUANTITY.fullmatch(text)
    if match is None or match[2].lower() not in units:
        raise errors.InvalidParameterValue(f"{what} is {text!r}, which is not {expected}")
    return int(float(match[1]) * units[match[2].lower()])
