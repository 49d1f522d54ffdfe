"""avila quickstart, from end to end, twice."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import avila

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path


def test_it_works_and_works_again(cli: Callable, tmp_path: Path) -> None:
    place = tmp_path / "first steps"
    for _ in range(2):
        done = cli("quickstart", place)
        assert done.exit_code == 0, done.output
        for expected in ("JOIN", "WINDOW", "AT (VERSION =>", "fft(", "read_fits(", "db.table", "avila shell"):
            assert expected in done.stdout
        period = re.search(r"has a period of ([\d.]+) years", done.stdout)
        assert period is not None
        assert 10.5 < float(period.group(1)) < 11.5
        assert (place / "solar_cycle.png").read_bytes().startswith(b"\x89PNG")
    with avila.connect(place) as database:
        assert database.execute("SELECT count(*) FROM flights").fetchall() == [(336_776,)]
        assert database.execute("SELECT count(*) FROM sunspots").fetchall() == [(309,)]


def test_without_its_data_it_says_what_to_install(cli: Callable, tmp_path: Path, monkeypatch: object) -> None:
    from avila.cli.quickstart import data

    monkeypatch.setattr(data, "find_spec", lambda name: None)  # type: ignore[attr-defined]
    done = cli("quickstart", tmp_path / "q")
    assert done.exit_code == 1
    assert "pip install 'avila[quickstart]'" in done.stderr
