"""The quickstart, from the first table to what to try next."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Any

from avila.cli.quickstart.data import FLIGHT_TABLES, Data
from avila.cli.quickstart.steps import CYCLE, JOIN, STEPS, Step
from avila.cli.running import progress_bar, watched
from avila.show import output_console, print_table

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from avila.database import Database
    from avila.result import Result

PLOT_FILE = "solar_cycle.png"
FRAMES = """\
from ibis import _

(db.table("flights")
   .join(db.table("airlines"), "carrier")
   .filter(_.arr_delay.notnull())
   .group_by(airline=_.name)
   .agg(flights=_.count(), mean_delay_min=_.arr_delay.mean().round(1))
   .order_by(_.mean_delay_min.desc())
   .limit(3))"""


class Tour:
    """One run through the steps."""

    def __init__(self, database: Database, directory: Path) -> None:
        self.database = database
        self.directory = directory
        self.data = Data.find()
        self.console = output_console()
        self._facts: dict[str, Any] = {}
        self._began = time.perf_counter()

    def run(self) -> None:
        """Load the data, show every step, and say where things lie."""
        self._load()
        for step in STEPS:
            self._show(step)
            if step is JOIN:
                self._frames()
        self._end()

    def _load(self) -> None:
        """Make the tables in one transaction: an interrupted quickstart leaves the tables of before."""
        began = time.perf_counter()
        if self.console.is_terminal:
            self.database.watch()
        total = 0
        with progress_bar(self.console) as bar, self.database.transaction():
            task = bar.add_task("", total=len(FLIGHT_TABLES) + 1)
            for table in FLIGHT_TABLES:
                bar.update(task, description=f"loading {table}")
                frame = self.data.frame(table)
                self.database.sql(f"CREATE OR REPLACE TABLE {table} AS FROM frame", frame=frame)
                total += frame.num_rows
                bar.advance(task)
            self.database.execute(
                "CREATE OR REPLACE TABLE sunspots AS "
                "SELECT YEAR::INT AS year, SUNACTIVITY::DOUBLE AS spots "
                f"FROM read_csv('{_quoted(self.data.sunspots)}')"
            )
            bar.advance(task)
        seconds = time.perf_counter() - began
        self.console.print(
            f"[green]✓[/] {total:,} rows of flights, weather, planes, airports and airlines, and the sunspot "
            f"numbers, in [bold]{self.directory}[/] [dim]· {_spoken(seconds)}[/]",
            soft_wrap=True,
        )

    def _show(self, step: Step) -> None:
        """Show what a step asks, its SQL, the answer, how long it took and what is to be seen."""
        self.console.print(f"\n[bold]{step.title}[/]")
        for sql in step.setup:
            self._code(sql + ";")
            self._watched(lambda sql=sql: self.database.execute(sql))  # type: ignore[misc]
        if step.setup:
            self._facts["before"] = self._version() - 1
        sql = step.sql.format_map(self._facts)
        self._code(sql)
        files = {name: str(getattr(self.data, name)) for name in step.files}
        for name, path in files.items():
            self.console.print(f"  [dim]${name} is {path}[/]", soft_wrap=True)
        result, seconds = self._watched(lambda: self._answered(sql, files or None))
        if step.plot is not None:
            self._plot(result, step.plot)
            return
        print_table(result, step.rows, console=self.console, note=_spoken(seconds))
        if step.seen is not None:
            rows, _ = result.head(1)
            row = dict(zip((column.name for column in result.columns), rows[0], strict=True))
            if step is CYCLE:
                self._facts["period"] = row["period_years"]
            self.console.print(f"[green]→[/] {step.seen(row).format_map(self._facts)}")

    def _answered(self, sql: str, parameters: dict[str, str] | None) -> Result:
        result = self.database.execute(sql, parameters)
        result.to_arrow()
        return result

    def _plot(self, result: Result, options: dict[str, str]) -> None:
        path = self.directory / PLOT_FILE
        first, last = self.database.execute("SELECT min(year), max(year) FROM sunspots").fetchall()[0]
        title = f"Sunspots {first}–{last}: the strongest period is {self._facts['period']} years"
        result.plot(path, kind=options["kind"], x=options["x"], y=options["y"], title=title)
        self.console.print(f"[green]→[/] {path}")

    def _frames(self) -> None:
        """Show the first step again as a DataFrame."""
        from ibis import _

        self.console.print("\n[bold]The same as a DataFrame: lazy, and run by the same database.[/]")
        self._code(FRAMES, "python")
        table = self.database.table
        late = (
            table("flights")
            .join(table("airlines"), "carrier")
            .filter(_.arr_delay.notnull())
            .group_by(airline=_.name)
            .agg(flights=_.count(), mean_delay_min=_.arr_delay.mean().round(1))
            .order_by(_.mean_delay_min.desc())
            .limit(3)
        )
        rows, seconds = self._watched(late.to_pyarrow)
        print_table(self.database.sql("FROM rows", rows=rows), 3, console=self.console, note=_spoken(seconds))

    def _version(self) -> int:
        row = self.database.execute("SELECT max(snapshot_id) FROM ducklake_snapshots('lake')").fetchone()
        assert row is not None  # noqa: S101 (an aggregate answers one row)
        return int(row[0])

    def _watched(self, work: Callable[[], Any]) -> tuple[Any, float]:
        began = time.perf_counter()
        answer = watched(self.database, work)
        return answer, time.perf_counter() - began

    def _code(self, text: str, language: str = "sql") -> None:
        from rich.syntax import Syntax

        for line in Syntax("", language, theme="ansi_dark").highlight(text).split():
            self.console.print("  ", line, sep="", soft_wrap=True)

    def _end(self) -> None:
        place = self.directory
        self.console.print(
            f"\n[bold]Done in {_spoken(time.perf_counter() - self._began)}.[/] The database is the directory "
            f"[bold]{place}[/]: encrypted, and yours to play with.\n\nTry next:\n"
            f"  [cyan]avila shell {place}[/]                 type SQL; Tab completes, \\? helps\n"
            f'  [cyan]avila sql {place} "FROM planes" --format csv[/]\n'
            f"  [cyan]avila import {place} YOUR.csv[/]       your own data, as a table\n"
            f"  [cyan]avila info {place}[/]                  what it holds\n"
            f"  [cyan]python -c \"import avila; avila.connect('{place}').sql('FROM weather').show()\"[/]",
            soft_wrap=True,
        )


def _quoted(fact: object) -> str:
    return str(fact).replace("'", "''")


def _spoken(seconds: float) -> str:
    return f"{seconds * 1000:.0f} ms" if seconds < 1 else f"{seconds:.1f} s"
