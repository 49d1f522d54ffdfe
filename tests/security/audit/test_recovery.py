"""A log goes on after whatever ended the process before, and says what it had to repair."""

from __future__ import annotations

import json
import random
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from avila import errors
from avila.security.audit import AuditLog, frames
from avila.security.audit.folder import Folder
from avila.security.audit.reading import Filter, read
from avila.security.audit.verification import verify
from security.audit import logs

if TYPE_CHECKING:
    from collections.abc import Sequence

WRITER = Path(__file__).with_name("killed_writer.py")


def repairs(folder: Path) -> list[dict[str, object]]:
    """Return what the log says was repaired."""
    found = read(folder, Filter(kind="log")).read_all().to_pylist()
    return [json.loads(row["detail"]) for row in found if row["action"] == "repair"]


def reopen(folder: Path, records: Sequence[int] = (7,)) -> None:
    logs.write(folder, [[logs.statement(number) for number in records]])


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """The folder of a log of a few segments."""
    logs.small(tmp_path / "audit")
    return tmp_path / "audit"


def test_a_killed_process_loses_nothing_that_was_durable(tmp_path: Path, *, long_mode: bool) -> None:
    folder, chance, first, durable = tmp_path / "audit", random.Random(7), 0, -1
    for _ in range(40 if long_mode else 8):
        group = chance.choice([1, 7, 100])
        process = subprocess.Popen(
            [sys.executable, str(WRITER), str(folder), str(first), str(group)],
            stdout=subprocess.PIPE,
            text=True,
        )
        assert process.stdout is not None
        for _ in range(chance.randint(1, 60)):
            durable = int(process.stdout.readline())
        process.kill()
        durable = max([durable, *map(int, process.stdout.read().splitlines())])
        process.wait()
        before = verify(folder)
        assert before.ok, before.damages
        found = read(folder, Filter(kind="statement")).read_all()["time"].cast("int64").to_pylist()
        assert found == list(range(len(found))), "a record is missing in the middle"
        assert len(found) > durable
        first = len(found) - before.unsigned
        assert first > durable, "a durable record was not signed"
    reopen(folder)
    report = verify(folder)
    assert report.ok, report.damages
    assert report.unsigned == 0


@settings(max_examples=80, deadline=None)
@given(st.data())
def test_a_write_that_was_cut_off_anywhere(data: st.DataObject) -> None:
    """What is behind the newest whole group is set aside, and everything before it is as it was."""
    with tempfile.TemporaryDirectory() as scratch:
        folder = Path(scratch) / "audit"
        logs.small(folder, records_=10)
        head = (folder / "head.json").read_bytes()
        signed = Folder(folder).read_head().head
        logs.small(folder, records_=data.draw(st.sampled_from([5, 20])))
        # The head file is older than the segments, and the last segment ends anywhere behind it.
        (folder / "head.json").write_bytes(head)
        later = [path for path in logs.segments(folder) if path >= Folder(folder).segment(signed.segment)]
        cut = data.draw(st.sampled_from(later))
        least = signed.offset if cut == later[0] else 0
        size = data.draw(st.integers(least, cut.stat().st_size))
        for path in later[later.index(cut) + 1 :]:
            path.unlink()
        whole = cut.read_bytes()
        cut.write_bytes(whole[:size])
        unsealed = verify(folder)
        assert unsealed.ok, unsealed.damages
        reopen(folder)
        report = verify(folder)
        assert report.ok, report.damages
        assert report.unsigned == 0
        assert report.records >= signed.size
        aside = b"".join(path.read_bytes() for path in Folder(folder).aside())
        assert whole[:size].endswith(aside)
        told = repairs(folder)
        assert [one["bytes"] for one in told] == ([len(aside)] if aside else [])
        assert sum(one["records"] for one in told) == unsealed.unsigned  # type: ignore[misc]


def test_unsigned_records_are_told_before_they_are_set_aside(folder: Path) -> None:
    path = logs.segments(folder)[-1]
    data = path.read_bytes()
    head = Folder(folder).read_head().head
    chain, forged = head.chain, b""
    for number in range(3):
        frame = frames.pack(frames.RECORD, head.size + number, chain, b'{"forged": true}')
        chain = frames.Frame(0, 0, b"", 0, len(frame)).hash(frame)
        forged += frame
    path.write_bytes(data + forged)
    report = verify(folder)
    assert report.ok
    assert (report.unsigned, report.records - report.signed) == (3, 3)
    reopen(folder)
    (told,) = repairs(folder)
    assert told["records"] == 3
    assert verify(folder).ok
    assert [row["kind"] for row in read(folder).read_all().to_pylist()[-5:]] == [
        "log",
        "log",
        "log",
        "statement",
        "log",
    ]


def test_what_was_set_aside_is_under_the_log(folder: Path) -> None:
    path = logs.segments(folder)[-1]
    path.write_bytes(path.read_bytes() + b"\0rest of a group")
    reopen(folder)
    (aside,) = Folder(folder).aside()
    assert verify(folder).ok
    whole = aside.read_bytes()
    aside.write_bytes(whole[:-1] + b"?")
    assert [damage.file for damage in verify(folder).damages] == [aside.name]
    aside.unlink()
    assert [damage.file for damage in verify(folder).damages] == [aside.name]
    aside.write_bytes(whole)
    other = aside.with_name("0-0-0.unsigned")
    other.write_bytes(b"")
    assert [damage.file for damage in verify(folder).damages] == [other.name]


def test_bytes_that_are_no_frame_behind_the_head_are_no_torn_write(folder: Path) -> None:
    path = logs.segments(folder)[-1]
    path.write_bytes(path.read_bytes() + bytes(4096))
    assert [damage.file for damage in verify(folder).damages] == [path.name]
    reopen(folder)
    assert verify(folder).ok
    assert repairs(folder)[0]["bytes"] == 4096


def test_an_opening_that_ended_before_it_told_is_told_by_the_next(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = logs.segments(folder)[-1]
    path.write_bytes(path.read_bytes() + b"\0rest")

    def ends(self: object, bodies: object) -> int:
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr("avila.security.audit.writer.Writer.append", ends)
        with pytest.raises(KeyboardInterrupt):
            logs.open_log(folder)
    assert len(Folder(folder).pending()) == 1
    assert verify(folder).ok
    reopen(folder)
    assert [one["bytes"] for one in repairs(folder)] == [5]
    assert verify(folder).ok


@pytest.mark.parametrize("damage", ["missing", "changed"])
def test_a_lost_head_file_is_computed_from_the_segments(folder: Path, damage: str) -> None:
    head = folder / "head.json"
    before = Folder(folder).read_head().head
    head.unlink() if damage == "missing" else head.write_bytes(head.read_bytes()[:-9])
    assert not verify(folder).ok
    reopen(folder)
    report = verify(folder)
    assert report.ok, report.damages
    assert "head file" in str(repairs(folder)[0]["what"])
    assert report.records == before.size + 4
    assert any("the head file was" in note for note in report.notes), "a verification tells of repairs"


@pytest.mark.parametrize("damage", ["missing", "changed"])
def test_a_lost_key_file_is_written_again(folder: Path, damage: str) -> None:
    key = folder / "public.key"
    before = key.read_bytes()
    key.unlink() if damage == "missing" else key.write_bytes(before[:100] + b"AAAA" + before[104:])
    reopen(folder)
    assert key.read_bytes() == before
    assert verify(folder).ok
    assert "public key" in str(repairs(folder)[0]["what"])


def test_a_segment_that_lost_signed_records_stays_named(folder: Path) -> None:
    path = logs.segments(folder)[-1]
    lost = [frame for frame in logs.framed(path) if frame.type == frames.RECORD][1:]
    path.write_bytes(path.read_bytes()[: lost[0].start])
    reopen(folder)
    report = verify(folder)
    named = [damage for damage in report.damages if damage.record is not None]
    assert [(one.record, one.last) for one in named] == [(lost[0].number, lost[-1].number)]
    assert path.name in str(repairs(folder)[0]["what"])
    reopen(folder)
    assert verify(folder).damages == report.damages


def test_a_log_without_its_last_segment_goes_on_and_says_so(folder: Path) -> None:
    path = logs.segments(folder)[-1]
    path.unlink()
    reopen(folder)
    assert not verify(folder).ok
    assert "missing" in str(repairs(folder)[0]["what"])


def test_a_log_whose_end_nobody_can_tell_is_refused(folder: Path) -> None:
    """Its middle is damaged, and there is no head to go on from."""
    (folder / "head.json").unlink()
    path = logs.segments(folder)[1]
    data = bytearray(path.read_bytes())
    data[300] ^= 1
    path.write_bytes(data)
    before = {one.name: one.read_bytes() for one in folder.iterdir()}
    with pytest.raises(errors.CorruptedDatabase, match="cannot be continued"):
        logs.open_log(folder)
    assert before == {one.name: one.read_bytes() for one in folder.iterdir()}
    logs.segments(folder)[0].unlink()
    with pytest.raises(errors.CorruptedDatabase, match="neither its head file nor its first segment"):
        logs.open_log(folder)


def test_a_log_that_was_damaged_long_ago_goes_on(folder: Path) -> None:
    """Its head is sound, so it is known where it ends; what is wrong stays wrong, and is named as before."""
    path = logs.segments(folder)[0]
    data = bytearray(path.read_bytes())
    data[300] ^= 1
    path.write_bytes(data)
    damages = verify(folder).damages
    assert len(damages) == 1
    reopen(folder)
    assert verify(folder).damages == damages


def test_a_new_log_begins_where_the_folder_is_empty(tmp_path: Path) -> None:
    (tmp_path / "audit").mkdir()
    reopen(tmp_path / "audit")
    assert verify(tmp_path / "audit").ok


def test_a_log_that_ended_right_after_a_seal_goes_on(tmp_path: Path) -> None:
    folder = tmp_path / "audit"
    log = AuditLog.open(folder, logs.SECRET, segment_bytes=1)  # every record seals its segment
    log.append(logs.statement(1))
    log.close()
    head = Folder(folder).read_head().head
    last = logs.segments(folder)[-1]
    assert head.segment == head.size == int(last.stem)
    assert verify(folder).ok
    last.unlink()
    reopen(folder)
    assert [one["what"] for one in repairs(folder)] == [f"segment {last.name} is missing"]
    assert [damage.file for damage in verify(folder).damages] == [last.name], (
        "it held no record, but it was there"
    )
