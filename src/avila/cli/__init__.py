"""The ``avila`` command. Each command imports what it needs when it runs, so that help is quick."""

from __future__ import annotations


def main() -> None:
    """Run the command line of this process."""
    from avila.cli.app import app

    app()
