"""The kernel's spelling of SQL types, read into a tree: ``MAP(VARCHAR, STRUCT(a INTEGER, "b c" UUID[]))``."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache

_TOKEN = re.compile(r"""\s*("(?:[^"]|"")*"|'(?:[^']|'')*'|[A-Za-z_][\w]*|\d+|[()\[\],])""")
_CACHED_TYPES = 1024

_SUFFIXES = {"WITH", "TIME", "ZONE"}
NESTED = frozenset({"LIST", "ARRAY", "STRUCT", "MAP", "UNION"})


@dataclass(frozen=True)
class SqlType:
    """One type: its name, and for nested ones the types inside and their names (empty for an unnamed struct's)."""

    name: str
    inner: tuple[SqlType, ...] = ()
    names: tuple[str, ...] = ()

    def holds(self, names: frozenset[str]) -> bool:
        """Whether this type or one inside it is among ``names``."""
        return self.name in names or any(kind.holds(names) for kind in self.inner)


@lru_cache(maxsize=_CACHED_TYPES)
def parse(text: str) -> SqlType:
    """Return the tree of a type; what is not known is a plain name, so that a new type is no failure."""
    return _Reader(_TOKEN.findall(text)).type()


class _Reader:
    """Recursive descent over the tokens of a type."""

    def __init__(self, tokens: list[str]) -> None:
        self._tokens = tokens
        self._at = 0

    def type(self) -> SqlType:
        word = self._next().upper()
        if word in {"STRUCT", "UNION"} and self._peek() == "(":
            names, inner = self._fields()
            found = SqlType(word, inner, names)
        elif word == "MAP" and self._peek() == "(":
            found = SqlType(word, self._fields()[1])
        else:
            while self._peek().upper() in _SUFFIXES:
                word += " " + self._next().upper()
            if self._peek() == "(":  # DECIMAL(18,3), ENUM('a', 'b'): what the values need is the name
                while self._next() != ")":
                    pass
            found = SqlType(word)
        while self._peek() == "[":
            self._next()
            sized = self._peek() != "]"
            while self._next() != "]":
                pass
            found = SqlType("ARRAY" if sized else "LIST", (found,))
        return found

    def _fields(self) -> tuple[tuple[str, ...], tuple[SqlType, ...]]:
        """Read ``(name TYPE, …)`` or ``(TYPE, …)``; a token is a name when another type starts right after it."""
        names, inner = [], []
        while self._next() in {"(", ","}:
            after = self._peek(1)
            named = self._peek().startswith('"') or (
                after not in {"(", "[", ",", ")", ""} and not self._spans_words()
            )
            # A field named like a nested type, such as `map INTEGER`, is quoted by the kernel.
            names.append(_unquoted(self._next()) if named else "")
            inner.append(self.type())
        return tuple(names), tuple(inner)

    def _spans_words(self) -> bool:
        return self._peek(1).upper() == "WITH" and self._peek(2).upper() == "TIME"

    def _peek(self, ahead: int = 0) -> str:
        at = self._at + ahead
        return self._tokens[at] if at < len(self._tokens) else ""

    def _next(self) -> str:
        token = self._peek()
        self._at += 1
        return token or ")"


def _unquoted(name: str) -> str:
    return name[1:-1].replace('""', '"') if name.startswith('"') else name
