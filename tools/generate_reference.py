"""Write the generated pages of the reference to docs/reference/generated; docs/conf.py calls it."""

from __future__ import annotations

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent))

from reference import commands, errors, functions, python, rights, settings, views

TARGET = Path(__file__).resolve().parents[1] / "docs" / "reference" / "generated"
PARTS = (settings, functions, errors, commands, python, views, rights)


def pages() -> dict[str, str]:
    """Return every generated page by its file name."""
    return {name: text for part in PARTS for name, text in part.pages().items()}


def write(target: Path = TARGET) -> None:
    """Write pages that changed, so that Sphinx reads no more than it must, and remove old ones."""
    target.mkdir(parents=True, exist_ok=True)
    made = pages()
    for old in target.glob("*.md"):
        if old.name not in made:
            old.unlink()
    for name, text in made.items():
        path = target / name
        if not path.exists() or path.read_text(encoding="utf-8") != text:
            path.write_text(text, encoding="utf-8")


if __name__ == "__main__":
    write()
