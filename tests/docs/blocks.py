"""The code blocks of a Markdown page, in order, with what the page says about running them.

A comment on the line before a block changes what is done with it::

    <!-- not run: it needs a display -->
    <!-- fails: UndefinedTable -->

A ``text`` block directly after a block that is run is the output it must have; ``…`` stands for anything.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

RUNNABLE = frozenset({"python", "sql", "console"})
SHOWN = frozenset({"text", "toml", "mermaid", "makefile", "bash", "ini", "json"})

_FENCE = re.compile(r"^(?P<indent>\s*)(?P<fence>`{3,}|:{3,})(?P<language>\S*)\s*(?P<rest>.*)$")
_COMMENT = re.compile(r"^\s*<!--\s*(?P<kind>not run|fails):\s*(?P<text>.*?)\s*-->\s*$")


@dataclass(frozen=True)
class Block:
    """A code block and what is expected of it."""

    language: str
    text: str
    line: int
    not_run: str | None = None
    fails: str | None = None
    output: str | None = None


def blocks(path: Path) -> list[Block]:
    """Return the blocks of a page; expected outputs belong to the block before them."""
    found: list[Block] = []
    last_end = 0
    lines = path.read_text(encoding="utf-8").splitlines()
    for start, end, language, text in _fences(lines):
        directly_after = found and not any(line.strip() for line in lines[last_end:start])
        last_end = end
        if (
            language == "text"
            and directly_after
            and found[-1].language in RUNNABLE
            and found[-1].not_run is None
        ):
            previous = found.pop()
            found.append(
                Block(previous.language, previous.text, previous.line, fails=previous.fails, output=text)
            )
            continue
        comment = _COMMENT.match(lines[start - 1]) if start else None
        notes = {comment["kind"].replace(" ", "_"): comment["text"]} if comment else {}
        found.append(Block(language, text, start + 1, **notes))
    return found


def _fences(lines: list[str]) -> Iterator[tuple[int, int, str, str]]:
    """Yield (first line, line after the last, language, text) of each fence."""
    index = 0
    while index < len(lines):
        match = _FENCE.match(lines[index])
        if match is None:
            index += 1
            continue
        start, indent = index, len(match["indent"])
        index += 1
        while index < len(lines) and lines[index].strip() != match["fence"]:
            index += 1
        text = "\n".join(line[indent:] for line in lines[start + 1 : index])
        index += 1
        if not match["language"].startswith("{"):
            yield start, index, match["language"], text
