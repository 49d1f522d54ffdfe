"""``avila audit export``: the audit log as a file, and the head it is signed with."""

from __future__ import annotations

from pathlib import Path  # noqa: TC003 (the command line reads the annotations)
from typing import Annotated

import typer


def export(
    directory: Annotated[Path, typer.Argument(help="A database, or a copy of its log.", show_default=False)],
    file: Annotated[Path, typer.Argument(help="The file: *.jsonl or *.parquet.", show_default=False)],
) -> None:
    """Write all records under the newest signed head to a file, and the head to FILE.head.json.

    JSON lines can be checked against the head without the log: each has all that the hash of its record is made of.

    [bold]Examples[/]

      avila audit export obs audit.jsonl

      avila audit export obs audit.parquet
    """
    from avila.cli.audit_files import log_folder
    from avila.cli.failure import print_note, reported, usage
    from avila.cli.writers import whole_file
    from avila.security.audit.export import export_jsonl, export_parquet

    write = {".jsonl": export_jsonl, ".parquet": export_parquet}.get(file.suffix.lower())
    if write is None:
        raise usage("name the file *.jsonl or *.parquet")
    with reported():
        with whole_file(file) as stream:
            records, head = write(log_folder(directory), stream)
        beside = file.with_name(f"{file.name}.head.json")
        with whole_file(beside) as stream:
            stream.write(head.json)
        print_note(
            f"{records:,} record{'' if records == 1 else 's'} in {file}, signed by the head in {beside.name}"
        )
