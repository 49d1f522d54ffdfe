"""The commands of the command line, from the Typer application."""

from __future__ import annotations

from enum import Enum
from typing import TYPE_CHECKING, Any

from rich.text import Text
from typer.main import get_command

from avila.cli.app import app
from reference.markdown import code, page, prose, table

if TYPE_CHECKING:
    from collections.abc import Iterator

INTRODUCTION = """
`avila COMMAND --help` says the same in the terminal. Exit codes: 0 done, 1 an error that standard error
describes, 2 wrong usage, 130 interrupted.
"""


def pages() -> dict[str, str]:
    """Return the page of the commands."""
    parts = [INTRODUCTION]
    for name, command in commands():
        parts += [f"## avila {name}", code(_usage(name, command), "text"), _help(command)]
        rows = [_row(parameter) for parameter in command.params if not _is_help(parameter)]
        if rows:
            parts.append(table(["Argument or option", "Meaning", "Default"], rows))
    return {"commands.md": page("Commands", *parts, label="commands")}


def commands() -> Iterator[tuple[str, Any]]:
    """Yield every command with its full name, groups opened; hidden ones are left out."""
    yield from _open("", get_command(app))


def _open(prefix: str, group: Any) -> Iterator[tuple[str, Any]]:
    for name, command in sorted(group.commands.items()):
        if command.hidden:
            continue
        full = f"{prefix} {name}".strip()
        if hasattr(command, "commands"):
            yield from _open(full, command)
        else:
            yield full, command


def _help(command: Any) -> str:
    """Return the help text as Markdown: its markup gone, its indented lines a block of code."""
    plain = Text.from_markup(prose(command.help or "").replace("\\[", "[")).plain
    parts: list[str] = []
    examples: list[str] = []
    for paragraph in plain.split("\n\n"):
        if paragraph.startswith("  "):
            examples.append(paragraph.strip())
            continue
        parts += [code("\n".join(examples), "text")] if examples else []
        examples = []
        parts.append(paragraph)
    return "\n\n".join([*parts, *([code("\n".join(examples), "text")] if examples else [])])


def _usage(name: str, command: Any) -> str:
    options = (
        ["[OPTIONS]"]
        if any(p.param_type_name == "option" and not _is_help(p) for p in command.params)
        else []
    )
    arguments = [_positional(p) for p in command.params if p.param_type_name == "argument"]
    return " ".join(["avila", name, *options, *arguments])


def _positional(parameter: Any) -> str:
    """Return an argument as usage lines show it: NAME, [NAME] or NAME…."""
    shown = (parameter.metavar or parameter.name).upper() + ("…" if parameter.nargs == -1 else "")
    return shown if parameter.required else f"[{shown}]"


def _is_help(parameter: Any) -> bool:
    return "--help" in parameter.opts


def _row(parameter: Any) -> list[object]:
    if parameter.param_type_name == "argument":
        name = f"`{(parameter.metavar or parameter.name).upper()}`"
    else:
        name = ", ".join(f"`{option}`" for option in [*parameter.opts, *parameter.secondary_opts])
    default = parameter.default.value if isinstance(parameter.default, Enum) else parameter.default
    shown = (
        "" if default is None or default is False or callable(default) or default == () else f"`{default}`"
    )
    return [name, getattr(parameter, "help", None) or "", shown]
