"""Whatever is done to the files of a log is found, and the records it was done to are named."""

from __future__ import annotations

import shutil
import tempfile
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from avila.security.audit import frames
from avila.security.audit.folder import Folder
from avila.security.audit.head import SignedHead
from avila.security.audit.signing import Signer
from avila.security.audit.verification import verify
from security.audit import logs

if TYPE_CHECKING:
    from collections.abc import Iterator

    from avila.security.audit import Record
    from avila.security.audit.report import Report

RECORDS = 42  # those of small(), one that opened the log and one that closed it


@pytest.fixture(scope="module")
def sound(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A log of several segments, which tests copy before they damage it."""
    folder = tmp_path_factory.mktemp("sound") / "audit"
    logs.small(folder)
    assert len(logs.segments(folder)) >= 3
    return folder


@pytest.fixture
def log(sound: Path, tmp_path: Path) -> Path:
    """A copy to damage."""
    return Path(shutil.copytree(sound, tmp_path / "audit"))


def owner(path: Path, offset: int) -> int | None:
    """Return the record that a byte of a segment belongs to; None when it is one of something else."""
    for frame in logs.framed(path):
        if frame.start <= offset < frame.end:
            return frame.number if frame.type == frames.RECORD else None
    raise AssertionError(offset)


@contextmanager
def changed(path: Path, data: bytes) -> Iterator[Path]:
    """Have other bytes in a file for a while."""
    whole = path.read_bytes()
    path.write_bytes(data)
    try:
        yield path.parent
    finally:
        path.write_bytes(whole)


def flipped(folder: Path, name: str, offset: int, bit: int) -> Report:
    path = folder / name
    data = path.read_bytes()
    with changed(path, data[:offset] + bytes([data[offset] ^ 1 << bit]) + data[offset + 1 :]):
        return verify(folder)


def assert_named(sound: Path, report: Report, name: str, offset: int) -> None:
    record = owner(sound / name, offset) if name.endswith(".log") else None
    assert not report.ok
    if record is None:
        assert any(damage.file == name for damage in report.damages), report.damages
        assert all(damage.record is None for damage in report.damages), report.damages
    else:
        assert [damage.record for damage in report.damages] == [record], report.damages
        assert report.damages[0].last in {None, record}
        assert report.damages[0].file == name


def test_a_sound_log_is_sound(sound: Path) -> None:
    report = verify(sound)
    assert report.ok
    assert (report.records, report.signed, report.unsigned) == (RECORDS, RECORDS, 0)
    assert not report.expected_key
    assert report.notes == ()
    assert verify(sound, Signer(logs.SECRET).public.fingerprint).expected_key


@settings(max_examples=400, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(data=st.data())
def test_any_flipped_bit_is_found_and_its_record_named(sound: Path, log: Path, data: st.DataObject) -> None:
    files = sorted(path.name for path in sound.iterdir())
    name = data.draw(st.sampled_from(files))
    offset = data.draw(st.integers(0, (sound / name).stat().st_size - 1))
    report = flipped(log, name, offset, data.draw(st.integers(0, 7)))
    assert_named(sound, report, name, offset)


@pytest.mark.timeout(900)
def test_every_flipped_byte_is_found_and_its_record_named(tmp_path: Path, *, long_mode: bool) -> None:
    sound, log = tmp_path / "sound", tmp_path / "log"
    logs.small(sound, records_=10)
    shutil.copytree(sound, log)
    for path in sorted(sound.iterdir()):
        for offset in range(0, path.stat().st_size, 1 if long_mode else 61):
            assert_named(sound, flipped(log, path.name, offset, offset % 8), path.name, offset)


@settings(max_examples=60, deadline=None)
@given(first=logs.groups, second=logs.groups, data=st.data())
def test_a_flipped_bit_of_any_log_is_found(
    first: list[list[Record]], second: list[list[Record]], data: st.DataObject
) -> None:
    """Of any records, in any groups, over more than one opening."""
    with tempfile.TemporaryDirectory() as scratch:
        log = Path(scratch) / "audit"
        logs.write(log, first, segment_bytes=1000)
        logs.write(log, second, segment_bytes=3000)
        assert verify(log).ok
        path = data.draw(st.sampled_from(sorted(log.iterdir())))
        offset = data.draw(st.integers(0, path.stat().st_size - 1))
        assert_named(log, flipped(log, path.name, offset, data.draw(st.integers(0, 7))), path.name, offset)


@settings(max_examples=100, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(number=st.integers(0, RECORDS - 1))
def test_a_removed_record_is_named(sound: Path, log: Path, number: int) -> None:
    path, frame = find(sound, number)
    data = path.read_bytes()
    with changed(log / path.name, data[: frame.start] + data[frame.end :]):
        report = verify(log)
    assert [damage.record for damage in report.damages if damage.record is not None] == [number], (
        report.damages
    )


@settings(max_examples=100, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(data=st.data())
def test_swapped_records_are_named(sound: Path, log: Path, data: st.DataObject) -> None:
    path = data.draw(st.sampled_from(logs.segments(sound)))
    found = [frame for frame in logs.framed(path) if frame.type == frames.RECORD]
    if len(found) < 2:
        return
    first = data.draw(st.integers(0, len(found) - 2))
    second = data.draw(st.integers(first + 1, len(found) - 1))
    one, two = found[first], found[second]
    whole = path.read_bytes()
    swapped = (
        whole[: one.start] + whole[two.start : two.end] + whole[one.end : two.start]
        + whole[one.start : one.end] + whole[two.end :]
    )  # fmt: skip
    with changed(log / path.name, swapped):
        report = verify(log)
    named = {damage.record for damage in report.damages if "out of order" in damage.what}
    assert named & {one.number, two.number}, report.damages
    assert all(one.number <= record <= two.number for record in named if record is not None)
    assert not any("missing" in damage.what for damage in report.damages), report.damages


@settings(max_examples=100, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(data=st.data())
def test_a_shortened_log_is_found(sound: Path, log: Path, data: st.DataObject) -> None:
    path = logs.segments(sound)[-1]
    size = data.draw(st.integers(0, path.stat().st_size - 1))
    with changed(log / path.name, path.read_bytes()[:size]):
        report = verify(log)
    lost = {frame.number for frame in logs.framed(path) if frame.type == frames.RECORD and frame.end > size}
    assert not report.ok
    for number in lost:
        assert any(damage.names(number) for damage in report.damages), (number, report.damages)
    named = {damage.record for damage in report.damages} - {None}
    assert named == ({min(lost)} if lost else set()), report.damages


def test_a_changed_record_is_named_when_its_checksum_fits(sound: Path, log: Path) -> None:
    for number in range(1, RECORDS - 1):
        path, frame = find(sound, number)
        data = path.read_bytes()
        body = frame.body(data).replace(b'"analyst"', b'"someone"')
        with changed(log / path.name, logs.rewritten(data, frame, body)):
            report = verify(log)
        assert report.first is not None
        assert report.first.record == number, report.damages


def test_a_changed_record_is_named_when_all_links_after_it_fit_too(sound: Path, log: Path) -> None:
    """Whoever has no key can compute links, but not the heads signed over them."""
    for number in range(1, RECORDS - 1):
        shutil.rmtree(log)
        shutil.copytree(sound, log)
        relink(log, number)
        report = verify(log)
        assert any(damage.names(number) for damage in report.damages), (number, report.damages)
        assert report.first is not None
        assert report.first.record is not None
        assert number - 5 <= report.first.record <= number, "more is suspected than the record's group"


def relink(folder: Path, number: int) -> None:
    """Change a record, and compute every link after it anew."""
    chain = None
    for path in logs.segments(folder):
        data = path.read_bytes()
        out = b""
        for frame in logs.framed(path):
            body = frame.body(data)
            if frame.type == frames.RECORD and frame.number == number:
                body = body.replace(b'"analyst"', b'"someone"')
                chain = frame.previous
            if chain is not None:
                packed = frames.pack(frame.type, frame.number, chain, body)
                chain = frames.Frame(0, 0, b"", 0, len(packed)).hash(packed)
                out += packed
            else:
                out += data[frame.start : frame.end]
        path.write_bytes(out)


def test_a_removed_segment_is_named(sound: Path, log: Path) -> None:
    for path in logs.segments(sound):
        (log / path.name).unlink()
        report = verify(log)
        numbers = [frame.number for frame in logs.framed(path) if frame.type == frames.RECORD]
        if numbers:
            assert [(one.record, one.last) for one in report.damages if one.record is not None] == [
                (numbers[0], numbers[-1])
            ], report.damages
        assert not report.ok
        shutil.copy(path, log / path.name)


def test_swapped_segments_are_named(sound: Path, log: Path) -> None:
    first, second = logs.segments(log)[:2]
    data = first.read_bytes()
    first.write_bytes(second.read_bytes())
    second.write_bytes(data)
    report = verify(log)
    assert {damage.file for damage in report.damages} == {first.name, second.name}
    assert report.records == RECORDS


def test_a_repeated_record_is_named(sound: Path, log: Path) -> None:
    path, frame = find(sound, 12)
    data = path.read_bytes()
    with changed(log / path.name, data[: frame.end] + data[frame.start :]):
        report = verify(log)
    assert [(damage.record, damage.what) for damage in report.damages] == [(12, "is there twice")]


@pytest.mark.parametrize("name", ["head.json", "public.key"])
def test_a_removed_file_is_named(log: Path, name: str) -> None:
    (log / name).unlink()
    report = verify(log)
    assert [damage.file for damage in report.damages] == [name]


def test_a_log_of_another_key_is_found_by_its_fingerprint(tmp_path: Path, log: Path) -> None:
    expected = Signer(logs.SECRET).public.fingerprint
    assert verify(log, expected).ok
    forged = verify(log, Signer(bytes(32)).public.fingerprint)
    assert not forged.ok
    assert "is signed with key" in str(forged.damages[0])


def test_a_rollback_is_found_by_a_head_kept_elsewhere(sound: Path, log: Path, tmp_path: Path) -> None:
    """All files put back to an earlier state is a log that is sound in itself."""
    before = shutil.copytree(log, tmp_path / "before")
    logs.small(log, records_=10)
    kept = SignedHead.parse((log / "head.json").read_bytes())
    assert verify(log, head=kept).ok
    assert verify(before).ok
    report = verify(before, head=kept)
    assert [(damage.record, damage.last) for damage in report.damages] == [(RECORDS, kept.head.size - 1)]
    early = SignedHead.parse((before / "head.json").read_bytes())
    assert verify(log, head=early).ok


def test_a_log_begun_anew_is_found_by_a_head_kept_elsewhere(sound: Path, tmp_path: Path) -> None:
    kept = Folder(sound).read_head()
    logs.small(tmp_path / "audit", records_=80)
    report = verify(tmp_path / "audit", head=kept)
    assert "another log" in str(report.damages[0])


def find(folder: Path, number: int) -> tuple[Path, frames.Frame]:
    for path in logs.segments(folder):
        for frame in logs.framed(path):
            if frame.type == frames.RECORD and frame.number == number:
                return path, frame
    raise AssertionError(number)
