"""Commands run in this process, in another one, and on a terminal of their own."""

from __future__ import annotations

import os
import pty
import re
import select
import signal
import subprocess
import sys
import time
from typing import TYPE_CHECKING

import pytest
from typer.testing import CliRunner

import avila

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from click.testing import Result

COMMAND = [sys.executable, "-c", "from avila.cli import main; main()"]
_CONTROL = re.compile(r"\x1b(?:\[[0-?]*[ -/]*[@-~]|[\]P][^\x07\x1b]*(?:\x07|\x1b\\)|[@-_])")


@pytest.fixture
def cli() -> Callable[..., Result]:
    """Run a command in this process."""
    from avila.cli.app import app

    def run(*arguments: object, stdin: str | None = None) -> Result:
        return CliRunner().invoke(app, [str(argument) for argument in arguments], input=stdin)

    return run


@pytest.fixture
def process(tmp_path: Path) -> Callable[..., subprocess.CompletedProcess[bytes]]:
    """Run a command in another process."""

    def run(*arguments: object, stdin: bytes = b"") -> subprocess.CompletedProcess[bytes]:
        return subprocess.run(
            [*COMMAND, *map(str, arguments)],
            input=stdin,
            capture_output=True,
            cwd=tmp_path,
            timeout=120,
            check=False,
        )

    return run


@pytest.fixture
def stars(tmp_path: Path) -> Path:
    """Return the directory of a database with a table in each store and a view."""
    directory = tmp_path / "obs"
    with avila.connect(directory) as database:
        database.execute("CREATE TABLE star (id INTEGER PRIMARY KEY, name VARCHAR NOT NULL, mag DOUBLE)")
        database.execute("INSERT INTO star VALUES (1, 'Sirius', -1.46), (2, 'Vega', 0.03), (3, 'Sol', NULL)")
        database.execute("CREATE VIEW bright AS SELECT name FROM star WHERE mag < 1")
        database.execute("CREATE TABLE lake.reading AS SELECT i AS n FROM range(5) t(i)")
    return directory


class Terminal:
    """A command on a pseudo-terminal, as a person would use it."""

    def __init__(self, arguments: list[str], environment: dict[str, str]) -> None:
        self.output = ""
        self.process_id, self._fd = pty.fork()
        if self.process_id == 0:
            os.execvpe(COMMAND[0], [*COMMAND, *arguments], environment)

    def type(self, keys: str) -> None:
        """Press keys."""
        os.write(self._fd, keys.encode())

    def expect(self, text: str, timeout_s: float = 30) -> str:
        """Read until a text appears; return and forget all up to its end."""
        deadline = time.monotonic() + timeout_s
        while text not in self.output:
            if not self._read(deadline):
                pytest.fail(f"waited for {text!r}, and got {self.output!r}")
        before, _, self.output = self.output.partition(text)
        return before + text

    def interrupt(self) -> None:
        """Press Ctrl-C."""
        self.type("\x03")

    def wait(self, timeout_s: float = 30) -> int:
        """Read on until the command has ended; return its exit code."""
        deadline = time.monotonic() + timeout_s
        while self._read(deadline):
            pass
        if time.monotonic() >= deadline:
            pytest.fail(f"still running after {timeout_s} s: {self.output!r}")
        _, status = os.waitpid(self.process_id, 0)
        self.process_id = 0
        return os.waitstatus_to_exitcode(status)

    def close(self) -> None:
        """End the command, if it still runs."""
        if self.process_id:
            os.kill(self.process_id, signal.SIGKILL)
            os.waitpid(self.process_id, 0)
        os.close(self._fd)

    def _read(self, deadline: float) -> bool:
        """Read what there is; False at the end or the deadline."""
        if not select.select([self._fd], [], [], max(0, deadline - time.monotonic()))[0]:
            return False
        try:
            data = os.read(self._fd, 65_536)
        except OSError:  # the other end is closed
            return False
        if b"\x1b[6n" in data:  # a program asks where the cursor is
            os.write(self._fd, b"\x1b[1;1R")
        self.output = _CONTROL.sub("", self.output + data.decode(errors="replace"))
        return bool(data)


@pytest.fixture
def terminal(tmp_path: Path) -> Iterator[Callable[..., Terminal]]:
    """Run commands on terminals of their own, with a history of their own."""
    opened: list[Terminal] = []
    environment = {
        **os.environ,
        "XDG_STATE_HOME": str(tmp_path / "state"),
        "TERM": "xterm",
        "COLUMNS": "100",
        "LINES": "40",
    }

    def run(*arguments: object) -> Terminal:
        opened.append(Terminal([str(argument) for argument in arguments], environment))
        return opened[-1]

    yield run
    for each in opened:
        each.close()
