"""Records come back as they were given, whatever the groups, and whoever wrote them."""

from __future__ import annotations

import errno
import multiprocessing
import os
import tempfile
import threading
from pathlib import Path

import pytest
from hypothesis import given, settings

from avila import errors
from avila.security.audit import AuditLog, Kind, NullAuditLog, Record
from avila.security.audit.folder import Folder
from avila.security.audit.proving import prove
from avila.security.audit.reading import DAMAGED, SCHEMA, Filter, read
from avila.security.audit.record import RECORD_BYTES_MAX, encode
from avila.security.audit.verification import verify
from avila.security.audit.writer import Writer
from security.audit import logs


def rows(folder: Path, wanted: Filter | None = None) -> list[dict[str, object]]:
    """Return the records, but for those of the log about itself."""
    found = read(folder, wanted).read_all().to_pylist()
    return [row for row in found if row["kind"] != Kind.log]


def as_row(record: Record) -> dict[str, object]:
    fields = record._asdict()
    fields["time"] = fields.pop("time_us")
    return {**fields, "kind": str(record.kind), "reads": list(record.reads), "writes": list(record.writes)}


def comparable(row: dict[str, object]) -> dict[str, object]:
    time = row["time"]
    return {name: value for name, value in row.items() if name != "number"} | {
        "time": round(time.timestamp() * 1_000_000)  # type: ignore[attr-defined]
    }


@settings(max_examples=60, deadline=None)
@given(logs.groups)
def test_records_come_back_as_they_were_given(parts: list[list[Record]]) -> None:
    parts = [[record for record in part if record.kind is not Kind.log] for part in parts]
    with tempfile.TemporaryDirectory() as scratch:
        folder = Path(scratch) / "audit"
        logs.write(folder, parts[: len(parts) // 2])
        logs.write(folder, parts[len(parts) // 2 :])
        expected = [as_row(record) for part in parts for record in part]
        assert [comparable(row) for row in rows(folder)] == expected
        report = verify(folder)
        assert report.ok, report.damages
        assert report.unsigned == 0
        assert report.records == len(expected) + 4


def test_numbers_run_through(tmp_path: Path) -> None:
    logs.small(tmp_path / "audit")
    logs.small(tmp_path / "audit")
    table = read(tmp_path / "audit").read_all()
    assert table.schema == SCHEMA
    assert table["number"].to_pylist() == list(range(84))


def test_what_was_flushed_can_be_read_at_once(tmp_path: Path) -> None:
    log = logs.open_log(tmp_path / "audit", interval_ms=10_000)
    log.append(logs.statement(1))
    log.flush()
    assert len(rows(tmp_path / "audit")) == 1
    assert verify(tmp_path / "audit", log.fingerprint).ok
    assert log.head.head.size == 2
    log.close()


def test_records_are_found_by_what_they_say(tmp_path: Path) -> None:
    folder = tmp_path / "audit"
    given_ = [
        Record(Kind.statement, 10, 1, "ada", "owner", "SELECT", reads=("native.main.star",)),
        Record(Kind.statement, 20, 2, "bob", "ada", "INSERT", writes=("native.main.star", "lake.main.x")),
        Record(Kind.connection, 30, 3, "eve", "eve"),
        Record(Kind.change, 40, 3, "eve", "eve", "CreateRole", detail='{"name": "star"}'),
    ]
    logs.write(folder, [given_])

    def sessions(**wanted: object) -> list[object]:
        return [row["session"] for row in rows(folder, Filter(**wanted))]  # type: ignore[arg-type]

    assert sessions(kind="statement") == [1, 2]
    assert sessions(user="ada") == [1, 2]
    assert sessions(user="eve", kind="change") == [3]
    assert sessions(object="star") == [1, 2]
    assert sessions(object="main.x") == [2]
    assert sessions(object="tar") == []
    assert sessions(since_us=20, until_us=40) == [2, 3]
    assert sessions(session=3) == [3, 3]


def test_a_record_that_is_too_long_is_cut(tmp_path: Path) -> None:
    names = tuple(f"native.main.t{number}" for number in range(100_000))
    long = Record(
        Kind.statement, 1, statement="x" * 10**6, reads=names, detail='{"a": "' + "y" * 10**6 + '"}'
    )
    assert len(encode(long)) <= RECORD_BYTES_MAX
    logs.write(tmp_path / "audit", [[long]])
    (row,) = rows(tmp_path / "audit")
    assert str(row["statement"]).endswith("… (1000000 characters)")
    assert row["reads"][-1] == "… and 99744 more"  # type: ignore[index]
    assert "sha256" in str(row["detail"])


def test_a_record_whose_number_is_none_is_refused_where_it_is_made(tmp_path: Path) -> None:
    log = logs.open_log(tmp_path / "audit")
    with pytest.raises(ValueError, match="format code"):
        log.append(Record(Kind.statement, "now"))  # type: ignore[arg-type]
    log.close()


def test_many_threads_append(tmp_path: Path) -> None:
    log = logs.open_log(tmp_path / "audit", queue_records=64, segment_bytes=100_000)

    def append(session: int) -> None:
        for number in range(500):
            log.append(Record(Kind.statement, number, session))

    threads = [threading.Thread(target=append, args=(number,)) for number in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    log.close()
    assert verify(tmp_path / "audit").ok
    found = read(tmp_path / "audit", Filter(kind="statement")).read_all().to_pylist()
    for session in range(8):
        assert [row["time"].microsecond for row in found if row["session"] == session] == list(range(500))


def test_a_log_that_is_being_written_is_sound_at_any_moment(tmp_path: Path, *, long_mode: bool) -> None:
    """Whoever verifies it, reads it or proves from it need not stop it."""
    log = logs.open_log(tmp_path / "audit", segment_bytes=10_000)
    ends = threading.Event()

    def append() -> None:
        while not ends.is_set():
            for _ in range(100):
                log.append(logs.statement(1))
            log.flush()

    thread = threading.Thread(target=append)
    thread.start()
    try:
        kept = log.head
        for _ in range(100 if long_mode else 10):
            report = verify(tmp_path / "audit", log.fingerprint, kept)
            assert report.ok, report.damages
            numbers = read(tmp_path / "audit").read_all()["number"].to_pylist()
            assert numbers == list(range(len(numbers)))
            prove(tmp_path / "audit", kept.head.size - 1).check(log.fingerprint)
            kept = log.head
    finally:
        ends.set()
        thread.join()
        log.close()


def test_a_closed_log_takes_nothing(tmp_path: Path) -> None:
    log = logs.open_log(tmp_path / "audit")
    log.close()
    log.close()
    for call in (lambda: log.append(logs.statement(1)), log.flush):
        with pytest.raises(errors.ConnectionDoesNotExist, match="closed"):
            call()


def test_closing_while_others_append_loses_nothing_that_was_taken(tmp_path: Path) -> None:
    for attempt in range(20):
        folder = tmp_path / f"audit{attempt}"
        log = logs.open_log(folder, segment_bytes=10**6)
        taken = 0
        started = threading.Event()

        def append(log: AuditLog = log, started: threading.Event = started) -> None:
            nonlocal taken
            with pytest.raises(errors.ConnectionDoesNotExist):
                while True:
                    log.append(logs.statement(1))
                    taken += 1
                    started.set()

        thread = threading.Thread(target=append)
        thread.start()
        started.wait()
        log.close()
        thread.join()
        assert len(rows(folder)) >= taken


def test_a_forked_child_writes_nothing(tmp_path: Path) -> None:
    log = logs.open_log(tmp_path / "audit")

    def child(answers: multiprocessing.SimpleQueue[str]) -> None:
        for call in (lambda: log.append(logs.statement(1)), log.flush, log.close):
            try:
                call()
                answers.put("done")
            except errors.ConnectionDoesNotExist as error:
                answers.put(str(error))

    context = multiprocessing.get_context("fork")
    answers = context.SimpleQueue()
    process = context.Process(target=child, args=(answers,))
    process.start()
    found = [answers.get() for _ in range(3)]
    process.join()
    assert "forked" in found[0]
    assert "forked" in found[1]
    assert found[2] == "done"
    log.append(logs.statement(2))
    log.close()
    assert [row["rows"] for row in rows(tmp_path / "audit")] == [2]


def test_another_secret_does_not_open_it(tmp_path: Path) -> None:
    logs.small(tmp_path / "audit")
    before = {path.name: path.read_bytes() for path in (tmp_path / "audit").iterdir()}
    with pytest.raises(errors.InvalidKey, match="another key"):
        AuditLog.open(tmp_path / "audit", bytes(32))
    with pytest.raises(errors.InvalidKey, match="32 bytes"):
        AuditLog.open(tmp_path / "audit", b"short")
    assert before == {path.name: path.read_bytes() for path in (tmp_path / "audit").iterdir()}


class _FullDisk:
    """Stands for a disk without space, for a while."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.full = threading.Event()
        self.tried = threading.Event()
        real = os.fdatasync

        def fdatasync(file: int) -> None:
            if self.full.is_set():
                self.tried.set()
                raise OSError(errno.ENOSPC, "No space left on device")
            real(file)

        monkeypatch.setattr(os, "fdatasync", fdatasync)


def test_a_full_disk_is_said_and_nothing_is_lost(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    disk = _FullDisk(monkeypatch)
    log = logs.open_log(tmp_path / "audit", queue_records=16)
    log.append(logs.statement(1))
    log.flush()
    log.check()
    disk.full.set()
    log.append(logs.statement(2))
    with pytest.raises(errors.DiskFull, match="cannot be written"):
        log.flush()
    with pytest.raises(errors.DiskFull):
        log.check()
    with pytest.raises(errors.DiskFull):
        for number in range(3, 100):
            log.append(logs.statement(number))
    disk.full.clear()
    log.flush()
    log.check()
    log.append(logs.statement(100))
    log.close()
    assert verify(tmp_path / "audit").ok
    found = [row["rows"] for row in rows(tmp_path / "audit")]
    assert found == [*range(1, len(found)), 100]


def test_a_disk_that_stays_full_lets_the_log_be_closed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    disk = _FullDisk(monkeypatch)
    log = logs.open_log(tmp_path / "audit", queue_records=4)
    disk.full.set()
    with pytest.raises(errors.DiskFull):
        for number in range(100):
            log.append(logs.statement(number))
    with pytest.raises(errors.DiskFull):
        log.close()
    disk.full.clear()
    logs.write(tmp_path / "audit", [[logs.statement(7)]])
    assert verify(tmp_path / "audit").ok


@pytest.mark.filterwarnings("ignore::pytest.PytestUnhandledThreadExceptionWarning")
def test_a_thread_that_ended_is_noticed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    log = logs.open_log(tmp_path / "audit", queue_records=4)

    def broken(self: Writer, bodies: list[bytes]) -> int:
        raise SystemExit

    monkeypatch.setattr(Writer, "append", broken)
    log.append(logs.statement(1))
    with pytest.raises(errors.Error):
        log.flush()
    with pytest.raises(errors.ConnectionDoesNotExist):
        log.append(logs.statement(2))


def test_what_cannot_be_read_is_shown_as_damaged(tmp_path: Path) -> None:
    folder = tmp_path / "audit"
    logs.small(folder)
    path = logs.segments(folder)[0]
    found = [frame for frame in logs.framed(path) if frame.type == 0]
    data = path.read_bytes()
    data = logs.rewritten(data, found[4], b'{"kind":"statement"}')
    data = logs.rewritten(data, found[3], found[3].body(data).replace(b'"rows":', b'"rows":"x","old":'))
    data = logs.rewritten(data, found[2], b"[" * 5000)
    data = logs.rewritten(data, found[1], found[1].body(data).replace(b'"session":7', b'"session":"7"'))
    path.write_bytes(data)
    table = read(folder).read_all().to_pylist()
    assert [row["number"] for row in table] == list(range(42))
    assert [row["number"] for row in table if row["kind"] == DAMAGED] == [1, 2, 3, 4]
    path.write_bytes(data[: found[0].start + 10] + b"?" + data[found[0].start + 11 :])
    table = read(folder).read_all().to_pylist()
    assert [row["number"] for row in table[:3]] == [None, 1, 2]
    assert path.name in table[0]["detail"]


def test_there_is_no_log_to_read(tmp_path: Path) -> None:
    for call in (read, verify):
        with pytest.raises(errors.UndefinedFile, match="no audit log"):
            call(tmp_path)


def test_the_log_of_a_database_in_memory_keeps_nothing() -> None:
    log = NullAuditLog()
    log.append(logs.statement(1))
    log.check()
    log.flush()
    log.close()


def test_files_are_private(tmp_path: Path) -> None:
    logs.small(tmp_path / "audit")
    assert (tmp_path / "audit").stat().st_mode & 0o077 == 0
    assert all(path.stat().st_mode & 0o077 == 0 for path in (tmp_path / "audit").iterdir())
    assert Folder(tmp_path / "audit").read_key().keys.keys() >= {"ed25519"}
