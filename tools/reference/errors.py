"""The errors, from errors.toml."""

from __future__ import annotations

import tomllib
from pathlib import Path
from typing import Any

import avila
from reference.markdown import page, table

INTRODUCTION = """
Every error is a class of `avila.errors`, derives from `avila.Error`, and belongs to a class of PEP 249. It
carries `message`, `sqlstate`, `hint`, `statement` and `position`, and `retryable` says whether the same
statement may succeed when it is tried again unchanged. What to do about the common ones is in
[Recover from errors](../../how-to/errors.md).
"""


def pages() -> dict[str, str]:
    """Return the page of the errors: a table to look codes up in, then one section each."""
    listed = conditions()
    summary = table(
        ["SQLSTATE", "Error", "Class of PEP 249", "Retry"],
        [
            [f"`{entry['sqlstate']}`", f"[{name}](#{name.lower()})", f"`{entry['base']}`", _yes(entry)]
            for name, entry in sorted(listed.items(), key=lambda item: (item[1]["sqlstate"], item[0]))
        ],
    )
    parts = [INTRODUCTION, summary]
    for name, entry in sorted(listed.items()):
        hint = f"**What to do.** {entry['hint']}" if entry.get("hint") else ""
        codes = f"SQLSTATE `{entry['sqlstate']}`, HTTP {entry['http']}, gRPC `{entry['grpc']}`."
        parts += [f"## {name}", entry["doc"], hint, codes]
    return {"errors.md": page("Errors", *parts, label="errors")}


def conditions() -> dict[str, dict[str, Any]]:
    """Return the table of errors."""
    return tomllib.loads((Path(avila.__file__).parent / "errors.toml").read_text(encoding="utf-8"))


def _yes(entry: dict[str, Any]) -> str:
    return "yes" if entry.get("retryable") else ""
