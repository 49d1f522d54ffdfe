"""avila sql: answers in every format, errors on standard error, exit codes."""

from __future__ import annotations

import csv
import io
import json
import os
import signal
import subprocess
import time
from typing import TYPE_CHECKING

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from tests.cli.conftest import COMMAND

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

EVERYTHING = """
SELECT 1 AS i, 0.5::DOUBLE AS f, 'nan'::DOUBLE AS nan, 1.50::DECIMAL(5, 2) AS d, 'a,"b"' AS t, NULL AS n, true AS b,
       DATE '2024-02-29' AS day, [1, NULL] AS l, {'k': 'v'} AS s, INTERVAL 2 DAY AS span, 'ab'::BLOB AS raw,
       'x'::ENUM ('x') AS e, 170141183460469231731687303715884105727::HUGEINT AS h
"""


def test_a_table_for_people(cli: Callable, stars: Path) -> None:
    done = cli("sql", stars, "SELECT name, mag FROM star ORDER BY id")
    assert done.exit_code == 0
    for expected in ("varchar", "Sirius", "-1.46", "NULL", "3 rows"):
        assert expected in done.stdout


def test_every_statement_shows_its_table(cli: Callable) -> None:
    done = cli(
        "sql", ":memory:", "CREATE TABLE t AS SELECT 1 AS a; SELECT a + 1 AS two FROM t; SELECT 'last;' AS x"
    )
    assert done.exit_code == 0
    assert "two" in done.stdout
    assert "last;" in done.stdout


def test_csv(cli: Callable) -> None:
    done = cli("sql", ":memory:", EVERYTHING, "--format", "csv")
    assert done.exit_code == 0, done.output
    heading, row = csv.reader(io.StringIO(done.stdout))
    said = dict(zip(heading, row, strict=True))
    assert said["t"] == 'a,"b"'
    assert said["n"] == ""
    assert said["l"] == "[1, null]"
    assert said["s"] == '{"k": "v"}'
    assert said["day"] == "2024-02-29"
    assert said["h"] == "170141183460469231731687303715884105727"


def test_json(cli: Callable) -> None:
    done = cli("sql", ":memory:", EVERYTHING, "--format", "json")
    (row,) = json.loads(done.stdout)
    assert row["i"] == 1
    assert row["nan"] is None
    assert row["d"] == 1.5
    assert row["l"] == [1, None]
    assert row["s"] == {"k": "v"}
    assert row["h"] == 170141183460469231731687303715884105727
    assert json.loads(cli("sql", ":memory:", "SELECT 1 WHERE false", "--format", "json").stdout) == []
    lines = cli(
        "sql", ":memory:", "SELECT 1 AS a, 2 AS a FROM range(3)", "--format", "jsonl"
    ).stdout.splitlines()
    assert [json.loads(line) for line in lines] == [{"a": 1, "a_1": 2}] * 3


def test_markdown(cli: Callable) -> None:
    done = cli("sql", ":memory:", "SELECT 1 AS a, 'x|y' AS b", "--format", "markdown")
    assert done.stdout == "| a | b |\n| ---: | --- |\n| 1 | x\\|y |\n"


def test_arrow_is_a_stream(process: Callable) -> None:
    done = process("sql", ":memory:", "SELECT i FROM range(300000) t(i)", "--format", "arrow")
    assert pa.ipc.open_stream(done.stdout).read_all().num_rows == 300_000


def test_arrow_is_refused_on_a_terminal(terminal: Callable) -> None:
    run = terminal("sql", ":memory:", "SELECT 1", "--format", "arrow")
    run.expect("binary")
    assert run.wait() == 2


@pytest.mark.parametrize("name", ["a.csv", "a.json", "a.parquet", "a.arrow", "a.md", "a.txt"])
def test_output_is_a_whole_file(cli: Callable, tmp_path: Path, name: str) -> None:
    file = tmp_path / name
    assert cli("sql", ":memory:", "SELECT 7 AS seven", "-o", file).exit_code == 0
    whole = file.read_bytes()
    assert b"seven" in whole
    failed = cli(
        "sql", ":memory:", "SELECT (1 / (i - 200000))::INT, error('x') FROM range(300000) t(i)", "-o", file
    )
    assert failed.exit_code == 1
    assert file.read_bytes() == whole
    assert list(tmp_path.iterdir()) == [file]
    if name == "a.parquet":
        assert pq.read_table(file).to_pylist() == [{"seven": 7}]


def test_parameters(cli: Callable, stars: Path) -> None:
    named = cli("sql", stars, "SELECT name FROM star WHERE mag < $most", "-p", "most=0", "--format", "csv")
    assert named.stdout == '"name"\n"Sirius"\n'
    placed = cli("sql", stars, "SELECT ? || ? AS x", "-p", '"1"', "-p", "b", "--format", "jsonl")
    assert json.loads(placed.stdout) == {"x": "1b"}
    assert cli("sql", stars, "SELECT 1", "-p", "a=1", "-p", "2").exit_code == 2


def test_sql_from_files_and_standard_input(cli: Callable, tmp_path: Path) -> None:
    file = tmp_path / "q.sql"
    file.write_text("CREATE TABLE t AS SELECT 5 AS five;\nSELECT five FROM t;")
    assert json.loads(cli("sql", ":memory:", "-f", file, "--format", "jsonl").stdout) == {"five": 5}
    assert cli("sql", ":memory:", "--format", "csv", stdin="SELECT 6 AS six").stdout == '"six"\n6\n'
    file.write_text("SELECT 1; SELECT nothing FROM nowhere")
    failed = cli("sql", ":memory:", "-f", file)
    assert failed.exit_code == 1
    assert f"in {file}" in failed.stderr


def test_an_error_shows_its_place_and_a_hint(process: Callable, stars: Path) -> None:
    done = process("sql", stars, "SELECT *\nFROM satr")
    assert done.returncode == 1
    assert done.stdout == b""
    assert done.stderr.decode().splitlines() == [
        "error [42P01]: table satr does not exist",
        "LINE 2: FROM satr",
        "             ^",
        "Hint: Did you mean star?",
    ]


@pytest.mark.parametrize(
    "arguments",
    [
        ["sql"],
        ["sql", ":memory:", "SELECT 1", "-f", "x.sql"],
        ["sql", ":memory:", "SELECT 1", "--format", "xml"],
        ["sql", ":memory:", "SELECT 1", "--format", "parquet"],
        ["nonsense"],
    ],
)
def test_wrong_usage_is_2(cli: Callable, arguments: list[str]) -> None:
    assert cli(*arguments).exit_code == 2


def test_bad_places_are_one_clear_error(process: Callable, tmp_path: Path) -> None:
    (tmp_path / "full").mkdir()
    (tmp_path / "full" / "thesis.tex").touch()
    for arguments, expected in (
        (["sql", "full", "SELECT 1"], "is not an Avila database"),
        (["sql", "full/thesis.tex", "SELECT 1"], "is a file"),
        (["sql", "db", "SELECT 1", "-f", "x"], "not both"),
        (["sql", "db", "-f", "nowhere.sql"], "cannot be read"),
        (["sql", "db", "SELECT 1", "-o", "x.docx"], "does not end like a format"),
        (["sql", "db", "SELECT 1", "-o", "nowhere/x.csv"], "No such file"),
    ):
        done = process(*arguments)
        assert done.returncode in {1, 2}
        assert expected in done.stderr.decode()
        assert b"Traceback" not in done.stderr


def test_the_wrong_key_is_one_clear_error(
    process: Callable, stars: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("AVILA_KEY", "00" * 32)
    done = process("sql", stars, "SELECT 1")
    assert done.returncode == 1
    assert "the key given does not open" in done.stderr.decode()
    assert b"Traceback" not in done.stderr


@pytest.mark.parametrize("options", [[], ["--format", "csv"]])
def test_ctrl_c_is_130(options: list[str]) -> None:
    slow = "SELECT count(*) FROM range(3000000000) a(i), range(100) b(j) WHERE (i * j) % 7 = 3"
    # A statement that answers first tells when the slow one is about to begin.
    text = f"SELECT 'begun' AS said; {slow}" if not options else slow
    running = subprocess.Popen(
        [*COMMAND, "sql", ":memory:", text, *options], stdout=subprocess.PIPE, stderr=subprocess.PIPE
    )
    assert running.stdout is not None
    if options:
        _until_busy(running.pid)
    else:
        while b"1 row" not in running.stdout.readline():
            pass
    running.send_signal(signal.SIGINT)
    _, problems = running.communicate(timeout=30)
    assert running.returncode == 130
    assert b"interrupted" in problems
    assert b"Traceback" not in problems


def _until_busy(process_id: int) -> None:
    """Wait until a process has computed for a while, which only its statement makes it do."""
    from pathlib import Path

    ticks_per_s = os.sysconf("SC_CLK_TCK")
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline:
        fields = Path(f"/proc/{process_id}/stat").read_text().rpartition(")")[2].split()
        if (int(fields[11]) + int(fields[12])) / ticks_per_s > 5:
            return
    pytest.fail("the statement never began")


def test_a_reader_that_has_seen_enough_is_no_error(stars: Path) -> None:
    shell = f"{' '.join(map(_quoted, COMMAND))} sql :memory: 'FROM range(3000000)' --format csv | head -1"
    done = subprocess.run(["bash", "-c", shell], capture_output=True, timeout=60, check=False)
    assert done.stdout == b'"range"\n'
    assert done.stderr == b""


def _quoted(word: str) -> str:
    import shlex

    return shlex.quote(word)
