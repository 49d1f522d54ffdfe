"""``avila keys``: what it lists, what it rotates, and what it refuses."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import avila

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from click.testing import Result


def test_the_keys_are_listed_without_a_key(
    cli: Callable[..., Result], stars: Path, monkeypatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("AVILA_CONFIG_DIR", str(tmp_path / "nothing"))
    listed = cli("keys", "list", stars)
    assert listed.exit_code == 0
    document = json.loads((stars / "avila.keys").read_text())
    assert document["database"] in listed.stdout
    for name, key in document["keys"].items():
        assert name in listed.stdout
        assert key["wrapped"] not in listed.stdout


def test_both_kinds_of_keys_are_rotated(cli: Callable[..., Result], stars: Path) -> None:
    assert cli("keys", "rotate", stars).exit_code == 0
    assert cli("keys", "rotate", stars, "--data").exit_code == 0
    assert cli("keys", "rotate", stars, "--provider", "file", "--destroy-old").exit_code == 0
    document = json.loads((stars / "avila.keys").read_text())
    assert document["wrapping"]["number"] == 3
    assert document["keys"]["native"]["version"] == 2
    with avila.connect(stars) as db:
        assert db.execute("SELECT 1").fetchall() == [(1,)]


def test_what_cannot_be_is_said(cli: Callable[..., Result], stars: Path, tmp_path: Path) -> None:
    assert cli("keys", "rotate", stars, "--data", "--provider", "file").exit_code == 2
    refused = cli("keys", "rotate", stars, "--provider", "safe")
    assert refused.exit_code == 1
    assert "no key provider 'safe'" in refused.stderr
    assert cli("keys", "list", tmp_path / "nowhere").exit_code == 1
