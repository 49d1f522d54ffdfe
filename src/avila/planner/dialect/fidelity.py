"""The guarantee that nothing is lost: what is written holds the words that were read, in their order."""

from __future__ import annotations

from typing import TYPE_CHECKING

from avila.errors import FeatureNotSupported
from avila.planner.dialect.lexer import END, PARAMETER, STRING, SYMBOL, WORD, Token, tokenize

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

_SKIPPED = frozenset({"(", ")", ",", ";"})
"""Parentheses, which a tree of the same meaning may need fewer or more of, and commas, which may trail."""
_OPTIONAL: Mapping[str, frozenset[str]] = {
    "ALL": frozenset({"SELECT", "("}),
    "TABLE": frozenset({"TRUNCATE"}),
    "WHERE": frozenset({"("}),
}
"""Words that say nothing behind certain others: ``SELECT ALL``, ``sum(ALL x)``, ``FILTER (WHERE …``."""
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
    written_tokens = [token for text in written for token in tokenize(text)]
    meant, said = _significant(tokens), _significant(written_tokens)
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
    """Return the tokens that say something, with what they say."""
    before = ""
    for token in tokens:
        word = token.value if token.kind in {WORD, SYMBOL} else ""
        silent = (
            token.kind == END
            or (token.kind == SYMBOL and word in _SKIPPED)
            or word == "AS"
            or before in _OPTIONAL.get(word, ())
        )
        before = word
        if not silent:
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
