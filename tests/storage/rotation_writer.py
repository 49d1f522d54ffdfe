"""The child of test_rotation_crash.py: writes, reads and rotates keys for ever, and says what was committed.

With the name of a step it rotates once and dies there, before or after it.
"""

from __future__ import annotations

import os
import sys
import threading
from typing import TYPE_CHECKING, Any

import avila
from avila.storage.keys import KeyFile
from avila.storage.rotation import Rotation
from avila.storage.rotation_copy import FileCopy
from avila.storage.slots import Slots
from avila.storage.stores import LakeStore, NativeStore

if TYPE_CHECKING:
    from collections.abc import Callable

STEPS: dict[str, tuple[type, str]] = {
    "copy": (FileCopy, "sweep"),
    "fold": (NativeStore, "fold"),
    "finish": (FileCopy, "finish"),
    "present": (Slots, "present"),
    "probe": (Rotation, "_probe"),
    "renew": (KeyFile, "renew"),
    "attach": (NativeStore, "attach_spare"),
    "attach the lake": (LakeStore, "attach_spare"),
    "cross": (Slots, "cross"),
}


def write(target: str) -> None:
    db = avila.connect(target)
    for kind, table in (("native", "n"), ("lake", "lake.n")):
        threading.Thread(target=_insert, args=(db.session(), kind, table), daemon=True).start()
    threading.Thread(target=_read, args=(db.session(),), daemon=True).start()
    while True:
        say("rotating 0")
        db.execute("ALTER DATABASE ROTATE DATA KEYS")
        say("rotated 0")


def _insert(session: avila.Session, kind: str, table: str) -> None:
    number = session.execute(f"SELECT coalesce(max(n), 0) FROM {table}").fetchall()[0][0]
    while True:
        number += 1
        with failures_said():
            session.execute(f"INSERT INTO {table} VALUES (?)", [number])
            say(f"{kind} {number}")


def _read(session: avila.Session) -> None:
    while True:
        with failures_said():
            session.execute("SELECT count(*), max(s) FROM big").fetchall()


class failures_said:  # noqa: N801 (used like a function)
    """Say what failed: no statement may."""

    def __enter__(self) -> None: ...

    def __exit__(self, kind: object, error: BaseException | None, trace: object) -> bool:
        if error is not None:
            say(f"failed {error!r}")
        return error is not None


def die_at(target: str, step: str, when: str, which: int) -> None:
    owner, name = STEPS[step]
    original: Callable[..., Any] = getattr(owner, name)
    left = [which]

    def dying(*arguments: Any, **named: Any) -> Any:
        left[0] -= 1
        if when == "before" and not left[0]:
            os._exit(9)
        answer = original(*arguments, **named)
        if when == "after" and not left[0]:
            os._exit(9)
        return answer

    db = avila.connect(target)
    db.execute("INSERT INTO n VALUES (1)")
    db.execute("INSERT INTO lake.n VALUES (1)")
    setattr(owner, name, dying)
    db.execute("ALTER DATABASE ROTATE DATA KEYS")


def say(line: str) -> None:
    os.write(1, f"{line}\n".encode())


if __name__ == "__main__":
    if len(sys.argv) > 2:
        die_at(sys.argv[1], sys.argv[2], sys.argv[3], int(sys.argv[4]))
    else:
        write(sys.argv[1])
