"""Completion: what Tab offers at a place in a statement."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from prompt_toolkit.completion import Completer, Completion, PathCompleter
from prompt_toolkit.document import Document

from avila.cli.shell.commands import COMMANDS
from avila.cli.shell.names import Names
from avila.cli.writers import Format

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from prompt_toolkit.completion import CompleteEvent

_WORD = re.compile(r'[\w."]*$')
_BEFORE = re.compile(r'(\w+)\s+[\w."]*$')
_SOURCES = re.compile(r"\b(?:FROM|JOIN|INTO|UPDATE|TABLE)\s+([\w.]+)(?:\s+(?:AS\s+)?(\w+))?", re.IGNORECASE)
_TABLE_PLACES = frozenset({"FROM", "JOIN", "INTO", "UPDATE", "TABLE", "DESCRIBE", "SUMMARIZE", "VIEW"})
_SETTING_PLACES = frozenset({"SET", "SHOW", "RESET"})


class SqlCompleter(Completer):
    """Completes keywords, and the names of the catalog where they can stand."""

    def __init__(self) -> None:
        self.names = Names()
        self._paths = PathCompleter(expanduser=True)

    def get_completions(self, document: Document, complete_event: CompleteEvent) -> Iterator[Completion]:
        """Yield what fits before the cursor."""
        text = document.text_before_cursor
        if text.lstrip().startswith("\\"):
            yield from self._command(text.lstrip(), complete_event)
            return
        word = _WORD.search(text)
        typed = word.group() if word else ""
        if "." in typed and not typed[0].isdigit():
            yield from self._qualified(typed, document.text)
            return
        before = _BEFORE.search(text)
        place = before.group(1).upper() if before else ""
        if place in _TABLE_PLACES:
            yield from _matching(typed, self._tables())
            yield from _matching(typed, ((name, "function") for name in self.names.functions), least=1)
        elif place in _SETTING_PLACES:
            yield from _matching(typed, ((name, "setting") for name in self.names.settings))
        else:
            yield from self._expression(typed, document.text)

    def _expression(self, typed: str, statement: str) -> Iterator[Completion]:
        here = dict(column for table in self._sources(statement).values() for column in table.items())
        yield from _matching(typed, here.items())
        if not typed:
            return
        everywhere = {name: kind for table in self.names.tables.values() for name, kind in table.items()}
        yield from _matching(typed, ((name, kind) for name, kind in everywhere.items() if name not in here))
        yield from _matching(typed, self._tables())
        yield from _matching(typed, ((name, "function") for name in self.names.functions))
        words = self.names.keywords if typed[:1].isupper() else map(str.lower, self.names.keywords)
        yield from _matching(typed, ((word, "") for word in words))

    def _qualified(self, typed: str, statement: str) -> Iterator[Completion]:
        """Complete what comes after a dot: columns of a table or alias, tables of a store or schema."""
        owner, _, start = typed.rpartition(".")
        columns = self._sources(statement).get(owner.lower(), self.names.tables.get(owner, {}))
        yield from _matching(start, columns.items())
        inside = (name for name in self.names.tables if name.lower().startswith(owner.lower() + "."))
        yield from _matching(start, ((name[len(owner) + 1 :], "table") for name in inside))

    def _sources(self, statement: str) -> dict[str, Mapping[str, str]]:
        """Return the columns of the statement's tables, by their names and aliases."""
        folded = {name.lower(): columns for name, columns in self.names.tables.items()}
        found: dict[str, Mapping[str, str]] = {}
        for name, alias in _SOURCES.findall(statement):
            columns = folded.get(name.lower())
            if columns is not None:
                found[name.lower()] = columns
                if alias:
                    found[alias.lower()] = columns
        return found

    def _tables(self) -> Iterator[tuple[str, str]]:
        return ((name, "table") for name in self.names.tables)

    def _command(self, text: str, event: CompleteEvent) -> Iterator[Completion]:
        name, space, argument = text.removeprefix("\\").partition(" ")
        if not space:
            yield from _matching(name, ((known, entry[1]) for known, entry in COMMANDS.items()))
        elif name == "d":
            yield from _matching(argument, self._tables())
        elif name in {"i", "o"}:
            yield from self._paths.get_completions(Document(argument), event)
        elif name == "format":
            yield from _matching(argument, ((kind.value, "") for kind in Format))


def _matching(typed: str, names: Iterable[tuple[str, str]], *, least: int = 0) -> Iterator[Completion]:
    """Yield the names that begin as typed, once at least ``least`` letters are."""
    if len(typed) < least:
        return
    start = typed.lstrip('"').lower()
    for name, meaning in names:
        if name.lower().startswith(start):
            yield Completion(name, start_position=-len(typed), display_meta=meaning)
