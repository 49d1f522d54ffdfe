"""README, tutorials and guides do what they say: every block runs, or says why it is not run here."""

from __future__ import annotations

from pathlib import Path

import pytest

from docs.blocks import RUNNABLE, SHOWN, blocks
from docs.runner import Page

ROOT = Path(__file__).resolve().parents[2]
PROSE = [*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md")]
PAGES = sorted(
    path
    for path in PROSE
    if not {"generated", "_build", "decisions"} & set(path.parts) and path.name != "benchmarks.md"
)
RUN = [path for path in PAGES if any(block.language in RUNNABLE for block in blocks(path))]


def _name(path: Path) -> str:
    return str(path.relative_to(ROOT))


@pytest.mark.parametrize("path", PAGES, ids=_name)
def test_blocks_are_marked(path: Path) -> None:
    """Every block says its language, and every one that is not run says why."""
    for block in blocks(path):
        where = f"{_name(path)}:{block.line}"
        assert block.language in RUNNABLE | SHOWN, f"{where}: {block.language or 'no'} language"
        assert block.not_run is None or len(block.not_run) > 10, f"{where}: say why it is not run"
        assert block.language in RUNNABLE or block.not_run is None, f"{where}: {block.language} is never run"


@pytest.mark.parametrize("path", RUN, ids=_name)
def test_page_runs(path: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("AVILA_CONFIG_DIR", str(tmp_path / ".configuration"))
    monkeypatch.setenv("COLUMNS", "100")
    monkeypatch.setenv("NO_COLOR", "1")
    page = Page(_name(path))
    try:
        for block in blocks(path):
            if block.language in RUNNABLE and block.not_run is None:
                page.run(block)
    finally:
        page.close()
