"""The refusals the functions share: one clear error naming the function, the parameter and what is right."""

from __future__ import annotations

import difflib
import math
from typing import TYPE_CHECKING

from avila import errors

if TYPE_CHECKING:
    from collections.abc import Iterable


_MOST_ELEMENTS = 1 << 27
"""The longest answer a function makes up from a number it is given: a gigabyte of doubles."""

_MOST_SHOWN = 20


def wrong(function: str, why: str, hint: str | None = None) -> errors.InvalidParameterValue:
    """Return the error for a value that is not possible in this function."""
    return errors.InvalidParameterValue(f"{function}: {why}", hint=hint)


def positive(function: str, parameter: str, value: float) -> None:
    """Refuse what is not a finite number above zero."""
    if not (math.isfinite(value) and value > 0):
        raise wrong(function, f"{parameter} must be a finite number above 0, not {value!r}")


def at_least(function: str, parameter: str, value: int, least: int) -> None:
    """Refuse a count below the least possible one."""
    if value < least:
        raise wrong(function, f"{parameter} must be at least {least}, not {value}")


def long_enough(function: str, parameter: str, length: int, least: int, why: str = "") -> None:
    """Refuse a list with too few elements; ``why`` says what needs that many."""
    if length < least:
        need = f"needs at least {least} element{'s' if least > 1 else ''}"
        raise wrong(function, f"{parameter} {need}{why}, and has {length}")


def affordable(function: str, what: str, elements: int) -> None:
    """Refuse parameters that ask for an answer beyond memory: a typing error should not end the process."""
    if elements > _MOST_ELEMENTS:
        raise wrong(function, f"{what} asks for {elements} elements a row; at most {_MOST_ELEMENTS} are made")


def same_length(function: str, **lengths: int) -> None:
    """Refuse lists that should pair up and do not."""
    if len(set(lengths.values())) > 1:
        shown = ", ".join(f"{name} has {length}" for name, length in lengths.items())
        raise wrong(function, f"{' and '.join(lengths)} must be equally long: {shown}")


def one_of(function: str, parameter: str, value: str, known: Iterable[str]) -> None:
    """Refuse an unknown name, suggesting the nearest known one."""
    names = list(known)
    if value in names:
        return
    close = difflib.get_close_matches(value.lower(), names, n=1, cutoff=0.5)
    more = ", …" if len(names) > _MOST_SHOWN else "."
    hint = f"Did you mean '{close[0]}'?" if close else f"Known are {', '.join(names[:_MOST_SHOWN])}{more}"
    raise wrong(function, f"{parameter} '{value}' is not known", hint)
