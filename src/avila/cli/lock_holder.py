"""Which process has a database open, and whether it answers."""

from __future__ import annotations

import fcntl
import socket
from pathlib import Path

ANSWER_WITHIN_S = 2.0
_LOCKS = Path("/proc/locks")


def holder(lock: Path) -> str | None:
    """Return the process that holds the lock of a file, or None when nobody does."""
    if not lock.exists() or not _is_held(lock):
        return None
    pid = _pid(lock)
    if pid is None:
        return "another process"
    name = Path(f"/proc/{pid}/comm")
    return f"process {pid} ({name.read_text().strip()})" if name.exists() else f"process {pid}"


def answers(endpoint: Path) -> bool:
    """Whether somebody listens at a socket."""
    with socket.socket(socket.AF_UNIX) as client:
        client.settimeout(ANSWER_WITHIN_S)
        try:
            client.connect(str(endpoint))
        except OSError:
            return False
    return True


def _is_held(lock: Path) -> bool:
    with lock.open("rb") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_SH | fcntl.LOCK_NB)
        except BlockingIOError:
            return True
    return _pid(lock) is not None


def _pid(lock: Path) -> int | None:
    """Return whom the system names as the lock's holder, where it tells."""
    if not _LOCKS.exists():
        return None
    inode = str(lock.stat().st_ino)
    for line in _LOCKS.read_text().splitlines():
        parts = line.split()
        if "->" not in parts and parts[5].rpartition(":")[2] == inode:
            return int(parts[4])
    return None
