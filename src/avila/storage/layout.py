"""Where the parts of a database lie in its directory, and whether a directory is one."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from avila import errors
from avila.storage.slots import Slots, beside

KEYS_NAME = "avila.keys"


@dataclass(frozen=True)
class Layout:
    """The paths of one database directory."""

    root: Path

    @property
    def native_slots(self) -> Slots:
        """The names that the native store's file may have."""
        return Slots(self.root / "avila.db")

    @property
    def native(self) -> Path:
        """The native store's file: avila.db, or its other name once its key was rotated while it was open."""
        return self.native_slots.found

    @property
    def native_log(self) -> Path:
        """The native store's write-ahead log."""
        return beside(self.native, ".wal")

    @property
    def lake(self) -> Path:
        """The folder of the lake store."""
        return self.root / "lake"

    @property
    def lake_slots(self) -> Slots:
        """The names that the file of the lake's catalog may have."""
        return Slots(self.lake / "catalog.db")

    @property
    def lake_catalog(self) -> Path:
        """The file of the lake's catalog."""
        return self.lake_slots.found

    @property
    def lake_data(self) -> Path:
        """The folder of the lake's Parquet files."""
        return self.lake / "data"

    @property
    def keys(self) -> Path:
        """The wrapped data keys; the key that wraps them is elsewhere."""
        return self.root / KEYS_NAME

    @property
    def settings(self) -> Path:
        """The settings file."""
        return self.root / "avila.toml"

    @property
    def lock(self) -> Path:
        """The file whose lock says which process owns the directory."""
        return self.root / "avila.lock"

    @property
    def socket(self) -> Path:
        """Where other processes reach the owner."""
        return self.root / "endpoint.sock"

    @property
    def maintenance_error(self) -> Path:
        """What went wrong in the last round of maintenance; not there when it went well."""
        return self.root / "maintenance.error"

    @property
    def audit(self) -> Path:
        """The folder of the audit log."""
        return self.root / "audit"

    @property
    def spill(self) -> Path:
        """Where the kernel puts what does not fit in memory; encrypted, and emptied at each start."""
        return self.root / "tmp"

    @property
    def exists(self) -> bool:
        """Whether the directory holds a database already."""
        return self.keys.is_file()

    @classmethod
    def claim(cls, target: str | Path) -> Layout:
        """Return the layout of a directory, created when missing.

        Raises InvalidCatalogName when the path is a file or a directory of something else, IoError when it can be
        neither made nor written to.
        """
        root = Path(target).expanduser().absolute()
        layout = cls(root)
        if root.exists() and not root.is_dir():
            raise errors.InvalidCatalogName(
                f"{root} is a file, and a database is a directory",
                hint="Query the file with read_csv, read_parquet or read_fits, or give a directory "
                f"such as {root.parent / root.stem}.",
            )
        try:
            root.mkdir(parents=True, exist_ok=True)
            others = [entry.name for entry in root.iterdir() if not entry.name.startswith(".")]
        except OSError as error:
            raise errors.IoError(f"cannot use {root} as a database directory: {error.strerror}") from error
        if others and not layout.exists and not set(others) <= {"avila.toml", "avila.lock", "endpoint.sock"}:
            raise errors.InvalidCatalogName(
                f"{root} is not an Avila database: it holds {_some(others)} but no {KEYS_NAME}",
                hint="Give a new or empty directory; files are read where they lie, with read_csv, read_fits ….",
            )
        layout._probe()
        return layout

    def _probe(self) -> None:
        """Refuse a read-only directory before anything is half made."""
        probe = self.root / ".writable"
        try:
            probe.touch()
            probe.unlink(missing_ok=True)  # another process may be looking too
        except OSError as error:
            raise errors.ReadOnlySqlTransaction(
                f"{self.root} cannot be written to: {error.strerror}",
                hint="A database directory must be writable by the user who opens it.",
            ) from error


def _some(names: list[str], most: int = 3) -> str:
    shown = ", ".join(sorted(names)[:most])
    return shown if len(names) <= most else f"{shown} and {len(names) - most} more"
