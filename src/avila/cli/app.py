"""The commands of ``avila``, put together."""

from __future__ import annotations

import logging

import typer

from avila import __version__
from avila.cli import audit, doctor, export, import_files, info, keys, privacy, quickstart, shell, sql

app = typer.Typer(
    name="avila",
    help="""One governed database for science and business data.

    A database is a directory. [bold]avila quickstart[/] fills one with real data and shows what it can do,
    [bold]avila shell DIR[/] opens one to work in, and [bold]avila COMMAND --help[/] has examples.""",
    epilog="Exit codes: 0 done, 1 an error that standard error describes, 2 wrong usage, 130 interrupted.",
    no_args_is_help=True,
    rich_markup_mode="rich",
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)


def _version(wanted: bool) -> None:
    if wanted:
        typer.echo(f"avila {__version__}")
        raise typer.Exit


@app.callback()
def _root(
    version: bool = typer.Option(  # noqa: ARG001 (its callback has acted on it)
        False, "--version", help="Print the version and exit.", is_eager=True, callback=_version
    ),
) -> None:
    # What the library logs is for services; a command says itself what a person must know.
    logging.getLogger("avila").addHandler(logging.NullHandler())


for name, command in (
    ("quickstart", quickstart.quickstart),
    ("shell", shell.shell),
    ("sql", sql.sql),
    ("import", import_files.import_files),
    ("export", export.export),
    ("info", info.info),
    ("doctor", doctor.doctor),
):
    app.command(name)(command)

app.add_typer(audit.app, name="audit")
app.add_typer(keys.app, name="keys")
app.add_typer(privacy.app, name="privacy")
