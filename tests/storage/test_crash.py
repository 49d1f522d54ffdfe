"""Kill the owner at a random moment: every acknowledged commit is there, and no half of a transaction."""

from __future__ import annotations

import os
import random
import signal
import subprocess
import sys
from pathlib import Path

import pytest

import avila

WRITER = Path(__file__).with_name("crash_writer.py")
SHORT_ROUNDS, LONG_ROUNDS = 20, 200


@pytest.mark.timeout(3600)  # the long mode takes about two seconds a round
def test_no_acknowledged_commit_is_lost(tmp_path: Path, long_mode: bool) -> None:
    target = tmp_path / "db"
    with avila.connect(target) as db:
        db.sql("CREATE TABLE half (n BIGINT PRIMARY KEY, round INTEGER)")
        db.sql("CREATE TABLE other_half (n BIGINT PRIMARY KEY, round INTEGER)")
        db.sql("CREATE TABLE altered (n BIGINT)")
        db.sql("CREATE TABLE lake.events (n BIGINT, round INTEGER)")
    chance = random.Random(20)
    for round_ in range(LONG_ROUNDS if long_mode else SHORT_ROUNDS):
        acknowledged = _write_until_killed(target, round_, chance)
        with avila.connect(target) as db:
            _check(db, round_, acknowledged)


def _write_until_killed(target: Path, round_: int, chance: random.Random) -> dict[str, set[int]]:
    """Let a child write and acknowledge, kill it after a random number of lines, and return what it acknowledged."""
    child = subprocess.Popen(
        [sys.executable, str(WRITER), str(target), str(round_), str(chance.random())],
        stdout=subprocess.PIPE, text=True, env=os.environ,
    )  # fmt: skip
    assert child.stdout is not None
    acknowledged: dict[str, set[int]] = {"half": set(), "lake": set(), "altered": set()}
    lines_left = chance.randrange(1, 120)
    for line in child.stdout:
        lines_left -= 1
        if not lines_left:
            # The child goes on writing while the signal is on its way: that is the random moment.
            child.send_signal(signal.SIGKILL)
        what, number = line.split()
        acknowledged[what].add(int(number))
    assert child.wait() == -signal.SIGKILL
    return acknowledged


def _check(db: avila.Database, round_: int, acknowledged: dict[str, set[int]]) -> None:
    half = {n for (n,) in db.sql("SELECT n FROM half WHERE round = ?", [round_])}
    other = {n for (n,) in db.sql("SELECT n FROM other_half WHERE round = ?", [round_])}
    lake = {n for (n,) in db.sql("SELECT n FROM lake.events WHERE round = ?", [round_])}
    columns = {name for (name,) in db.sql("SELECT column_name FROM (DESCRIBE altered)")}
    assert acknowledged["half"] <= half, "an acknowledged commit is lost"
    assert half == other, "half of a transaction is there"
    assert acknowledged["lake"] <= lake, "an acknowledged commit of the lake is lost"
    assert {f"c{n}" for n in acknowledged["altered"]} <= columns, "an acknowledged ALTER is lost"


@pytest.mark.parametrize("cut", [1, 7, 100])
def test_a_torn_log_opens_to_the_last_whole_commit(tmp_path: Path, cut: int) -> None:
    target = tmp_path / "db"
    child = subprocess.run([sys.executable, str(WRITER), str(target), "--torn"], check=False, env=os.environ)
    assert child.returncode == -signal.SIGKILL
    log = target / "avila.db.wal"
    whole = log.stat().st_size
    with log.open("r+b") as stream:
        stream.truncate(whole - cut)
    with avila.connect(target) as db:
        assert db.sql("SELECT count(*), max(n) FROM t").fetchone() == (9, 8)
        db.sql("INSERT INTO t VALUES (100)")
    with avila.connect(target) as db:
        assert db.sql("SELECT max(n) FROM t").fetchone() == (100,)
