"""SASLprep (RFC 4013) as PostgreSQL applies it: one password typed on two keyboards is one password.

A password that SASLprep prohibits is taken as it was written, because PostgreSQL and its drivers do so: an old password
in another encoding must go on working.
"""

from __future__ import annotations

import stringprep
import unicodedata
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

_PROHIBITED: tuple[Callable[[str], bool], ...] = (
    stringprep.in_table_c12,
    stringprep.in_table_c21_c22,
    stringprep.in_table_c3,
    stringprep.in_table_c4,
    stringprep.in_table_c5,
    stringprep.in_table_c6,
    stringprep.in_table_c7,
    stringprep.in_table_c8,
    stringprep.in_table_c9,
    stringprep.in_table_a1,  # unassigned: a kept string must not change its meaning with the next Unicode
)


def prepare(password: str) -> bytes:
    """Return the bytes of a password that are hashed."""
    if password.isascii():
        return password.encode()
    normal = unicodedata.normalize("NFKC", _mapped(password))
    allowed = normal and not any(prohibited(c) for c in normal for prohibited in _PROHIBITED)
    # A lone surrogate is no character at all; it stays what it was, and matches nothing else.
    return (normal if allowed and _one_direction(normal) else password).encode("utf-8", "surrogatepass")


def _mapped(password: str) -> str:
    """Write every space as a space, and leave out what is commonly mapped to nothing."""
    spaced = (" " if stringprep.in_table_c12(c) else c for c in password)
    return "".join(c for c in spaced if not stringprep.in_table_b1(c))


def _one_direction(text: str) -> bool:
    """Whether right-to-left text stands alone, as RFC 3454 asks."""
    if not any(map(stringprep.in_table_d1, text)):
        return True
    ends = stringprep.in_table_d1(text[0]) and stringprep.in_table_d1(text[-1])
    return ends and not any(map(stringprep.in_table_d2, text))
