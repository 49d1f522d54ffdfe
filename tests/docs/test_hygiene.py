"""What lies in the repository makes sense on every machine, and its links lead somewhere."""

from __future__ import annotations

import re
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
TEXT = {".py", ".md", ".toml", ".yaml", ".yml", ".sql", ".txt", ".cfg", ".json", ".test", ".sh", ""}
HERE = "tests/docs/test_hygiene.py"

# Folders of somebody's machine, and package indexes: both belong to an environment and not to the project.
MACHINE = re.compile(r"(?<![\w.$}])/(?:root|work|workspace|opt|Users)/|(?<![\w.$}])/home/(?!user/)")
INDEX = re.compile(r"pypi|pythonhosted|/simple\b|artifactory|devpi", re.IGNORECASE)
PASSWD = "tests/security/examples/row_security_passwd.sql"  # PostgreSQL's own example, unchanged
INDEX_ALLOWED = {"uv.lock", "tools/bootstrap.py", "tests/test_bootstrap.py"}


def tracked() -> list[str]:
    """Return the text files that git knows; all of them where git is not there."""
    try:
        listed = subprocess.run(
            ["git", "ls-files"], cwd=ROOT, capture_output=True, text=True, check=True
        ).stdout
    except (OSError, subprocess.CalledProcessError):
        pytest.skip("this is no git checkout")
    return [name for name in listed.splitlines() if Path(name).suffix in TEXT and (ROOT / name).is_file()]


def _found(pattern: re.Pattern[str], allowed: set[str]) -> list[str]:
    found = []
    for name in tracked():
        if name in allowed:
            continue
        for number, line in enumerate((ROOT / name).read_text(encoding="utf-8").splitlines(), 1):
            if pattern.search(line):
                found.append(f"{name}:{number}: {line.strip()[:100]}")
    return found


def test_no_paths_of_somebodys_machine() -> None:
    assert _found(MACHINE, {HERE, PASSWD, "uv.lock"}) == []


def test_no_package_index_but_where_it_belongs() -> None:
    assert _found(INDEX, INDEX_ALLOWED | {HERE}) == []


@pytest.mark.parametrize("page", sorted(path.name for path in ROOT.glob("*.md")))
def test_links_of_the_pages_at_the_root_lead_somewhere(page: str) -> None:
    """Sphinx checks those of the site."""
    text = (ROOT / page).read_text(encoding="utf-8")
    targets = [target.split("#")[0] for target in re.findall(r"\]\(([^)\s]+)\)", text)]
    assert [t for t in targets if t and "://" not in t and not (ROOT / t).exists()] == []
