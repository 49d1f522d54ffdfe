"""``avila quickstart``: a new database with real data, and answers a person wants to see."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer


def quickstart(
    directory: Annotated[
        Path, typer.Argument(help="Where to put the database; its tables are made anew when it is there.")
    ] = Path("quickstart"),
) -> None:
    """Fill a database with real data and show what it can do, in less than two minutes.

    All flights that left New York City in 2013, three centuries of sunspots, an image of the star cluster M13
    and the antennas of a radio telescope, all of which come with Python packages: nothing is downloaded.

    [bold]Examples[/]

      pip install 'avila[quickstart]'

      avila quickstart

      avila quickstart /tmp/demo
    """
    from avila.cli.failure import reported
    from avila.cli.opening import open_database
    from avila.cli.quickstart.tour import Tour

    with reported(), open_database(directory) as database:
        Tour(database, directory).run()
