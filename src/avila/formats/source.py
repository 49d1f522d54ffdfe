"""The protocol that every reader of a format implements; the kernel defines it, formats fulfil it."""

from __future__ import annotations

from avila.kernel.source import Source

__all__ = ["Source"]
