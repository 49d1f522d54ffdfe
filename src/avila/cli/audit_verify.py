"""``avila audit verify``: whether the audit log, or a proof from it, is what was signed."""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path  # noqa: TC003 (the command line reads the annotations)
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from avila.security.audit.head import SignedHead
    from avila.security.audit.proving import Proof
    from avila.security.audit.report import Report

DAMAGES_SHOWN = 100


class ReportFormat(StrEnum):
    """How the report is written."""

    text = "text"
    json = "json"


def verify(
    what: Annotated[
        Path,
        typer.Argument(
            metavar="DIR|PROOF", help="A database, a copy of its log, or a proof.", show_default=False
        ),
    ],
    head: Annotated[
        Path | None,
        typer.Option("--head", help="A head of this log that was kept elsewhere.", show_default=False),
    ] = None,
    key: Annotated[
        str | None,
        typer.Option(
            "--key",
            help="The public key that must have signed it: its fingerprint, or its file kept elsewhere.",
            show_default=False,
        ),
    ] = None,
    format_: Annotated[
        ReportFormat, typer.Option("--format", help="For people, or for programs.")
    ] = ReportFormat.text,
) -> None:
    """Find every record that was changed, removed, moved or cut off, and name it.

    Without --key the key that lies beside the log is believed: somebody who can replace all files can replace that
    too. Without --head a log that was put back whole to an earlier state looks sound.

    [bold]Examples[/]

      avila audit verify obs

      avila audit verify obs --key SHA256:3Qp… --head /mnt/safe/head.json

      avila audit verify proof.json --key public.key

    [bold]Exit codes[/]: 0 it is as it was signed, 1 it is not.
    """
    from avila.cli.audit_files import fingerprint, kept_head, log_folder
    from avila.cli.failure import FAILED, reported, usage

    is_proof = what.exists() and not what.is_dir()  # a pipe may be one
    if is_proof and head is not None:
        raise usage("--head belongs to a log, not to a proof: that holds its head itself")
    with reported():
        wanted = fingerprint(key)
        if is_proof:
            sound = _check_proof(what, wanted, format_)
        else:
            sound = _check_log(log_folder(what), wanted, None if head is None else kept_head(head), format_)
    if not sound:
        raise typer.Exit(FAILED)


def _check_log(folder: Path, wanted: str | None, head: SignedHead | None, format_: ReportFormat) -> bool:
    import json

    from avila.security.audit.verification import verify as verify_log

    report = verify_log(folder, wanted, head)
    if format_ is ReportFormat.json:
        typer.echo(json.dumps(report.as_dict(), indent=2))
    else:
        _print(folder, report)
    return report.ok


def _print(folder: Path, report: Report) -> None:
    from rich.text import Text

    from avila.cli.findings import MARKS, Level
    from avila.show import output_console

    console = output_console()
    console.print(Text(f"Audit log {folder}", style="bold"), soft_wrap=True)
    for what, fact in _facts(report):
        console.print(Text(f"  {what:<9}", style="cyan").append(fact, style="default"), soft_wrap=True)
    for note in report.notes:
        console.print(Text(f"  {note}", style="dim"), soft_wrap=True)
    mark, style = MARKS[Level.wrong]
    for damage in report.damages[:DAMAGES_SHOWN]:
        console.print(Text(f"  {mark} ", style=style).append(str(damage), style="default"), soft_wrap=True)
    found = len(report.damages)
    if found > DAMAGES_SHOWN:
        console.print(f"  … and {found - DAMAGES_SHOWN} more; --format json lists them")
    if report.ok:
        typer.echo("The log is as it was signed.")
    else:
        typer.echo(f"The log is not as it was signed: {found} problem{'' if found == 1 else 's'} found.")


def _facts(report: Report) -> list[tuple[str, str]]:
    from datetime import UTC, datetime

    signed = (
        "all under a signed head"
        if not report.unsigned
        else f"{report.unsigned:,} not under a signed head yet"
    )
    facts = [("records", f"{report.records:,} in {report.segments} segments, {signed}")]
    if report.fingerprint is not None:
        believed = "" if report.expected_key else ", which lies beside the log: compare it, or give --key"
        facts.append(("key", f"{report.fingerprint}{believed}"))
    if report.head is not None:
        head = report.head.head
        when = datetime.fromtimestamp(head.time_us / 1e6, UTC)
        facts.append(("head", f"{head.size:,} records, root {head.root.hex()}, {when:%Y-%m-%d %H:%M:%S} UTC"))
    return facts


def _check_proof(file: Path, wanted: str | None, format_: ReportFormat) -> bool:
    import json

    from avila import errors
    from avila.security.audit.proving import parse_proof

    try:
        proof = parse_proof(file.read_bytes())
    except ValueError as error:
        raise errors.BadCopyFileFormat(
            f"{file} holds no proof: {error}", hint="avila audit prove makes one."
        ) from error
    problem = None
    try:
        proof.check(wanted)
    except ValueError as error:
        problem = str(error)
    if format_ is ReportFormat.json:
        typer.echo(
            json.dumps({"ok": problem is None, "fingerprint": proof.head.key.fingerprint, "problem": problem})
        )
    else:
        typer.echo(
            f"The proof does not hold: {problem}." if problem else _said(proof, believed=wanted is None)
        )
    return problem is None


def _said(proof: Proof, *, believed: bool) -> str:
    from avila.security.audit.proving import InclusionProof

    head = proof.head.head
    key = f"key {proof.head.key.fingerprint}{', which the proof itself names' if believed else ''}"
    if isinstance(proof, InclusionProof):
        return f"Record {proof.number} is in the log of {head.size:,} records that was signed with {key}."
    return f"The log of {head.size:,} records begins with that of {proof.old.head.size:,}; both were signed with {key}."
