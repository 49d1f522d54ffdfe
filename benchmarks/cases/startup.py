"""What it costs to start: the import, and opening a directory that exists."""

from __future__ import annotations

import os
import subprocess
import sys
from typing import TYPE_CHECKING

from avila.kernel.duckdb.engine import NEVER_BYTES
from avila.kernel.duckdb.wheels import extension_path
from benchmarks.measure import Bar, Comparison
from benchmarks.rounds import alternate
from benchmarks.stores import KEY, open_avila, open_duckdb

if TYPE_CHECKING:
    from benchmarks.bench import Bench
    from benchmarks.rounds import Timed

TITLE = "Start-up"
ABOUT = (
    "Each time a new process. The import is CPU time of everything `avila.connect` needs, against the "
    "kernel and Arrow alone. Opening is the time from the call to the first answer; Avila opens a lake "
    "besides, with its own encrypted catalog, and both sides load the kernel's extension for encryption."
)
BAR = Bar("added_s", 0.25)

CPU = "import time\n{imports}\nprint(time.process_time())"
OPEN = "import time\n{imports}\nbegan = time.perf_counter()\n{opening}\nprint(time.perf_counter() - began)"
AVILA = """with avila.connect({folder!r}{more}) as db:
    assert db.execute("SELECT value FROM item WHERE id = 7").fetchone()
    print(time.perf_counter() - began)"""
BARE = """con = duckdb.connect(':memory:', config={{'wal_autocheckpoint': {never!r}}})
con.execute("LOAD '{httpfs}'")
con.execute("ATTACH '{file}' AS native (ENCRYPTION_KEY '{key}')")
assert con.execute("SELECT value FROM native.item WHERE id = 7").fetchone()"""


def run(bench: Bench) -> list[Comparison]:
    """Compare the import, and opening with and without the lake."""
    folder, file = bench.scratch / "avila", bench.scratch / "bare.db"
    with open_avila(folder) as db, open_duckdb(file) as bare:
        for kernel in (db, bare):
            kernel.execute(
                "CREATE TABLE item AS SELECT i AS id, i / 7 AS value FROM range(100000) AS numbers(i)"
            )
        bare.execute("CHECKPOINT native")
    opening = BARE.format(never=NEVER_BYTES, httpfs=extension_path("httpfs"), file=file, key=KEY)
    contenders = {
        "import": _process(CPU.format(imports="import duckdb, pyarrow\nfrom avila import connect")),
        "bare import": _process(CPU.format(imports="import duckdb, pyarrow")),
        "open": _process(_opened(AVILA.format(folder=str(folder), more=""))),
        "open without lake": _process(_opened(AVILA.format(folder=str(folder), more=", lake=False"))),
        "bare open": _process(OPEN.format(imports="import duckdb, pyarrow", opening=opening)),
    }
    times = alternate(bench.rounds_of(9, quick=3), contenders)
    return [
        Comparison("import, CPU time", "duckdb and pyarrow", times["import"], times["bare import"], BAR),
        Comparison("open, first answer", "DuckDB", times["open"], times["bare open"]),
        Comparison(
            "open without lake, first answer", "DuckDB", times["open without lake"], times["bare open"]
        ),
    ]


def _opened(opening: str) -> str:
    """Return a program that says when the answer came, not when the database was closed again."""
    return f"import time\nimport avila\nfrom avila import connect\nbegan = time.perf_counter()\n{opening}"


def _process(program: str) -> Timed:
    """Return a contender: a new interpreter, which says itself how long it took."""
    # Installed packages are compiled once; a setting that keeps Python from it would measure the compiler.
    surroundings = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}

    def contender() -> float:
        command = [sys.executable, "-c", program]
        answer = subprocess.run(command, env=surroundings, check=True, capture_output=True, text=True)
        return float(answer.stdout)

    return contender
