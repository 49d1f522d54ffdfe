"""avila info, avila doctor, and what help says."""

from __future__ import annotations

import json
import subprocess
from typing import TYPE_CHECKING

import pytest
from tests.cli.conftest import COMMAND

import avila
from avila.cli import doctor_installation
from avila.cli.app import app
from avila.cli.findings import Level

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

COMMANDS = [command.name for command in app.registered_commands]


def test_info_for_people(cli: Callable, stars: Path) -> None:
    done = cli("info", stars)
    assert done.exit_code == 0, done.output
    for expected in (
        "star",
        "3 rows",
        "view",
        "lake.reading",
        "Snapshots",
        "signal",
        "lock_timeout",
        "default",
    ):
        assert expected in done.stdout


def test_info_for_programs(cli: Callable, stars: Path) -> None:
    (stars / "avila.toml").write_text("lake_retention_days = 7\n")
    described = json.loads(cli("info", stars, "--format", "json").stdout)
    tables = {table["name"]: table for table in described["tables"]}
    assert tables["star"]["rows"] == 3
    assert tables["star"]["columns"] == 3
    assert tables["bright"]["rows"] is None
    assert tables["lake.reading"]["store"] == "lake"
    assert described["snapshots"]["count"] >= 1
    setting = next(setting for setting in described["settings"] if setting["name"] == "lake_retention_days")
    assert setting["value"] == 7
    assert setting["origin"].endswith("avila.toml")


def test_info_of_nothing(cli: Callable, tmp_path: Path) -> None:
    done = cli("info", tmp_path / "nowhere")
    assert done.exit_code == 1
    assert "there is no database" in done.stderr


def test_a_healthy_database(cli: Callable, stars: Path) -> None:
    done = cli("doctor", stars)
    assert done.exit_code == 0, done.output
    assert "All is well." in done.stdout


def test_the_doctor_says_what_to_do(
    cli: Callable, stars: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    stars.chmod(0o777)
    (stars / "avila.toml").write_text("lock_timeout = 'soon'\n")
    (stars / "maintenance.error").write_text("2024-01-01: the lake is frozen")
    monkeypatch.setenv("AVILA_CONFIG_DIR", str(tmp_path / "elsewhere"))
    done = cli("doctor", stars)
    assert done.exit_code == 1
    for expected in ("chmod o-w", "lock_timeout", "the lake is frozen", "AVILA_KEY", "problems found"):
        assert expected in done.stdout, expected
    assert "there is no directory" in cli("doctor", tmp_path / "nowhere").stdout
    (tmp_path / "other").mkdir()
    assert "not an Avila database" in cli("doctor", tmp_path / "other").stdout


def test_the_doctor_knows_the_compiled_parser(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(doctor_installation, "version", lambda name: "1.0")
    found = next(each for each in doctor_installation.check_installation() if each.what == "SQL parser")
    assert found.level is Level.wrong
    assert found.advice == "pip uninstall sqlglotc"


def test_the_doctor_of_a_database_that_is_open(process: Callable, stars: Path) -> None:
    with avila.connect(stars):
        done = process("doctor", stars)
    assert b"Traceback" not in done.stderr
    assert b"process" in done.stdout


@pytest.mark.parametrize("command", COMMANDS)
def test_help_teaches_by_example(cli: Callable, command: str) -> None:
    done = cli(command, "--help")
    assert done.exit_code == 0
    assert "Examples" in done.stdout
    assert f"avila {command}" in done.stdout


def test_version(cli: Callable) -> None:
    assert cli("--version").stdout == f"avila {avila.__version__}\n"


def test_help_imports_no_kernel() -> None:
    heavy = ("duckdb", "pyarrow", "sqlglot", "ibis", "pandas", "prompt_toolkit")
    code = f"import sys, avila.cli.app; print([name for name in {heavy} if name in sys.modules])"
    done = subprocess.run([COMMAND[0], "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
