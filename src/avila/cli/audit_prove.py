"""``avila audit prove``: a proof for somebody who has the public key and not the log."""

from __future__ import annotations

from pathlib import Path  # noqa: TC003 (the command line reads the annotations)
from typing import Annotated

import typer


def prove(
    directory: Annotated[Path, typer.Argument(help="A database, or a copy of its log.", show_default=False)],
    number: Annotated[
        int | None, typer.Argument(help="The record to prove, as show numbers it.", show_default=False)
    ] = None,
    head: Annotated[
        Path | None,
        typer.Option(
            "--from",
            help="Prove instead that the log goes on from this head, kept elsewhere.",
            show_default=False,
        ),
    ] = None,
    output: Annotated[
        Path | None, typer.Option("--output", "-o", help="Write the proof to a file.", show_default=False)
    ] = None,
) -> None:
    """Prove that a record is in the log, or that the log goes on from an earlier state of its own.

    The proof is JSON with the record, the hashes that lead from it to the root of the tree, and the signed head.
    avila audit verify checks it, and so can anybody who implements RFC 6962.

    [bold]Examples[/]

      avila audit prove obs 17 -o proof.json

      avila audit prove obs --from yesterday.json | avila audit verify /dev/stdin
    """
    from avila.cli.audit_files import kept_head, log_folder
    from avila.cli.failure import print_note, reported, usage
    from avila.cli.writers import whole_file
    from avila.security.audit.proving import prove as prove_record
    from avila.security.audit.proving import prove_consistency

    if (number is None) == (head is None):
        raise usage("give the number of a record, or --from with a head")
    with reported():
        folder = log_folder(directory)
        if number is not None:
            text = prove_record(folder, number).as_json()
        elif head is not None:
            text = prove_consistency(folder, kept_head(head)).as_json()
        if output is None:
            typer.echo(text.decode(), nl=False)
            return
        with whole_file(output) as stream:
            stream.write(text)
        print_note(f"wrote {output}; avila audit verify {output} checks it")
