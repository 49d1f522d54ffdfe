"""What an executor keeps between statements."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass
class Transaction:
    """An open transaction, and what its end must see to."""

    writes: bool = False
    """Whether it passed the write gate of the native store."""
    definitions: bool = False
    """Whether it changed what names mean."""
    alters: bool = False
    """Whether the native store must be checkpointed before its commit is acknowledged."""
