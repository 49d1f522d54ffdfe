"""A statement as it may be kept: with a placeholder for every literal, because a literal may be anybody's secret."""

from __future__ import annotations

from functools import lru_cache

from avila import errors
from avila.planner.dialect.lexer import END, NUMBER, STRING, tokenize

TEXT_CHARACTERS_MAX = 65_536


@lru_cache(maxsize=4096)
def normalised(text: str) -> str:
    """Return a text with ``?`` for its literals and without comments; of what is no SQL, only its length."""
    if len(text) > TEXT_CHARACTERS_MAX:
        return f"{normalised(text[:1024])} … ({len(text):,} characters)"
    try:
        tokens = tokenize(text)
    except errors.Error:
        return f"(not SQL, {len(text):,} characters)"
    words: list[str] = []
    end = 0
    for token in tokens:
        if token.kind == END:
            break
        if words and token.start > end:
            words.append(" ")
        words.append("?" if token.kind in {STRING, NUMBER} else token.text)
        end = token.end
    return "".join(words)
