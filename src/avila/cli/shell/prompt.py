"""The prompt: lines in, with history, colours and completion; Ctrl-C and Ctrl-D as in every shell."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING

from prompt_toolkit import PromptSession
from prompt_toolkit.auto_suggest import AutoSuggestFromHistory
from prompt_toolkit.filters import Condition
from prompt_toolkit.formatted_text import FormattedText
from prompt_toolkit.history import FileHistory
from prompt_toolkit.key_binding import KeyBindings
from prompt_toolkit.lexers import PygmentsLexer
from prompt_toolkit.styles import Style
from pygments.lexers.sql import PostgresLexer

from avila import __version__, errors
from avila.cli.failure import print_note
from avila.cli.shell.commands import Leave
from avila.cli.shell.completion import SqlCompleter
from avila.cli.shell.names import Names
from avila.cli.statements import is_whole

if TYPE_CHECKING:
    from prompt_toolkit.input import Input
    from prompt_toolkit.key_binding import KeyPressEvent
    from prompt_toolkit.output import Output

    from avila.cli.shell.runner import Runner
    from avila.database import Database

_STYLE = Style.from_dict({
    "prompt": "bold ansicyan", "prompt.open": "bold ansiyellow", "continuation": "ansibrightblack",
    "pygments.keyword": "bold ansiblue", "pygments.literal.string": "ansigreen",
    "pygments.literal.number": "ansimagenta", "pygments.comment": "italic ansibrightblack",
    "pygments.name.builtin": "ansicyan", "auto-suggestion": "ansibrightblack",
})  # fmt: skip


def interact(
    database: Database,
    runner: Runner,
    *,
    terminal_input: Input | None = None,
    terminal_output: Output | None = None,
) -> None:
    """Ask, run and show until the person leaves."""
    name = Path(database.target).name or database.target
    completer = SqlCompleter()
    session: PromptSession[str] = PromptSession(
        history=FileHistory(str(history_file())),
        lexer=PygmentsLexer(PostgresLexer),
        completer=completer,
        complete_while_typing=False,
        auto_suggest=AutoSuggestFromHistory(),
        multiline=True,
        prompt_continuation=lambda width, *_: FormattedText([("class:continuation", f"{'-> ':>{width}}")]),
        key_bindings=_keys(),
        style=_STYLE,
        enable_open_in_editor=False,
        input=terminal_input,
        output=terminal_output,
    )
    print_note(f"Avila {__version__} on {name}. \\? lists the commands, \\q leaves.")
    while True:
        if runner.names_changed:
            _refresh(completer, runner)
        try:
            text = session.prompt(_prompt(name, is_open=database.in_transaction))
        except KeyboardInterrupt:
            continue
        except EOFError:
            return
        try:
            runner.run(text)
        except Leave:
            return


def history_file() -> Path:
    """Return the file of typed statements, for its user alone, in the user's state directory."""
    from platformdirs import user_state_path

    folder = user_state_path("avila")
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    path = folder / "history"
    os.close(os.open(path, os.O_CREAT | os.O_WRONLY, 0o600))
    return path


def _prompt(name: str, *, is_open: bool) -> FormattedText:
    return FormattedText(
        [("class:prompt.open" if is_open else "class:prompt", f"{name}{'*' if is_open else ''}> ")]
    )


def _refresh(completer: SqlCompleter, runner: Runner) -> None:
    try:
        completer.names = Names.read(runner.session)
    except errors.InFailedSqlTransaction:
        return  # nothing can be asked before ROLLBACK; the names of before still complete
    runner.names_changed = False


def _keys() -> KeyBindings:
    keys = KeyBindings()

    @Condition
    def is_finished() -> bool:
        from prompt_toolkit.application import get_app

        text = get_app().current_buffer.text
        return text.lstrip().startswith("\\") or is_whole(text)

    @keys.add("enter", filter=is_finished)
    def _(event: KeyPressEvent) -> None:
        event.current_buffer.validate_and_handle()

    return keys
