"""The ``avila`` command. Importing it imports nothing else: each command brings what it needs when it runs."""

from __future__ import annotations


def main() -> None:
    """Run the command line of this process."""
    from avila.cli.app import app

    app()
