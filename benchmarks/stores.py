"""An Avila database and a bare DuckDB of the same make: kernel, settings, file format and encryption."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

import duckdb

import avila
from avila.kernel.duckdb.engine import NEVER_BYTES, NEVER_SKIP_WAL
from avila.kernel.duckdb.wheels import extension_path

if TYPE_CHECKING:
    from pathlib import Path

THREADS = os.cpu_count() or 1
KEY = "0123456789abcdef0123456789abcdef"


def open_avila(folder: Path) -> avila.Database:
    """Open a database directory, encrypted as always; what is slow here is meant to be, so no warnings."""
    return avila.connect(folder, threads=THREADS, slow_statement_ms=0)


def open_duckdb(path: Path, alias: str = "native") -> duckdb.DuckDBPyConnection:
    """Attach an encrypted file to an in-memory DuckDB with the settings that Avila gives its kernel."""
    config = {
        "threads": THREADS,
        "wal_autocheckpoint": NEVER_BYTES,
        "auto_checkpoint_skip_wal_threshold": NEVER_SKIP_WAL,
        "temp_file_encryption": True,
        "default_null_order": "nulls_last",
    }
    connection = duckdb.connect(":memory:", config=config)
    connection.execute(f"LOAD '{extension_path('httpfs')}'")
    connection.execute(f"ATTACH '{path}' AS {alias} (ENCRYPTION_KEY '{KEY}')")
    connection.execute(f"USE {alias}")
    return connection
