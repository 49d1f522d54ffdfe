"""Runs what was typed: statements and backslash commands, with the answers shown as the person chose."""

from __future__ import annotations

import sys
import time
from typing import IO, TYPE_CHECKING

from avila import errors
from avila.cli.failure import Interrupted, print_error, print_note
from avila.cli.running import watched
from avila.cli.statements import is_whole, statements
from avila.cli.writers import BINARY, Format, writer
from avila.show import output_console, print_records, print_table

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    from avila.result import Result
    from avila.session import Session

ROWS_SHOWN = 50
# After one of these the names that can be completed may be others.
_DEFINING = ("CREATE", "DROP", "ALTER", "ATTACH", "DETACH", "USE", "ROLLBACK", "COMMIT", "IMPORT")


class Runner:
    """A session and how its answers are shown."""

    def __init__(self, session: Session, *, is_interactive: bool) -> None:
        self.session = session
        self.is_interactive = is_interactive
        self.format = Format.table
        self.expanded = False
        self.timing = is_interactive
        self.rows = ROWS_SHOWN
        self.output: Path | None = None
        self.last = ""
        self.names_changed = True
        if is_interactive:
            session.watch()

    def feed(self, lines: Iterable[str]) -> bool:
        """Run lines of statements and commands up to the first that fails; return whether none did."""
        pending = ""
        for line in lines:
            if not pending.strip() and line.lstrip().startswith("\\"):
                if not self.run(line.strip()):
                    return False
                continue
            pending += line
            if ";" in line and is_whole(pending):
                if not self.run(pending):
                    return False
                pending = ""
        return self.run(pending)

    def run(self, text: str) -> bool:
        """Run a backslash command or statements; an error is printed. Return whether all went well."""
        from avila.cli.shell import commands

        try:
            if text.lstrip().startswith("\\"):
                return commands.run(self, text.strip())
            for statement in statements(text):
                self.last = statement
                self._statement(statement)
        except errors.Error as error:
            print_error(error)
            return False
        except BrokenPipeError:
            raise
        except OSError as error:
            print_error(errors.IoError(f"{error.filename or 'file'}: {error.strerror or error}"))
            return False
        except Interrupted:
            if not self.is_interactive:
                raise
            print_note("cancelled")
            return False
        return True

    def show(self, sql: str, parameters: list[object] | None = None) -> None:
        """Run a statement of the shell's own and show its answer as a table."""
        print_table(self.session.execute(sql, parameters), 0)

    def _statement(self, text: str) -> None:
        began = time.perf_counter()
        result = watched(self.session, lambda: self._answered(text))
        note = _spoken(time.perf_counter() - began) if self.timing else None
        self.names_changed |= text.lstrip().upper().startswith(_DEFINING)
        if self.output is not None and result.columns:
            with self.output.open("ab") as stream:
                watched(self.session, lambda: self._write(result, stream))
            print_note(f"written to {self.output}{' · ' + note if note else ''}")
        elif self.format is Format.table or not result.columns:
            show = print_records if self.expanded else print_table
            show(result, self.rows, console=output_console(), note=note)
        else:
            sys.stdout.flush()
            watched(self.session, lambda: self._write(result, sys.stdout.buffer))
            sys.stdout.flush()

    def _answered(self, text: str) -> Result:
        """Run a statement as far as what will be shown of it."""
        result = self.session.execute(text)
        if result.columns and self.format is Format.table and self.output is None:
            result.head(self.rows) if self.rows else result.to_arrow()
        return result

    def _write(self, result: Result, stream: IO[bytes]) -> None:
        if self.format in BINARY and self.output is None:
            raise errors.FeatureNotSupported(
                f"{self.format.value} is binary", hint=r"Send it to a file with \o FILE."
            )
        writer(self.format)(result, stream, lambda count: None)  # noqa: ARG005 (nobody counts)


def _spoken(seconds: float) -> str:
    return f"{seconds * 1000:.0f} ms" if seconds < 1 else f"{seconds:.2f} s"
