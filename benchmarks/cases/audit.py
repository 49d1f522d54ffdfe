"""The audit log: what it adds to a statement, how fast it takes records, and how fast it is verified."""

from __future__ import annotations

import hashlib
import itertools
import logging
import logging.handlers
import queue
import random
import secrets
import shutil
import sqlite3
from contextlib import ExitStack
from typing import TYPE_CHECKING

from avila.security.audit import AuditLog, Kind, Record, frames
from avila.security.audit.record import encode
from avila.security.audit.verification import verify
from benchmarks.measure import Bar, Comparison
from benchmarks.rounds import alternate, timed

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from benchmarks.bench import Bench

TITLE = "The audit log"
ABOUT = (
    "A record is a statement of the length that programs send, with its session, users, tables, rows and "
    "duration. *Append* is what the statement's own thread pays, before the log's thread writes anything; the "
    "peer is Python's logging on a queue. *Till durable* is everything: encoding, two hashes, the tree, the "
    "signatures and the disk; the peer is SQLite, a transaction of 1,000 rows with the same JSON, which signs "
    "nothing. *Verify* goes through a whole log; the peer is SHA-256 over its files, below which nothing can "
    "be verified. All times are those of one record."
)
APPEND = Bar("absolute_s", 30e-6)
SUSTAINED = Bar("absolute_s", 1 / 20_000)
VERIFY = Bar("absolute_s", 1 / 200_000)
GROUP = 1_000
TEXT = "SELECT name, ra, dec, mag FROM star JOIN survey ON survey.id = star.survey WHERE mag < $1 AND survey.name = $2"


def run(bench: Bench) -> list[Comparison]:
    """Compare the three, and flip bytes."""
    records = [_record(number) for number in range(bench.size(20_000, 5_000))]
    rounds = bench.rounds_of(15, quick=3)
    with ExitStack() as stack:
        log = AuditLog.open(bench.scratch / "audit", secrets.token_bytes(32))
        stack.callback(log.close)
        appended = alternate(rounds, {"Avila": _appending(log), "peer": _logging()})
        durable = alternate(
            rounds, {"Avila": _writing(log, records), "peer": _inserting(bench.scratch, records, stack)}
        )
    folder, number = bench.scratch / "verified", bench.size(200_000, 20_000)
    _fill(folder, itertools.islice(itertools.cycle(records), number))
    verified = alternate(
        rounds,
        {"Avila": _each(lambda: verify(folder), number), "peer": _each(lambda: _hashed(folder), number)},
    )
    flips = bench.size(200, 20)
    note = (
        f"{_found(bench.scratch / 'flipped', flips)} of {flips} flipped bits found, and their records named"
    )
    return [
        Comparison(
            "append, in the statement's thread", "logging", appended["Avila"], appended["peer"], APPEND
        ),
        Comparison("till durable", "SQLite", durable["Avila"], durable["peer"], SUSTAINED),
        Comparison("verify", "SHA-256", verified["Avila"], verified["peer"], VERIFY, note),
    ]


def _record(number: int) -> Record:
    return Record(
        Kind.statement, 1_700_000_000_000_000 + number, number % 40, "ada", "analyst", "SELECT", TEXT,
        ("native.main.star", "native.main.survey"), (), number, 345 + number % 1000,
    )  # fmt: skip


def _appending(log: AuditLog) -> Callable[[], float]:
    """Append fewer records than wait for their group, so that the log's own thread does nothing meanwhile."""
    numbers = itertools.count()
    return timed(lambda: log.append(_record(next(numbers))), before=log.flush, repeat=500)


def _logging() -> Callable[[], float]:
    """Hand the same to Python's logging, which formats it and puts it on a queue."""
    logger = logging.Logger("benchmark")
    waiting: queue.SimpleQueue[object] = queue.SimpleQueue()
    logger.addHandler(logging.handlers.QueueHandler(waiting))  # type: ignore[arg-type]
    numbers = itertools.count()

    def empty() -> None:
        while not waiting.empty():
            waiting.get()

    return timed(lambda: logger.info("%s", _record(next(numbers))), before=empty, repeat=500)


def _writing(log: AuditLog, records: list[Record]) -> Callable[[], float]:
    def write() -> None:
        for record in records:
            log.append(record)
        log.flush()

    return _each(write, len(records))


def _inserting(scratch: Path, records: list[Record], stack: ExitStack) -> Callable[[], float]:
    lite = sqlite3.connect(scratch / "audit.sqlite", isolation_level=None)
    stack.callback(lite.close)
    lite.execute("PRAGMA journal_mode=WAL")
    lite.execute("PRAGMA synchronous=FULL")
    lite.execute("CREATE TABLE audit (number INTEGER PRIMARY KEY, body BLOB)")

    def write() -> None:
        for start in range(0, len(records), GROUP):
            lite.execute("BEGIN")
            for record in records[start : start + GROUP]:
                lite.execute("INSERT INTO audit (body) VALUES (?)", [encode(record)])
            lite.execute("COMMIT")

    return _each(write, len(records))


def _each(run: Callable[[], object], number: int) -> Callable[[], float]:
    """Return how long one of the ``number`` things takes that one run does."""
    whole = timed(run)
    return lambda: whole() / number


def _fill(folder: Path, records: itertools.islice[Record]) -> None:
    log = AuditLog.open(folder, secrets.token_bytes(32))
    for record in records:
        log.append(record)
    log.close()


def _hashed(folder: Path) -> None:
    for path in folder.glob("*.log"):
        with path.open("rb") as stream:
            hashlib.file_digest(stream, "sha256")


def _found(folder: Path, flips: int) -> int:
    """Flip bits of records here and there, and count how many were found and named right."""
    _fill(folder, itertools.islice(map(_record, itertools.count()), 500))
    (path,) = folder.glob("*.log")
    sound, chance, found = path.read_bytes(), random.Random(1), 0
    places = [piece for piece in frames.pieces(sound) if isinstance(piece, frames.Frame) and piece.type == 0]
    for _ in range(flips):
        frame = chance.choice(places)
        changed = bytearray(sound)
        changed[chance.randrange(frame.start, frame.end)] ^= 1 << chance.randrange(8)
        path.write_bytes(changed)
        found += [damage.record for damage in verify(folder).damages] == [frame.number]
    shutil.rmtree(folder)
    return found
