"""The guarantee that nothing is lost: what is written holds the same words, in the same order, as what was read."""

from __future__ import annotations

from typing import TYPE_CHECKING

from avila.errors import FeatureNotSupported
from avila.planner.dialect.lexer import END, PARAMETER, STRING, SYMBOL, WORD, Token, tokenize

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

_SKIPPED = frozenset({"(", ")", ",", ";"})
"""Parentheses that the tree has no need of, and commas that trail."""
_OPTIONAL = frozenset({"AS", "TABLE", "ALL", "WHERE"})
"""Words that say nothing where one of two texts lacks them: ``SELECT ALL``, ``TRUNCATE TABLE``, ``a AS b``."""
_SAME = {
    "==": "=",
    "!=": "<>",
    "SOME": "ANY",
    "TEMP": "TEMPORARY",
    "ANALYSE": "ANALYZE",
    "ASCENDING": "ASC",
    "DESCENDING": "DESC",
    "PIVOT_WIDER": "PIVOT",
    "PIVOT_LONGER": "UNPIVOT",
}


def assert_faithful(sql: str, tokens: list[Token], written: Iterable[str]) -> None:
    """Raise FeatureNotSupported if the written statements do not say what the tokens say.

    A difference is a gap in the grammar: better no answer than the answer to another question.
    """
    meant = _significant(tokens)
    said = (token for text in written for token in _significant(tokenize(text)))
    while True:
        want, have = next(meant, None), next(said, None)
        if want is None and have is None:
            return
        if want is None or have is None or want[0] != have[0]:
            token = want[1] if want else tokens[-1]
            raise FeatureNotSupported(
                f'this spelling is not supported near "{token.text}"', statement=sql, position=token.start
            )


def _significant(tokens: list[Token]) -> Iterator[tuple[str, Token]]:
    for token in tokens:
        if token.kind == END or (token.value in _SKIPPED and token.kind == SYMBOL):
            continue
        if token.kind == WORD and token.value in _OPTIONAL:
            continue
        yield _meaning(token), token


def _meaning(token: Token) -> str:
    """Return what a token says, whatever its spelling."""
    if token.kind in {WORD, SYMBOL}:
        return _SAME.get(token.value, token.value)
    if token.kind == STRING:
        return f"'{token.value}"
    if token.kind == PARAMETER:
        return f"${token.value}"
    return token.value if token.kind == "number" else f'"{token.value}'
