"""Parameters of statements as they are given on a command line."""

from __future__ import annotations

import json
import re
from typing import Any

from avila.cli.failure import usage

_NAMED = re.compile(r"([A-Za-z_]\w*)=(.*)", re.DOTALL)


def parse(given: list[str]) -> list[Any] | dict[str, Any] | None:
    """Return ``name=value`` as a mapping and plain values as a list; a mixture is wrong usage."""
    if not given:
        return None
    named = [_NAMED.fullmatch(text) for text in given]
    if all(named):
        return {match.group(1): value(match.group(2)) for match in named if match}
    if any(named):
        raise usage("--param takes either name=value or plain values, not both")
    return [value(text) for text in given]


def value(text: str) -> Any:
    """Return what JSON reads in a text (numbers, true, null, lists, "quoted text"), or the text itself."""
    try:
        return json.loads(text)
    except ValueError:
        return text
