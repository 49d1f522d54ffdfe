"""One file of an import on its way into its table."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from avila import errors
from avila.cli.delimited import ragged
from avila.cli.import_plan import Mode
from avila.cli.running import watched

if TYPE_CHECKING:
    from avila.cli.import_plan import File, Target
    from avila.result import Result
    from avila.session import Session

FRAME = "imported_file"
_RAGGED = re.compile(r"CSV Error on Line: (\d+).*?Expected Number of Columns: (\d+) Found: (\d+)", re.DOTALL)
_UNREADABLE = re.compile(r"CSV Error on Line: (\d+)\n(?:Original Line: [^\n]*\n)?([^\n]*)")


def run(session: Session, target: Target, file: File, mode: Mode, what: str) -> int:
    """Load a file into a table and return how many rows it had."""
    try:
        before = 0 if mode is not Mode.append else _rows(session, target)
        watched(session, lambda: _execute(session, target, file, mode).close(), what)
    except (errors.DuplicateTable, errors.DuplicateObject) as error:
        raise errors.DuplicateTable(
            f"table {target.shown} exists already", hint="Give --append or --replace, or another --table."
        ) from error
    except errors.Error as error:
        raise placed(error, file) from error
    return _rows(session, target) - before


def placed(error: errors.Error, file: File) -> errors.Error:
    """Return an error that names the file and its line, without the statement nobody wrote."""
    if match := _RAGGED.search(error.message):
        line, expected, found = map(int, match.groups())
        return ragged(file.path, line, expected, found)
    if match := _UNREADABLE.search(error.message):
        return errors.BadCopyFileFormat(f"{file.path}, line {match.group(1)}: {match.group(2).strip()}")
    message = error.message.partition("\n")[0]
    if str(file.path) not in message:
        message = f"{file.path}: {message}"
    return type(error)(message, hint=error.hint)


def _execute(session: Session, target: Target, file: File, mode: Mode) -> Result:
    source = file.sql
    if source is None:
        session.register(FRAME, _arrow(file))
        source = FRAME
    verb = {
        Mode.create: f"CREATE TABLE {target.sql} AS",
        Mode.replace: f"CREATE OR REPLACE TABLE {target.sql} AS",
        Mode.append: f"INSERT INTO {target.sql} BY NAME",
    }[mode]
    try:
        return session.execute(f"{verb} SELECT * FROM {source}")
    finally:
        if file.sql is None:
            session.unregister(FRAME)


def _arrow(file: File) -> object:
    """Return an Arrow file or stream as a table, mapped rather than read where it can be."""
    import pyarrow as pa

    try:
        mapped = pa.memory_map(str(file.path))
        try:
            return pa.ipc.open_file(mapped).read_all()
        except pa.ArrowInvalid:
            mapped.seek(0)
            return pa.ipc.open_stream(mapped).read_all()
    except pa.ArrowInvalid as error:
        raise errors.BadCopyFileFormat(f"{file.path} is no Arrow file: {error}") from error


def _rows(session: Session, target: Target) -> int:
    row = session.execute(f"SELECT count(*) FROM {target.sql}").fetchone()
    return int(row[0]) if row else 0
