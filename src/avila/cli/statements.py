"""SQL text cut into statements, as far as typing goes: where one ends, and whether the last one is whole."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

# What may hold a semicolon that ends nothing. An opening without its end reaches to the end of the text.
_OPAQUE = re.compile(
    r"""
    [eE]'(?:[^'\\]|\\.|'')*(?P<e>'|\Z)      # escape string
    | '(?:[^']|'')*(?P<q>'|\Z)              # string
    | "(?:[^"]|"")*(?P<i>"|\Z)              # quoted name
    | (?P<tag>\$\w*\$).*?(?P<d>(?P=tag)|\Z) # dollar-quoted string
    | --[^\n]*
    | (?P<comment>/\*)
    | ;
    """,
    re.VERBOSE | re.DOTALL,
)


def split(text: str) -> tuple[list[str], str]:
    """Return the statements that a semicolon ends, and what is left behind the last semicolon."""
    whole: list[str] = []
    start = 0
    for end in _ends(text):
        if statement := text[start:end].strip():
            whole.append(statement)
        start = end + 1
    return whole, text[start:].strip()


def statements(text: str) -> list[str]:
    """Return every statement; the last needs no semicolon."""
    whole, rest = split(text)
    return [*whole, rest] if _says_something(rest) else whole


def is_whole(text: str) -> bool:
    """Whether a text ends with a statement's semicolon, or says nothing."""
    return not _says_something(split(text)[1])


def _ends(text: str) -> Iterator[int]:
    """Yield where statements end."""
    at = 0
    while match := _OPAQUE.search(text, at):
        at = match.end()
        if match.group("comment"):
            at = _comment_end(text, at)
        elif match.group() == ";":
            yield match.start()


def _comment_end(text: str, at: int) -> int:
    """Return where a comment ends; comments nest."""
    depth = 1
    while depth and (match := re.compile(r"/\*|\*/").search(text, at)):
        depth += 1 if match.group() == "/*" else -1
        at = match.end()
    return at if depth == 0 else len(text)


def _says_something(text: str) -> bool:
    """Whether a text is more than comments."""
    at = 0
    while at < len(text):
        match = _OPAQUE.match(text, at)
        if match and match.group("comment"):
            at = _comment_end(text, match.end())
        elif match and match.group().startswith("--"):
            at = match.end()
        elif text[at].isspace():
            at += 1
        else:
            return True
    return False
