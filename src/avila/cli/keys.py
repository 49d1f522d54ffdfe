"""``avila keys``: which keys a database has, and new ones for it."""

from __future__ import annotations

from pathlib import Path  # noqa: TC003 (the command line reads the annotations)
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from avila.storage.keys.document import Document

app = typer.Typer(
    help="""List and rotate the keys of a database.

    Data keys encrypt; they lie in the database's directory, wrapped by a key that lies elsewhere. Both can be rotated
    while other processes have the database open.""",
    no_args_is_help=True,
    rich_markup_mode="rich",
)


@app.command("list")
def list_(
    directory: Annotated[Path, typer.Argument(help="The database.", show_default=False)],
) -> None:
    """List the keys of a database: what each is for, its version, and where the wrapping key is.

    Needs no key, and shows none.

    [bold]Example[/]: avila keys list obs
    """
    from avila.cli.failure import reported
    from avila.cli.opening import require
    from avila.storage.keys.document import Document
    from avila.storage.layout import Layout

    with reported():
        require(directory)
        document = Document.read(Layout(directory.expanduser().absolute()).keys)
    _print(document)


@app.command()
def rotate(
    directory: Annotated[Path, typer.Argument(help="The database.", show_default=False)],
    data: Annotated[
        bool, typer.Option("--data", help="Rotate the data keys: the stores are re-encrypted.")
    ] = False,
    provider: Annotated[
        str | None,
        typer.Option(
            help="Where the new wrapping key is to be: file, keyring, environment, pkcs11 or vault.",
            show_default=False,
        ),
    ] = None,
    destroy_old: Annotated[
        bool,
        typer.Option(
            "--destroy-old",
            help="Destroy the old wrapping key: copies made before cannot be opened any more.",
        ),
    ] = False,
) -> None:
    """Make a new wrapping key, or with --data new data keys.

    A new wrapping key is instant. New data keys re-encrypt the native store and the catalog of the lake; readers and
    writers go on, and writers wait only for the end. A provider is asked by the process that has the database open.

    [bold]Examples[/]

      avila keys rotate obs

      avila keys rotate obs --provider vault

      avila keys rotate obs --data
    """
    from avila.cli.failure import reported, usage
    from avila.cli.opening import open_database
    from avila.show import print_table

    if data and (provider is not None or destroy_old):
        raise usage("--provider and --destroy-old are for the wrapping key, which --data leaves as it is")
    with reported(), open_database(directory, make=False) as database:
        print_table(database.execute(_statement(data=data, provider=provider, destroy_old=destroy_old)), 0)


def _statement(*, data: bool, provider: str | None, destroy_old: bool) -> str:
    if data:
        return "ALTER DATABASE ROTATE DATA KEYS"
    quoted = '"' + provider.replace('"', '""') + '"' if provider is not None else ""
    where = f" TO {quoted}" if quoted else ""
    return f"ALTER DATABASE ROTATE WRAPPING KEY{where}{' DESTROY OLD' if destroy_old else ''}"


def _print(document: Document) -> None:
    from rich.table import Table

    from avila.show import output_console
    from avila.storage.keys.names import SECRETS

    wrapping = document.wrapping
    console = output_console()
    console.print(f"[bold]{document.database}[/]", soft_wrap=True)
    console.print(
        f"wrapping key {wrapping.number} of {wrapping.made}, at provider '{wrapping.provider}' as {wrapping.reference}",
        soft_wrap=True,
        highlight=False,
    )
    grid = Table.grid(padding=(0, 3))
    for name, key in document.keys.items():
        about = SECRETS.get(name, f"encrypts the {name} store")
        grid.add_row(f"  [cyan]{name}[/]", f"version {key.version}", key.made, f"[dim]{about}[/]")
    console.print(grid)
