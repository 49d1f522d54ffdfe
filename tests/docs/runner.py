"""Runs the blocks of one page in order, in one directory, as its reader would."""

from __future__ import annotations

import contextlib
import io
import re
import shlex
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import avila

if TYPE_CHECKING:
    from docs.blocks import Block

COMMAND_TIMEOUT_S = 120


class Page:
    """The names and the open database that the blocks of a page share."""

    def __init__(self, name: str) -> None:
        self.name = name
        self.names: dict[str, Any] = {"__name__": "__main__"}

    def run(self, block: Block) -> None:
        """Run a block; AssertionError naming the page and line when it does not do what the page says."""
        where = f"{self.name}:{block.line}"
        output = io.StringIO()
        failure: avila.Error | None = None
        try:
            with contextlib.redirect_stdout(output):
                getattr(self, f"_{block.language}")(block.text, where)
        except avila.Error as error:
            failure = error
        raised = None if failure is None else type(failure).__name__
        assert raised == block.fails, f"{where} ends with {raised}, and not with {block.fails}: {failure}"
        if block.output is not None:
            shown = _trimmed(output.getvalue())
            assert _matches(block.output, shown), f"{where} shows\n{shown}\nand not\n{block.output}"

    def close(self) -> None:
        """Close the databases that the page left open."""
        for value in list(self.names.values()):
            if isinstance(value, avila.Session):
                value.close()

    def _python(self, text: str, where: str) -> None:
        exec(compile(text, where, "exec"), self.names)

    def _sql(self, text: str, where: str) -> None:
        del where
        db = self.names.get("db")
        if db is None:
            db = self.names["db"] = avila.connect("observatory")
        result = db.execute(text)
        if result.columns:
            result.show()

    def _console(self, text: str, where: str) -> None:
        """Run the lines that start with ``$``; those that end in a backslash go on in the next."""
        for line in re.findall(r"^\$ ((?:.*\\\n)*.*)$", text, flags=re.MULTILINE):
            words = shlex.split(line.replace("\\\n", " "))
            program = Path(sys.executable).with_name(words[0])
            assert program.exists(), f"{where}: {words[0]} is not installed"
            done = subprocess.run(
                [program, *words[1:]],
                capture_output=True,
                text=True,
                timeout=COMMAND_TIMEOUT_S,
                stdin=subprocess.DEVNULL,
            )
            assert done.returncode == 0, f"{where}: {line}\n{done.stdout}\n{done.stderr}"
            print(done.stdout, end="")


def _trimmed(text: str) -> str:
    return "\n".join(line.rstrip() for line in text.strip("\n").splitlines())


def _matches(expected: str, shown: str) -> bool:
    pattern = ".*".join(re.escape(part) for part in _trimmed(expected).split("…"))
    return re.fullmatch(pattern, shown, re.DOTALL) is not None
