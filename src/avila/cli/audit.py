"""``avila audit``: what may be done with the audit log from the command line."""

from __future__ import annotations

import typer

from avila.cli import audit_export, audit_prove, audit_show, audit_verify

app = typer.Typer(
    help="""Verify, show, prove and export the audit log.

    None of these opens the database or needs its keys: the folder [bold]audit[/] is enough, here or as a copy. To find
    out that a whole log was put back to an earlier state, keep its newest head elsewhere now and then:
    [bold]cp obs/audit/head.json[/] to a place that its administrators cannot write to.""",
    no_args_is_help=True,
    rich_markup_mode="rich",
)

for name, command in (
    ("verify", audit_verify.verify),
    ("show", audit_show.show),
    ("prove", audit_prove.prove),
    ("export", audit_export.export),
):
    app.command(name)(command)
