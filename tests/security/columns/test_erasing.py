"""Persons are erased while others are written about and read."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING

import avila

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

ROUNDS = 12


def test_erasing_beside_writers_and_readers(tmp_path: Path) -> None:
    """No statement fails, nothing about other persons is lost, and it is the same after opening again."""
    with avila.connect(tmp_path / "db", lake=False) as db:
        db.execute("CREATE TABLE t (who VARCHAR, v VARCHAR)")
        db.execute("ALTER TABLE t ALTER v SET ENCRYPTION SUBJECT who")
        failures: list[avila.errors.Error] = []

        def worker(statement: Callable[[int], str]) -> threading.Thread:
            session = db.session()

            def work() -> None:
                try:
                    for number in range(ROUNDS):
                        session.execute(statement(number)).fetchall()
                except avila.errors.Error as error:
                    failures.append(error)

            return threading.Thread(target=work)

        workers = [
            worker(lambda n: f"INSERT INTO t SELECT 'kept ' || i, 'v' || {n} FROM range(100) r(i)"),
            worker(lambda n: f"INSERT INTO t SELECT 'erased ' || i, 'v' || {n} FROM range(100) r(i)"),
            worker(lambda n: f"ERASE SUBJECT 'erased {n}'"),
            worker(lambda _: "SELECT count(v), max(v) FROM t"),
        ]
        for thread in workers:
            thread.start()
        for thread in workers:
            thread.join()
        assert failures == []
        for number in range(ROUNDS):
            db.execute(f"ERASE SUBJECT 'erased {number}'")
        before = db.execute("SELECT who, count(v) FROM t GROUP BY who ORDER BY who").fetchall()
        erased = {f"erased {number}" for number in range(ROUNDS)}
        assert {count for who, count in before if who not in erased} == {ROUNDS}
        assert {count for who, count in before if who in erased} == {0}
    with avila.connect(tmp_path / "db", lake=False) as db:
        assert db.execute("SELECT who, count(v) FROM t GROUP BY who ORDER BY who").fetchall() == before
