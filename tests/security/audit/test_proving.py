"""Proofs hold for what is in the log and for nothing else, and exports can be checked without the log."""

from __future__ import annotations

import io
import json
from dataclasses import replace
from hashlib import sha256
from typing import TYPE_CHECKING

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pyarrow import parquet

from avila import errors
from avila.security.audit import frames
from avila.security.audit.export import HEAD_METADATA, export_jsonl, export_parquet
from avila.security.audit.folder import Folder
from avila.security.audit.head import SignedHead
from avila.security.audit.merkle import Edge
from avila.security.audit.proving import (
    ConsistencyProof,
    InclusionProof,
    parse_proof,
    prove,
    prove_consistency,
)
from avila.security.audit.reading import read
from avila.security.audit.signing import Signer
from security.audit import logs

if TYPE_CHECKING:
    from pathlib import Path

FINGERPRINT = Signer(logs.SECRET).public.fingerprint


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("proved") / "audit"
    logs.small(path)
    return path


@pytest.mark.parametrize("number", [0, 1, 20, 40, 41])
def test_a_record_is_proved(folder: Path, number: int) -> None:
    proof = parse_proof(prove(folder, number).as_json())
    assert isinstance(proof, InclusionProof)
    proof.check()
    proof.check(FINGERPRINT)
    assert proof.number == number
    assert proof.record["kind"] == read(folder).read_all()["kind"][number].as_py()
    with pytest.raises(ValueError, match="signed with key"):
        proof.check("SHA256:other")


@settings(max_examples=150, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(data=st.data())
def test_a_proof_of_which_anything_was_changed_does_not_hold(folder: Path, data: st.DataObject) -> None:
    text = prove(folder, 17).as_json()
    place = data.draw(st.integers(0, len(text) - 1))
    other = data.draw(st.integers(0, 255).filter(lambda byte: byte != text[place]))
    changed = text[:place] + bytes([other]) + text[place + 1 :]
    try:
        proof = parse_proof(changed)
        proof.check(FINGERPRINT)
    except (ValueError, errors.Error):
        return
    assert json.loads(changed) == json.loads(text), "only spaces may differ"


def test_a_log_is_proved_to_go_on(folder: Path, tmp_path: Path) -> None:
    path = tmp_path / "audit"
    logs.small(path, records_=10)
    old = Folder(path).read_head()
    logs.small(path, records_=25)
    proof = parse_proof(prove_consistency(path, old).as_json())
    assert isinstance(proof, ConsistencyProof)
    proof.check(FINGERPRINT)
    same = prove_consistency(path, Folder(path).read_head())
    same.check()
    swapped = ConsistencyProof(proof.head, proof.old, proof.path)
    with pytest.raises(ValueError, match="does not begin"):
        swapped.check()
    foreign = ConsistencyProof(Folder(folder).read_head(), proof.head, proof.path)
    with pytest.raises(ValueError, match="two logs"):
        foreign.check()
    longer = replace(old, head=replace(old.head, size=10**6))
    with pytest.raises(errors.InvalidParameterValue, match="put back"):
        prove_consistency(path, longer)


def test_nothing_is_proved_that_is_not_there(folder: Path) -> None:
    for number in (-1, 42):
        with pytest.raises(errors.InvalidParameterValue, match="no record"):
            prove(folder, number)


def test_nothing_is_proved_from_a_damaged_log(tmp_path: Path) -> None:
    logs.small(tmp_path)
    path = logs.segments(tmp_path)[0]
    whole = path.read_bytes()
    frame = next(frame for frame in logs.framed(path) if frame.number == 3)
    path.write_bytes(whole[: frame.end - 1] + b"?" + whole[frame.end :])
    with pytest.raises(errors.CorruptedDatabase, match="nothing can be proved"):
        prove(tmp_path, 20)
    path.write_bytes(logs.rewritten(whole, frame, frame.body(whole).replace(b'"ada"', b'"eve"')))
    with pytest.raises(errors.CorruptedDatabase, match="not in the tree"):
        prove(tmp_path, 20)
    path.write_bytes(whole)
    (tmp_path / "head.json").unlink()
    with pytest.raises(errors.CorruptedDatabase):
        prove(tmp_path, 20)


def test_a_damaged_head_of_a_group_keeps_nobody_from_proving(tmp_path: Path) -> None:
    logs.small(tmp_path)
    path = logs.segments(tmp_path)[0]
    data = bytearray(path.read_bytes())
    head = next(frame for frame in logs.framed(path) if frame.type == frames.HEAD)
    data[head.end - 1] ^= 1
    path.write_bytes(data)
    prove(tmp_path, 20).check(FINGERPRINT)


@pytest.mark.parametrize("text", [b"", b"{}", b"[1]", b'{"proof": "inclusion", "path": [1]}', b"\xff"])
def test_what_is_no_proof_is_said_to_be_none(text: bytes) -> None:
    with pytest.raises(ValueError, match=r".+"):
        parse_proof(text)


def test_json_lines_hold_all_that_the_tree_is_made_of(folder: Path) -> None:
    stream = io.BytesIO()
    lines, head = export_jsonl(folder, stream)
    assert lines == head.head.size == 42
    edge = Edge()
    for line in stream.getvalue().splitlines():
        given_ = json.loads(line)
        body = line[line.index(b'"record":') + len(b'"record":') : -1]
        assert json.loads(body) == given_["record"]
        frame = frames.pack(frames.RECORD, given_["number"], bytes.fromhex(given_["previous"]), body)
        edge.extend([sha256(frame).digest()])
    head.check(Signer(logs.SECRET).public)
    assert edge.root == head.head.root


def test_parquet_has_the_columns_of_the_view_and_the_head(folder: Path) -> None:
    stream = io.BytesIO()
    rows, head = export_parquet(folder, stream)
    assert rows == 42
    stream.seek(0)
    table = parquet.read_table(stream)
    assert table.equals(read(folder).read_all())
    assert SignedHead.parse(table.schema.metadata[HEAD_METADATA]) == head


def test_exports_say_what_is_damaged(tmp_path: Path) -> None:
    logs.small(tmp_path)
    path = logs.segments(tmp_path)[0]
    whole = path.read_bytes()
    frame = next(frame for frame in logs.framed(path) if frame.number == 3)
    path.write_bytes(whole[: frame.end - 1] + b"?" + whole[frame.end :])
    stream = io.BytesIO()
    assert export_jsonl(tmp_path, stream)[0] == 42
    assert "damaged" in json.loads(stream.getvalue().splitlines()[3])
    (tmp_path / "head.json").write_bytes(b"")
    with pytest.raises(errors.CorruptedDatabase, match="no signed head"):
        export_jsonl(tmp_path, stream)
