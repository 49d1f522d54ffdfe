"""``avila audit``: what it prints, and how it ends."""

from __future__ import annotations

import json
import shutil
from typing import TYPE_CHECKING

import pytest
from pyarrow import parquet
from typer.testing import CliRunner

from avila.cli.app import app
from avila.security.audit import Kind, Record
from avila.security.audit.signing import Signer
from security.audit import logs

if TYPE_CHECKING:
    from pathlib import Path

    from click.testing import Result

FINGERPRINT = Signer(logs.SECRET).public.fingerprint


def run(*arguments: object) -> Result:
    return CliRunner().invoke(app, ["audit", *map(str, arguments)], env={"COLUMNS": "200"})


@pytest.fixture
def database(tmp_path: Path) -> Path:
    """A directory with a log in it; nothing else is needed."""
    (tmp_path / "obs").mkdir()
    logs.small(tmp_path / "obs" / "audit")
    return tmp_path / "obs"


def damage(database: Path) -> None:
    path = logs.segments(database / "audit")[1]
    frame = next(frame for frame in logs.framed(path) if frame.number == 17)
    data = bytearray(path.read_bytes())
    data[frame.end - 3] ^= 1
    path.write_bytes(data)


@pytest.mark.parametrize("command", ["verify", "show", "prove", "export"])
def test_help_teaches_by_example(command: str) -> None:
    done = run(command, "--help")
    assert done.exit_code == 0
    assert "Examples" in done.stdout
    assert f"avila audit {command}" in done.stdout


def test_a_sound_log(database: Path) -> None:
    done = run("verify", database)
    assert done.exit_code == 0, done.output
    assert "42 in" in done.stdout
    assert "compare it" in done.stdout
    assert "as it was signed" in done.stdout
    assert "compare it" not in run("verify", database, "--key", FINGERPRINT).stdout
    assert run("verify", database / "audit", "--key", database / "audit" / "public.key").exit_code == 0


def test_a_damaged_log(database: Path) -> None:
    damage(database)
    done = run("verify", database)
    assert done.exit_code == 1
    assert "record 17 was changed" in done.stdout
    assert "1 problem found" in done.stdout
    report = json.loads(run("verify", database, "--format", "json").stdout)
    assert not report["ok"]
    assert [one["first_record"] for one in report["damages"]] == [17]


def test_a_log_damaged_everywhere_is_not_listed_whole(database: Path) -> None:
    for path in logs.segments(database / "audit"):
        data = bytearray(path.read_bytes())
        for frame in logs.framed(path):
            data[frame.end - 1] ^= 1
        path.write_bytes(data)
    done = run("verify", database)
    assert done.exit_code == 1
    assert done.stdout.count("✗") <= 100


def test_another_key_or_head(database: Path, tmp_path: Path) -> None:
    kept = shutil.copy(database / "audit" / "head.json", tmp_path / "head.json")
    before = shutil.copytree(database, tmp_path / "before")
    logs.small(database / "audit")
    assert run("verify", database, "--head", kept).exit_code == 0
    later = database / "audit" / "head.json"
    rolled_back = run("verify", before, "--head", later)
    assert rolled_back.exit_code == 1
    assert "records 42 to 83 are missing" in rolled_back.stdout
    assert run("verify", database, "--key", "SHA256:other").exit_code == 1


def test_what_was_given_wrongly(database: Path, tmp_path: Path) -> None:
    other = tmp_path / "other.txt"
    other.write_text("nothing")
    for arguments, message in (
        (("verify", tmp_path / "nowhere"), "there is no audit log"),
        (("verify", database, "--head", other), "holds no signed head"),
        (("verify", database, "--head", tmp_path / "nowhere"), "No such file"),
        (("verify", database, "--key", other), "holds no public key"),
        (("verify", other), "holds no proof"),
        (("prove", database, 99), "no record 99"),
    ):
        done = run(*arguments)
        assert done.exit_code == 1, arguments
        assert message in done.stderr, done.stderr
    for arguments in (
        ("prove", database),
        ("prove", database, 1, "--from", other),
        ("show", database, "--since", "yesterday"),
        ("show", database, "--kind", "nothing"),
        ("show", database, "--format", "parquet"),
        ("export", database, tmp_path / "audit.csv"),
        ("verify", other, "--head", other),
    ):
        assert run(*arguments).exit_code == 2, arguments


def test_records_are_shown(database: Path) -> None:
    logs.write(
        database / "audit", [[Record(Kind.change, 5, 9, "eve", "owner", "CreateRole", detail='{"a": 1}')]]
    )
    done = run("show", database)
    assert done.exit_code == 0, done.output
    assert "SELECT name FROM star" in done.stdout
    assert "CreateRole" in done.stdout
    assert "45 rows" in done.stdout
    assert "3 rows" in run("show", database, "--rows", 3).stdout
    assert "40 rows" in run("show", database, "--rows", 0, "--user", "analyst", "--object", "star").stdout
    (line,) = run("show", database, "--kind", "change", "--format", "jsonl").stdout.splitlines()
    assert json.loads(line)["detail"] == '{"a": 1}'
    assert "40 rows" in run("show", database, "--since", "2026-01-01", "--kind", "statement").stdout
    assert len(run("show", database, "--until", "1980-01-01", "--format", "jsonl").stdout.splitlines()) == 1


def test_a_damaged_record_is_shown(database: Path) -> None:
    damage(database)
    assert "41 rows" not in run("show", database, "--rows", 0).stdout
    lines = run("show", database, "--rows", 0, "--format", "jsonl").stdout.splitlines()
    assert json.loads(lines[17])["kind"] == "damaged"


def test_a_proof_goes_its_way(database: Path, tmp_path: Path) -> None:
    proof = tmp_path / "proof.json"
    assert run("prove", database, 17, "-o", proof).exit_code == 0
    shutil.rmtree(database)
    done = run("verify", proof)
    assert done.exit_code == 0, done.output
    assert "Record 17 is in the log of 42 records" in done.stdout
    assert run("verify", proof, "--key", FINGERPRINT).exit_code == 0
    assert run("verify", proof, "--key", "SHA256:other").exit_code == 1
    changed = json.loads(proof.read_text())
    changed["path"][0] = "00" * 32
    proof.write_text(json.dumps(changed))
    done = run("verify", proof)
    assert done.exit_code == 1
    assert "does not hold" in done.stdout
    assert not json.loads(run("verify", proof, "--format", "json").stdout)["ok"]


def test_a_proof_that_the_log_goes_on(database: Path, tmp_path: Path) -> None:
    kept = shutil.copy(database / "audit" / "head.json", tmp_path / "head.json")
    logs.small(database / "audit")
    done = run("prove", database, "--from", kept)
    assert done.exit_code == 0, done.output
    (tmp_path / "proof.json").write_text(done.stdout)
    assert "begins with that of 42" in run("verify", tmp_path / "proof.json").stdout


def test_exports(database: Path, tmp_path: Path) -> None:
    lines, table = tmp_path / "audit.jsonl", tmp_path / "audit.parquet"
    assert run("export", database, lines).exit_code == 0
    assert run("export", database, table).exit_code == 0
    assert len(lines.read_text().splitlines()) == parquet.read_table(table).num_rows == 42
    head = (tmp_path / "audit.parquet.head.json").read_bytes()
    assert head == (database / "audit" / "head.json").read_bytes()
