"""The child of test_crash.py: writes for ever and says what was committed, or leaves a log behind."""

from __future__ import annotations

import os
import random
import signal
import sys

import avila


def write(target: str, round_: int, seed: float) -> None:
    chance = random.Random(seed)
    db = avila.connect(
        target, checkpoint_log_bytes=0 if chance.random() < 0.3 else 2**26, checkpoint_interval_s=1
    )
    number = round_ * 1_000_000
    while True:
        number += 1
        pick = chance.random()
        if pick < 0.8:
            with db.transaction():
                db.execute("INSERT INTO half VALUES (?, ?)", [number, round_])
                db.execute("INSERT INTO other_half VALUES (?, ?)", [number, round_])
            say("half", number)
        elif pick < 0.95:
            db.execute("INSERT INTO lake.events VALUES (?, ?)", [number, round_])
            say("lake", number)
        else:
            db.execute(f"ALTER TABLE altered ADD COLUMN c{number} INTEGER DEFAULT 1")
            say("altered", number)


def say(what: str, number: int) -> None:
    os.write(1, f"{what} {number}\n".encode())


def leave_a_log(target: str) -> None:
    db = avila.connect(target, checkpoint_interval_s=0)
    db.execute("CREATE TABLE t (n INTEGER)")
    for number in range(10):
        db.execute("INSERT INTO t VALUES (?)", [number])
    os.kill(os.getpid(), signal.SIGKILL)


if __name__ == "__main__":
    if sys.argv[2] == "--torn":
        leave_a_log(sys.argv[1])
    else:
        write(sys.argv[1], int(sys.argv[2]), float(sys.argv[3]))
