"""The extension of the guide, installed as a package of its own: what the guide promises about it holds."""

from __future__ import annotations

import os
import subprocess
import sys
import tomllib
from pathlib import Path

from docs.blocks import blocks

GUIDE = Path(__file__).resolve().parents[2] / "docs" / "how-to" / "extension.md"


def test_the_guides_extension_works_when_installed(tmp_path: Path) -> None:
    found = blocks(GUIDE)
    code = [block for block in found if block.language == "python"]
    (configuration,) = (block for block in found if block.language == "toml")
    _install(tmp_path, "\n\n".join(block.text for block in code[:-1]), configuration.text)
    done = subprocess.run(
        [sys.executable, "-c", code[-1].text],
        env={**os.environ, "PYTHONPATH": str(tmp_path)},
        capture_output=True,
        text=True,
        timeout=120,
    )
    assert done.returncode == 0, done.stderr


def _install(folder: Path, source: str, configuration: str) -> None:
    """Lay a package out as pip would: a module, and metadata that names its entry point."""
    (folder / "my_package.py").write_text(source)
    metadata = folder / "my_package-1.0.dist-info"
    metadata.mkdir()
    (metadata / "METADATA").write_text("Metadata-Version: 2.1\nName: my-package\nVersion: 1.0\n")
    groups = tomllib.loads(configuration)["project"]["entry-points"]
    lines = [
        f"[{group}]\n" + "\n".join(f"{k} = {v}" for k, v in points.items())
        for group, points in groups.items()
    ]
    (metadata / "entry_points.txt").write_text("\n".join(lines) + "\n")
