"""Kill the owner while it rotates keys: the database opens, and every acknowledged commit is there."""

from __future__ import annotations

import os
import random
import signal
import subprocess
import sys
from pathlib import Path

import pytest
from rotation_writer import STEPS

import avila

WRITER = Path(__file__).with_name("rotation_writer.py")
ROUNDS = 20
SHORT_ROWS, LONG_ROWS = 20_000, 20_000_000
"""The long mode's file has a gigabyte."""
SHORT_LINES, LONG_LINES = 150, 2_000
"""So many acknowledged commits, at the most, lie between the start of the first rotation and the kill."""


@pytest.mark.timeout(3600)  # the long mode copies its gigabyte again and again
def test_a_kill_at_any_moment_loses_nothing(tmp_path: Path, long_mode: bool) -> None:
    target = tmp_path / "db"
    rows = LONG_ROWS if long_mode else SHORT_ROWS
    _make(target, rows)
    whole = [(rows, rows, max(map(str, range(rows))))]
    chance = random.Random(3)
    rotated = 0
    for _ in range(ROUNDS):
        lines = chance.randrange(2, LONG_LINES if long_mode else SHORT_LINES)
        acknowledged, completed = _rotate_until_killed(target, lines)
        rotated += completed
        with avila.connect(target) as db:
            for table, numbers in acknowledged.items():
                there = {n for (n,) in db.execute(f"SELECT n FROM {table}").fetchall()}
                assert numbers <= there, f"an acknowledged commit to {table} is lost"
            assert db.execute("SELECT count(*), count(DISTINCT i), max(s) FROM big").fetchall() == whole
        _check_tidy(target)
    assert rotated > 0, "no rotation was ever completed, so none was tested"


def _make(target: Path, rows: int) -> None:
    with avila.connect(target) as db:
        db.execute("CREATE TABLE n (n BIGINT PRIMARY KEY)")
        db.execute("CREATE TABLE lake.n (n BIGINT)")
        db.execute(
            f"CREATE TABLE big AS SELECT range AS i, range::VARCHAR AS s, random() AS a, random() AS b, "
            f"random() AS c, random() AS d, random() AS e, random() AS f, random() AS g FROM range({rows})"
        )
        db.execute("CREATE INDEX big_i ON big (s)" if rows == SHORT_ROWS else "CHECKPOINT")


def _rotate_until_killed(target: Path, lines_left: int) -> tuple[dict[str, set[int]], int]:
    """Let a child work and kill it after so many lines; return what it acknowledged and how often it rotated."""
    child = subprocess.Popen(
        [sys.executable, str(WRITER), str(target)], stdout=subprocess.PIPE, text=True, env=os.environ
    )
    assert child.stdout is not None
    acknowledged: dict[str, set[int]] = {"n": set(), "lake.n": set()}
    rotated, started = 0, False
    for line in child.stdout:
        what, _, rest = line.partition(" ")
        assert what != "failed", rest
        started |= what == "rotating"
        rotated += what == "rotated"
        if what in {"native", "lake"}:
            acknowledged["n" if what == "native" else "lake.n"].add(int(rest))
        lines_left -= started
        if lines_left == 0:
            # The child goes on while the signal is on its way: that is the random moment.
            child.send_signal(signal.SIGKILL)
    assert child.wait() == -signal.SIGKILL
    return acknowledged, rotated


@pytest.mark.parametrize("when", ["before", "after"])
@pytest.mark.parametrize("step", STEPS)
@pytest.mark.parametrize("which", [1, 2])
def test_a_kill_at_each_step_leaves_a_database(tmp_path: Path, step: str, when: str, which: int) -> None:
    """The second time a step comes is the lake's, for those that both stores have."""
    if which == 2 and step in {"attach", "attach the lake", "fold"}:
        pytest.skip("this step comes once")
    target = tmp_path / "db"
    _make(target, 1_000)
    child = subprocess.run(
        [sys.executable, str(WRITER), str(target), step, when, str(which)], check=False, env=os.environ
    )
    assert child.returncode == 9, "the child did not come to this step"
    for number in (2, 3):
        with avila.connect(target) as db:
            assert db.execute("SELECT max(n), (SELECT count(*) FROM big) FROM n").fetchall() == [
                (number - 1, 1_000)
            ]
            assert db.execute("SELECT max(n) FROM lake.n").fetchall() == [(number - 1,)]
            _check_tidy(target)
            db.execute("INSERT INTO n VALUES (?)", [number])
            db.execute("INSERT INTO lake.n VALUES (?)", [number])
            if number == 2:
                db.execute("ALTER DATABASE ROTATE DATA KEYS")


def _check_tidy(target: Path) -> None:
    """Nothing is left of a rotation once the database was opened again."""
    left = [
        path.name
        for path in (*target.iterdir(), *(target / "lake").iterdir())
        if ".2" in path.name or path.suffix == ".part" or path.name.startswith(".avila.keys")
    ]
    assert left == []
