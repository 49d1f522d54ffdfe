"""Names that are close to one that was not found."""

from __future__ import annotations

from difflib import get_close_matches
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable


def suggest(name: str, known: Iterable[str]) -> str | None:
    """Return "Did you mean …?", or None when nothing is close."""
    folded = {candidate.lower(): candidate for candidate in known}
    close = get_close_matches(name.lower(), folded, n=3, cutoff=0.7)
    if not close:
        return None
    *head, last = (folded[match] for match in close)
    return f"Did you mean {', '.join(head) + ' or ' if head else ''}{last}?"
