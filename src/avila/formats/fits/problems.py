"""The one place that words what is wrong with a FITS file: which file, which HDU, which column."""

from __future__ import annotations

import importlib
from dataclasses import dataclass
from typing import Any

from avila import errors


@dataclass(frozen=True)
class Where:
    """The place an error is about, as far as it is known when it happens."""

    path: str
    hdu: int | None = None
    name: str | None = None
    column: str | None = None

    def at_column(self, column: str) -> Where:
        """The same place, down to a column."""
        return Where(self.path, self.hdu, self.name, column)

    def __str__(self) -> str:
        parts = [self.path]
        if self.hdu is not None:
            parts.append(f"HDU {self.hdu} ({self.name})" if self.name else f"HDU {self.hdu}")
        if self.column is not None:
            parts.append(f"column {self.column}")
        return ", ".join(parts)


def malformed(where: Where, what: str, *, hint: str | None = None) -> errors.BadCopyFileFormat:
    """The error for content that breaks the FITS standard, or that contradicts itself."""
    return errors.BadCopyFileFormat(f"{where}: {what}", hint=hint)


def unsupported(where: Where, what: str, *, hint: str | None = None) -> errors.FeatureNotSupported:
    """The error for content that is legal FITS and that this reader does not offer as rows."""
    return errors.FeatureNotSupported(f"{where}: {what}", hint=hint)


def require(package: str, purpose: str) -> Any:
    """Import an optional package, or raise MissingDependency saying what needs it and how to get it."""
    try:
        return importlib.import_module(package)
    except ModuleNotFoundError as missing:
        name = package.partition(".")[0]
        if missing.name is None or missing.name.partition(".")[0] != name:
            raise  # the package is there and something it needs itself is not: say that, not this
        raise errors.MissingDependency(
            f"{purpose} needs the package {name}", hint="pip install avila[science]"
        ) from missing
