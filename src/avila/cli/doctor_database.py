"""What the doctor looks at in a database."""

from __future__ import annotations

import os
import stat
from typing import TYPE_CHECKING

from avila import errors
from avila.cli.doctor_installation import space
from avila.cli.findings import Finding, Level
from avila.cli.lock_holder import answers, holder
from avila.storage.layout import Layout

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

LOG_LARGE_TIMES = 4


def check_database(directory: Path) -> list[Finding]:
    """Look at a directory without changing it, then open it as any program would."""
    layout = Layout(directory.expanduser().absolute())
    if not layout.root.is_dir():
        return [Finding(Level.wrong, "directory", f"there is no directory {directory}", "Check the path.")]
    if not layout.exists:
        return [
            Finding(
                Level.wrong,
                "directory",
                "is not an Avila database",
                f"avila shell {directory} makes one, if it is empty.",
            )
        ]
    return [
        _permissions(layout),
        space(layout.root),
        _keys(layout),
        _settings(layout),
        *_owner(layout),
        _log(layout),
        _maintenance(layout),
        _opens(directory),
    ]


def _permissions(layout: Layout) -> Finding:
    if not os.access(layout.root, os.R_OK | os.W_OK | os.X_OK):
        return Finding(Level.wrong, "directory", "you may not write to it", f"chown -R $USER {layout.root}")
    if layout.root.stat().st_mode & stat.S_IWOTH:
        return Finding(Level.wrong, "directory", "everybody may write to it", f"chmod o-w {layout.root}")
    foreign = [path.name for path in layout.root.iterdir() if path.stat().st_uid != layout.root.stat().st_uid]
    if foreign:
        return Finding(
            Level.wrong, "directory", f"{foreign[0]} belongs to another user", f"chown -R $USER {layout.root}"
        )
    return Finding(Level.well, "directory", "readable and writable")


def _keys(layout: Layout) -> Finding:
    from avila.storage.keys import KeyFile

    try:
        provider = KeyFile.open(layout.keys).document.wrapping.provider
    except errors.Error as error:
        return Finding(Level.wrong, "key", error.message, error.hint)
    return Finding(Level.well, "key", f"from provider '{provider}', and it fits")


def _settings(layout: Layout) -> Finding:
    from avila.settings import Settings

    try:
        settings = Settings.load(layout.settings, {})
    except errors.Error as error:
        return Finding(Level.wrong, "settings", error.message, error.hint or f"Mend {layout.settings}.")
    changed = [name for name, origin in settings.origins.items() if origin != "default"]
    return Finding(
        Level.well, "settings", f"{len(changed)} differ from their defaults" if changed else "all defaults"
    )


def _owner(layout: Layout) -> Iterator[Finding]:
    process = holder(layout.lock)
    if process is None:
        yield Finding(Level.well, "owner", "no process has it open")
        return
    yield Finding(Level.well, "owner", f"open in {process}")
    if answers(layout.socket):
        yield Finding(Level.well, "endpoint", "the owner answers")
    else:
        yield Finding(
            Level.wrong,
            "endpoint",
            "the owner does not answer",
            f"Other processes cannot share the database: end {process}.",
        )


def _log(layout: Layout) -> Finding:
    from rich.filesize import decimal

    from avila.settings import SETTINGS

    size = layout.native_log.stat().st_size if layout.native_log.exists() else 0
    usual = SETTINGS["checkpoint_log_bytes"].default
    assert isinstance(usual, int)  # noqa: S101 (the table of settings says so)
    if size > LOG_LARGE_TIMES * usual:
        return Finding(Level.wrong, "write-ahead log", decimal(size), f'avila sql {layout.root} "CHECKPOINT"')
    return Finding(Level.well, "write-ahead log", decimal(size))


def _maintenance(layout: Layout) -> Finding:
    """Read what the owner's maintenance left when its last round failed."""
    path = layout.maintenance_error
    if not path.exists():
        return Finding(Level.well, "maintenance", "no error")
    text = path.read_text(encoding="utf-8", errors="replace").strip()
    return Finding(Level.wrong, "maintenance", text, f'avila sql {layout.root} "VACUUM" tries again, now.')


def _opens(directory: Path) -> Finding:
    from avila import connect

    try:
        with connect(directory) as database:
            database.execute("SELECT 1").fetchall()
            shared = "" if database.owner else ", through its owner"
    except errors.Error as error:
        return Finding(Level.wrong, "opening", error.message, error.hint or "Restore it from a backup.")
    return Finding(Level.well, "opening", f"it opens and answers{shared}")
