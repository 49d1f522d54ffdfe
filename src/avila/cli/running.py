"""Statements that a person waits for: with a progress bar, and Ctrl-C that cancels them."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING, Any, TypeVar

from avila import errors
from avila.cli.failure import Interrupted, stderr

if TYPE_CHECKING:
    from collections.abc import Callable

    from rich.console import Console
    from rich.progress import Progress

    from avila.session import Session

    Answered = TypeVar("Answered")

SHOWN_AFTER_S = 0.7
LOOKED_AT_EVERY_S = 0.1


def watched(session: Session, work: Callable[[], Answered], what: str = "running") -> Answered:
    """Do work that uses the session, on a thread, so that this one can show its progress and hear Ctrl-C.

    Raises what the work raises, and Interrupted when Ctrl-C ended it. Ctrl-C a second time gives up waiting.
    """
    answered: list[Any] = []
    failed: list[BaseException] = []
    done, given_up = threading.Event(), threading.Event()

    def run() -> None:
        try:
            if not given_up.is_set():
                answered.append(work())
        except BaseException as error:  # noqa: BLE001 (raised again on the thread that waits)
            failed.append(error)
        finally:
            done.set()

    # A daemon: after a second Ctrl-C nothing may keep the process.
    thread = threading.Thread(target=run, name="avila-statement", daemon=True)
    try:
        thread.start()
        _wait(session, done, stderr(), what)
    except KeyboardInterrupt:
        given_up.set()
        # Cancelled again and again, since a cancellation between two statements of the work hits neither. A thread that
        # Ctrl-C kept from starting will never be done.
        while not done.wait(LOOKED_AT_EVERY_S) and thread.is_alive():
            session.cancel()
        if failed and not isinstance(failed[0], errors.QueryCanceled):
            raise failed[0] from None
        raise Interrupted from None
    if failed:
        raise failed[0]
    return answered[0]  # type: ignore[no-any-return]


def _wait(session: Session, done: threading.Event, console: Console, what: str) -> None:
    """Wait until it is done; when that takes long and a person looks on, show how far it is."""
    if not console.is_terminal:
        done.wait()
        return
    if done.wait(SHOWN_AFTER_S):
        return
    with progress_bar(console) as bar:
        task = bar.add_task(what, total=None)
        while not done.wait(LOOKED_AT_EVERY_S):
            if percent := session.progress:
                bar.update(task, total=100, completed=percent)


def progress_bar(console: Console) -> Progress:
    """Return a calm bar that leaves nothing behind."""
    from rich.progress import BarColumn, Progress, TaskProgressColumn, TextColumn, TimeElapsedColumn

    return Progress(
        TextColumn("[dim]{task.description}"),
        BarColumn(bar_width=32, complete_style="cyan", finished_style="cyan", pulse_style="cyan"),
        TaskProgressColumn(),
        TimeElapsedColumn(),
        console=console,
        transient=True,
    )
