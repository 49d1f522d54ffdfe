"""``avila audit show``: the newest records of the audit log, or those that were asked for."""

from __future__ import annotations

import sys
from datetime import UTC, datetime
from pathlib import Path  # noqa: TC003 (the command line reads the annotations)
from typing import TYPE_CHECKING, Annotated

import typer

from avila.cli.writers import BINARY, Format

if TYPE_CHECKING:
    import pyarrow as pa

    from avila.result import Result

ROWS_SHOWN = 50
# A table has room for some columns only; the other formats have all of them.
IN_TABLE = ("number", "time", "current_user", "action", "statement", "rows", "duration_us", "sqlstate")


def show(
    directory: Annotated[Path, typer.Argument(help="A database, or a copy of its log.", show_default=False)],
    kind: Annotated[
        str | None,
        typer.Option(
            help="Only these: connection, disconnection, statement, change, key, privacy, log.",
            show_default=False,
        ),
    ] = None,
    user: Annotated[
        str | None, typer.Option(help="Of this role, logged in or acting.", show_default=False)
    ] = None,
    object_: Annotated[
        str | None, typer.Option("--object", help="That read or wrote this table.", show_default=False)
    ] = None,
    session: Annotated[int | None, typer.Option(help="Of this session.", show_default=False)] = None,
    since: Annotated[
        str | None,
        typer.Option(help="From this time on, such as 2026-11-24T14:00; in UTC.", show_default=False),
    ] = None,
    until: Annotated[str | None, typer.Option(help="Before this time.", show_default=False)] = None,
    rows: Annotated[int, typer.Option(help="How many, the newest; 0 for all.", min=0)] = ROWS_SHOWN,
    format_: Annotated[Format, typer.Option("--format", help="How to write them.")] = Format.table,
) -> None:
    """Show who did what. Records are shown as they lie; verify says whether they are what was signed.

    [bold]Examples[/]

      avila audit show obs

      avila audit show obs --user analyst --object star --since 2026-11-24

      avila audit show obs --kind change --rows 0 --format jsonl | jq .detail
    """
    from avila.cli.audit_files import log_folder
    from avila.cli.failure import reported, usage
    from avila.cli.writers import writer
    from avila.security.audit.reading import DAMAGED, Filter
    from avila.security.audit.record import Kind
    from avila.show import print_table

    if format_ in BINARY:
        raise usage(f"{format_.value} is written to a file: avila audit export")
    if kind is not None and kind not in {*Kind, DAMAGED}:
        raise usage(f"there are no records of the kind {kind}; there are {', '.join(Kind)}")
    wanted = Filter(kind, user, object_, session, _time_us(since, "--since"), _time_us(until, "--until"))
    with reported():
        result = _result(log_folder(directory), wanted, rows, IN_TABLE if format_ is Format.table else None)
        if format_ is Format.table:
            print_table(result, 0)
        else:
            sys.stdout.flush()
            writer(format_)(result, sys.stdout.buffer, lambda count: None)  # noqa: ARG005 (nobody counts)
            sys.stdout.flush()


def _result(folder: Path, wanted: object, rows: int, chosen: tuple[str, ...] | None) -> Result:
    from avila.kernel.arrow_answer import ArrowAnswer
    from avila.kernel.base import Column
    from avila.result import Result
    from avila.security.audit.reading import Filter, read

    assert isinstance(wanted, Filter)  # noqa: S101 (show makes it)
    reader = read(folder, wanted)
    if rows:
        reader = _newest(reader, rows)
    if chosen is not None:
        reader = reader.read_all().select(list(chosen)).to_reader()
    return Result(ArrowAnswer([Column(field.name, _sql_type(field.type)) for field in reader.schema], reader))


def _newest(reader: pa.RecordBatchReader, rows: int) -> pa.RecordBatchReader:
    """Return the last rows of a stream, without holding it all."""
    import pyarrow as pa

    held: list[pa.RecordBatch] = []
    count = 0
    for batch in reader:
        held.append(batch)
        count += batch.num_rows
        while count - held[0].num_rows >= rows:
            count -= held.pop(0).num_rows
    table = pa.Table.from_batches(held, reader.schema)
    return table.slice(max(0, table.num_rows - rows)).to_reader()


def _sql_type(kind: pa.DataType) -> str:
    import pyarrow as pa

    if pa.types.is_list(kind):
        return f"{_sql_type(kind.value_type)}[]"
    if pa.types.is_timestamp(kind):
        return "TIMESTAMP WITH TIME ZONE"
    return "BIGINT" if pa.types.is_integer(kind) else "VARCHAR"


def _time_us(text: str | None, option: str) -> int | None:
    from avila.cli.failure import usage

    if text is None:
        return None
    try:
        time = datetime.fromisoformat(text)
    except ValueError:
        raise usage(f"{option} is a time such as 2026-11-24 or 2026-11-24T14:00:00, not {text!r}") from None
    if time.tzinfo is None:
        time = time.replace(tzinfo=UTC)
    return round(time.timestamp() * 1_000_000)
