"""What is erased is in no file of the store: neither in the log, nor in blocks that the kernel has given up."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from avila.catalog.encryption import DEFAULT_KEY_ID
from avila.kernel.duckdb.engine import DuckDBEngine
from avila.security.columns import subjects
from avila.security.columns.keys import ColumnKeys
from avila.storage.slots import Slots
from avila.storage.stores import NativeStore
from security.columns.conftest import ROOT

if TYPE_CHECKING:
    from pathlib import Path


def files(folder: Path) -> bytes:
    """Return all bytes of the store."""
    return b"".join(path.read_bytes() for path in sorted(folder.iterdir()))


@pytest.mark.parametrize("persons", [1, 3, 200])
def test_an_erased_key_is_in_no_file(tmp_path: Path, persons: int) -> None:
    """In a file that is not encrypted as a whole, so that one can look; the other persons' keys are there still."""
    engine = DuckDBEngine({})
    engine.attach(str(tmp_path / "avila.db"), "native", {})
    store = NativeStore(engine, Slots(tmp_path / "avila.db"))
    for statement in subjects.DEFINITIONS:
        engine.execute(statement)
    keys = ColumnKeys(ROOT, engine).subjects
    for name in range(persons):  # one by one, as persons come
        keys.of(DEFAULT_KEY_ID, [f"p{name}"])
    rows = engine.execute(f"SELECT digest, wrapped FROM {subjects.TABLE}")
    wrapped = {bytes(digest): bytes(key) for digest, key in rows}
    assert all(key in files(tmp_path) for key in wrapped.values())
    store.checkpoint(1000)
    assert keys.erase("p0") == 1
    store.overwrite_free(1000)
    gone = wrapped.pop(keys.digest("p0"))
    assert gone not in files(tmp_path)
    assert len(engine.execute(f"FROM {subjects.TABLE}")) == persons - 1
    engine.close()
