"""A process that appends records until it is killed; run by the tests as a program.

It prints the number of every record once that is durable, so that its parent knows what may not be lost.
"""

from __future__ import annotations

import sys
from itertools import count
from pathlib import Path

from avila.security.audit import AuditLog, Kind, Record

SECRET = bytes(range(32))


def main() -> None:
    folder, first, group = Path(sys.argv[1]), int(sys.argv[2]), int(sys.argv[3])
    log = AuditLog.open(folder, SECRET, interval_ms=1, segment_bytes=20_000)
    for number in count(first):
        log.append(Record(Kind.statement, number, 1, statement="x" * (number % 300)))
        if number % group == 0:
            log.flush()
            print(number, flush=True)


if __name__ == "__main__":
    main()
