r"""The backslash commands of the shell, as psql's users know them."""

from __future__ import annotations

import os
import shlex
import subprocess
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

from avila import errors
from avila.cli.failure import print_note
from avila.cli.shell import catalog
from avila.cli.writers import Format
from avila.planner.suggest import suggest

if TYPE_CHECKING:
    from collections.abc import Callable

    from avila.cli.shell.runner import Runner


class Leave(Exception):
    """The person wants to leave."""


def run(runner: Runner, text: str) -> bool:
    """Carry out one command; errors.Error for one that is unknown or wrong. Return whether all went well."""
    name, _, rest = text.removeprefix("\\").partition(" ")
    command = COMMANDS.get(name.rstrip(";"))
    if command is None:
        raise errors.UndefinedObject(
            f"there is no command \\{name}", hint=suggest(name, COMMANDS) or r"\? lists the commands."
        )
    return command[2](runner, rest.strip().removesuffix(";").strip()) is not False


def _describe(runner: Runner, name: str) -> None:
    catalog.describe(runner, name) if name else catalog.relations(runner, None)


def _timing(runner: Runner, argument: str) -> None:
    runner.timing = _switched(runner.timing, argument)
    print_note(f"timing is {'on' if runner.timing else 'off'}")


def _expanded(runner: Runner, argument: str) -> None:
    runner.expanded = _switched(runner.expanded, argument)
    print_note(f"expanded display is {'on' if runner.expanded else 'off'}")


def _rows(runner: Runner, argument: str) -> None:
    if argument:
        if not argument.isdigit():
            raise errors.InvalidParameterValue(
                f"{argument} is no number of rows", hint=r"\rows 100, or \rows 0 for all"
            )
        runner.rows = int(argument)
    print_note(f"tables show {runner.rows or 'all'} rows")


def _format(runner: Runner, argument: str) -> None:
    known = [kind.value for kind in Format]
    if argument:
        if argument not in known:
            raise errors.InvalidParameterValue(
                f"there is no format {argument}",
                hint=suggest(argument, known) or f"The formats are {', '.join(known)}.",
            )
        runner.format = Format(argument)
    print_note(f"the format is {runner.format.value}")


def _output(runner: Runner, argument: str) -> None:
    runner.output = Path(shlex.split(argument)[0]).expanduser() if argument else None
    if runner.output is not None:
        runner.output.write_bytes(b"")
    print_note(f"answers go to {runner.output or 'the screen'}")


def _include(runner: Runner, argument: str) -> bool:
    if not argument:
        raise errors.InvalidParameterValue(r"\i needs a file")
    path = Path(shlex.split(argument)[0]).expanduser()
    try:
        with path.open(encoding="utf-8") as lines:
            return runner.feed(lines)
    except FileNotFoundError as error:
        raise errors.UndefinedFile(f"there is no file {path}") from error


def _edit(runner: Runner, argument: str) -> bool:  # noqa: ARG001 (commands are called alike)
    """Open the last statement in the person's editor, and run what comes back."""
    editor = os.environ.get("VISUAL") or os.environ.get("EDITOR") or "vi"
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "statement.sql"
        path.write_text(runner.last + "\n", encoding="utf-8")
        subprocess.run([*shlex.split(editor), str(path)], check=False)  # noqa: S603 (the person's own editor)
        text = path.read_text(encoding="utf-8")
    return runner.run(text)


def _help(runner: Runner, argument: str) -> None:  # noqa: ARG001
    from rich.table import Table

    from avila.show import output_console

    grid = Table.grid(padding=(0, 3))
    for name, (argument_shown, meaning, _) in COMMANDS.items():
        grid.add_row(f"  [cyan]\\{name}[/] [dim]{argument_shown}[/]", meaning)
    output_console().print(grid)


def _leave(runner: Runner, argument: str) -> None:  # noqa: ARG001
    raise Leave


def _switched(now: bool, argument: str) -> bool:
    if argument in {"on", "off"}:
        return argument == "on"
    if argument:
        raise errors.InvalidParameterValue(f"{argument} is neither on nor off")
    return not now


COMMANDS: dict[str, tuple[str, str, Callable[[Runner, str], bool | None]]] = {
    "d": ("NAME", "tables and views; with a name, its columns", _describe),
    "dt": ("", "tables", lambda runner, _: catalog.relations(runner, "table")),
    "dv": ("", "views", lambda runner, _: catalog.relations(runner, "view")),
    "df": ("PATTERN", "functions, such as those like *fft*", catalog.functions),
    "dn": ("", "schemas", lambda runner, _: catalog.schemas(runner)),
    "l": ("", "stores", lambda runner, _: catalog.stores(runner)),
    "timing": ("on|off", "show how long statements take", _timing),
    "x": ("on|off", "a line a column instead of a table", _expanded),
    "rows": ("N", "how many rows a table shows; 0 for all", _rows),
    "format": ("NAME", "how answers are written: table, csv, json, …", _format),
    "o": ("FILE", "send answers to a file; without one, back to the screen", _output),
    "i": ("FILE", "run the statements of a file", _include),
    "e": ("", "edit the last statement and run it", _edit),
    "?": ("", "this list", _help),
    "q": ("", "leave", _leave),
}
