"""Every statement of the corpus is read by the kernel alike before and after it went through the dialect."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from avila.planner.dialect import generate, parse

if TYPE_CHECKING:
    from conftest import Oracle

CORPUS = Path(__file__).parent / "corpus"


def records() -> list[tuple[str, str]]:
    """Return the statements with where they stand; an indented line goes on with the one above."""
    found: list[tuple[str, str]] = []
    for path in sorted(CORPUS.glob("*.sql")):
        current: list[str] = []
        start = 0
        for number, line in enumerate([*path.read_text().splitlines(), ""], start=1):
            if current and not line.startswith("  "):
                found.append((f"{path.stem}:{start}", "\n".join(current)))
                current = []
            if line.strip() and not line.startswith("# "):
                start = start if current else number
                current.append(line)
    return found


@pytest.mark.parametrize("sql", [pytest.param(sql, id=place) for place, sql in records()])
def test_the_kernel_reads_the_written_statement_alike(oracle: Oracle, sql: str) -> None:
    want = oracle.read(sql)
    assert want is not None, "the corpus holds what the kernel takes"
    written = "; ".join(generate(tree) for tree in parse(sql))
    assert oracle.read(written) == want, written


def test_the_corpus_is_large() -> None:
    assert len(records()) > 400
