"""The shell, on a terminal and without one."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

import avila
from avila.cli.shell.completion import SqlCompleter
from avila.cli.shell.names import Names

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

LONG = "SELECT count(*) FROM range(3000000000) a(i), range(100) b(j) WHERE (i * j) % 7 = 3;\r"


def test_statements_and_commands_on_a_terminal(terminal: Callable, stars: Path) -> None:
    shell = terminal("shell", stars)
    shell.expect("obs> ")
    shell.type("SELECT name,\rmag FROM star\rORDER BY id;\r")
    assert "Sirius" in shell.expect("3 rows · ")
    shell.expect("obs> ")
    shell.type("\\dt\r")
    assert "reading" in shell.expect("2 rows")
    shell.expect("obs> ")
    shell.type("BEGIN;\r")
    shell.expect("obs*> ")
    shell.type("ROLLBACK;\r")
    shell.expect("obs> ")
    shell.type("\\q\r")
    assert shell.wait() == 0


def test_tab_completes_names_made_a_moment_ago(terminal: Callable, stars: Path) -> None:
    shell = terminal("shell", stars)
    shell.expect("obs> ")
    shell.type("CREATE TABLE zodiac (constellation VARCHAR);\r")
    shell.expect("done")
    shell.expect("obs> ")
    shell.type("INSERT INTO zod\t")
    shell.expect("zodiac")
    shell.type(" VALUES ('Leo');\r")
    shell.expect("1 row written")
    shell.expect("obs> ")
    shell.type("SELECT conste\t")
    shell.expect("constellation")
    shell.type(" FROM zodiac;\r")
    assert "Leo" in shell.expect("1 row ")
    shell.expect("obs> ")
    shell.type("\x04")
    assert shell.wait() == 0


def test_history_outlives_the_shell(terminal: Callable, stars: Path, tmp_path: Path) -> None:
    for _ in range(2):
        shell = terminal("shell", stars)
        shell.expect("obs> ")
        # The second shell takes the first one's statement from the history.
        shell.type("SELECT 40 + 2 AS answer;\r" if _ == 0 else "\x1b[A\r")
        shell.expect("42")
        shell.expect("obs> ")
        shell.type("\x04")
        assert shell.wait() == 0
    history = tmp_path / "state" / "avila" / "history"
    assert history.stat().st_mode & 0o777 == 0o600


def test_ctrl_c_cancels_the_statement_and_keeps_the_session(terminal: Callable, stars: Path) -> None:
    shell = terminal("shell", stars)
    shell.expect("obs> ")
    shell.type("BEGIN;\r")
    shell.expect("obs*> ")
    shell.type(LONG)
    shell.expect("running")  # the progress bar: the statement is at work
    shell.interrupt()
    shell.expect("cancelled")
    shell.expect("> ")
    shell.type("ROLLBACK;\r")
    shell.expect("obs> ")
    shell.type("SELECT 'still ' || 'here';\r")
    shell.expect("still here")
    shell.expect("obs> ")
    shell.type("half a statement")
    shell.interrupt()
    shell.expect("obs> ")
    shell.type("\x04")
    assert shell.wait() == 0


def test_without_a_terminal_it_runs_a_script(cli: Callable, stars: Path, tmp_path: Path) -> None:
    (tmp_path / "more.sql").write_text("SELECT 'from a file' AS said;")
    script = f"""\
-- a comment; with a semicolon
SELECT name FROM star
 WHERE name = 'a;b' OR id = 2;
\\x
SELECT 1 AS one, NULL AS two;
\\x off
\\i {tmp_path / "more.sql"}
\\format csv
\\o {tmp_path / "out.csv"}
SELECT 7 AS seven
"""
    done = cli("shell", stars, stdin=script)
    assert done.exit_code == 0, done.output
    for expected in ("Vega", "row 1", "two  NULL", "from a file"):
        assert expected in done.output
    assert (tmp_path / "out.csv").read_text() == '"seven"\n7\n'


def test_a_script_stops_at_its_first_error(process: Callable, stars: Path) -> None:
    done = process("shell", stars, stdin=b"SELECT 1 AS one;\nSELECT * FROM sta;\nSELECT 3 AS three;\n")
    assert done.returncode == 1
    assert b"one" in done.stdout
    assert b"three" not in done.stdout
    assert b"table sta does not exist" in done.stderr
    assert b"Did you mean star?" in done.stderr


@pytest.mark.parametrize(
    ("command", "expected"),
    [
        ("\\d", "bright"),
        ("\\d star", "mag"),
        ("\\d star", "PRIMARY KEY"),
        ("\\d lake.reading", "bigint"),
        ("\\dv", "bright"),
        ("\\df fft", "fft(signal DOUBLE[]"),
        ("\\dn", "main"),
        ("\\l", "lake"),
        ("\\timing", "timing is on"),
        ("\\rows 1", "show 1 rows"),
        ("\\format", "table"),
        ("\\?", "instead of a table"),
    ],
)
def test_commands(cli: Callable, stars: Path, command: str, expected: str) -> None:
    done = cli("shell", stars, stdin=command)
    assert done.exit_code == 0, done.stderr
    # Long cells are cut to the width of the output, so the case of what is seen does not matter.
    assert expected.lower() in (done.stdout + done.stderr).lower()


@pytest.mark.parametrize(
    ("command", "expected"),
    [
        ("\\frmat csv", "Did you mean format?"),
        ("\\format mardown", "Did you mean markdown?"),
        ("\\d stra", "Did you mean star?"),
        ("\\i nowhere.sql", "no file nowhere.sql"),
        ("\\rows many", "no number"),
        ("\\format arrow\nSELECT 1", "binary"),
    ],
)
def test_wrong_commands_say_what_is_right(
    process: Callable, stars: Path, command: str, expected: str
) -> None:
    done = process("shell", stars, stdin=command.encode())
    assert done.returncode == 1
    assert expected in done.stderr.decode()
    assert b"Traceback" not in done.stderr


@pytest.mark.parametrize(
    ("typed", "expected"),
    [
        ("SELECT * FROM st", "star"),
        ("SELECT * FROM lake.re", "reading"),
        ("SELECT s.na| FROM star s", "name"),
        ("SELECT ma| FROM star", "mag"),
        ("SEL", "SELECT"),
        ("sel", "select"),
        ("SELECT ff", "fft"),
        ("SELECT * FROM read_f", "read_fits"),
        ("SET lock_", "lock_timeout"),
        ("\\ti", "timing"),
        ("\\d sta", "star"),
        ("\\format js", "json"),
    ],
)
def test_completion(stars: Path, typed: str, expected: str) -> None:
    from prompt_toolkit.completion import CompleteEvent
    from prompt_toolkit.document import Document

    completer = SqlCompleter()
    with avila.connect(stars) as database:
        completer.names = Names.read(database)
    before, _, after = typed.partition("|")
    found = completer.get_completions(
        Document(before + after, len(before)), CompleteEvent(completion_requested=True)
    )
    assert expected in [completion.text for completion in found]
