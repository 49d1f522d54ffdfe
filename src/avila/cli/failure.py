"""What a command does when something goes wrong: one clear error, and an exit code that says so."""

from __future__ import annotations

import os
import sys
from contextlib import contextmanager
from typing import TYPE_CHECKING

import typer

from avila import errors

if TYPE_CHECKING:
    from collections.abc import Iterator

    from rich.console import Console

FAILED, USAGE, INTERRUPTED, PIPE_CLOSED = 1, 2, 130, 141


class Interrupted(Exception):
    """The person pressed Ctrl-C."""


@contextmanager
def reported(where: str | None = None) -> Iterator[None]:
    """End the command with a message and an exit code when the block raises what a person can understand.

    ``where`` says which input was at work, such as the file that statements came from.
    """
    try:
        yield
    except errors.Error as error:
        print_error(error, where)
        raise typer.Exit(FAILED) from None
    except (KeyboardInterrupt, Interrupted):
        print_note("interrupted")
        raise typer.Exit(INTERRUPTED) from None
    except BrokenPipeError:
        # Whoever read the output has seen enough. Python would complain once more when it flushes at its end.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        raise typer.Exit(PIPE_CLOSED) from None
    except OSError as error:
        name = f"{error.filename}: " if error.filename else ""
        print_error(errors.IoError(f"{name}{error.strerror or error}"), where)
        raise typer.Exit(FAILED) from None


def print_error(error: errors.Error, where: str | None = None) -> None:
    """Print an error with its place in the statement and its hint."""
    from rich.text import Text

    console = stderr()
    head = Text("error", style="bold red").append(f" [{error.sqlstate}]", style="not bold dim")
    head.append(f"{' in ' + where if where else ''}: ", style="not bold default")
    message, *rest = str(error).splitlines()
    console.print(head.append(message, style="not bold default"), soft_wrap=True)
    for line in rest:
        hint = line.startswith("Hint: ")
        console.print(Text(line, style="cyan" if hint else "default"), soft_wrap=True)


def print_note(text: str) -> None:
    """Print a remark that is no part of the answer."""
    from rich.text import Text

    stderr().print(Text(text, style="dim"), soft_wrap=True)


def usage(message: str) -> typer.BadParameter:
    """Return the error of a command that was called wrongly; it ends with exit code 2."""
    return typer.BadParameter(message)


def stderr() -> Console:
    """Return the console of standard error."""
    from rich.console import Console

    return Console(stderr=True, highlight=False)
