"""A real PostgreSQL for the tests: what Avila claims to do as PostgreSQL does, it is asked itself.

The server is made of Debian's binaries in a temporary directory and listens on a socket there, so that it meets no
other server. PostgreSQL refuses to run as root, so root runs it as an unprivileged user.
"""

from __future__ import annotations

import os
import pwd
import shutil
import subprocess
import tempfile
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

import psycopg

if TYPE_CHECKING:
    from collections.abc import Iterator

SUPERUSER = "owner"
WAIT_S = 60
# Nothing here outlives the tests, so nothing need survive a crash.
SETTINGS = {
    "fsync": "off",
    "synchronous_commit": "off",
    "full_page_writes": "off",
    "shared_buffers": "16MB",
    "autovacuum": "off",
    "listen_addresses": "",
    "lc_messages": "C",
    "timezone": "UTC",
    "log_min_messages": "fatal",
}


class NoPostgreSQL(Exception):
    """There is no PostgreSQL to ask; the message says why, and what would help."""


class Outcome(NamedTuple):
    """What a statement did: its rows and how many it touched, or the SQLSTATE and the text of its error."""

    rows: list[tuple[Any, ...]] | None = None
    count: int | None = None
    sqlstate: str | None = None
    message: str = ""


def binaries() -> Path:
    """Return the folder of the newest installed PostgreSQL's programs."""
    found = sorted(Path("/usr/lib/postgresql").glob("*/bin/pg_ctl"), key=lambda path: int(path.parts[-3]))
    if found:
        return found[-1].parent
    if on_path := shutil.which("pg_ctl"):
        return Path(on_path).resolve().parent
    raise NoPostgreSQL("PostgreSQL is not installed; tools/install_postgresql.sh installs Debian's")


def unprivileged() -> dict[str, Any]:
    """Return the arguments of ``subprocess`` that make a program run as somebody whom PostgreSQL accepts."""
    if os.getuid() != 0:
        return {}
    known = {entry.pw_name for entry in pwd.getpwall()}
    user = next((name for name in ("postgres", "nobody") if name in known), None)
    if user is None:
        raise NoPostgreSQL("PostgreSQL does not run as root, and there is neither postgres nor nobody")
    return {"user": user, "group": pwd.getpwnam(user).pw_gid, "extra_groups": []}


@contextmanager
def server() -> Iterator[Path]:
    """Run a server of its own; the value is the folder of its socket."""
    programs, somebody = binaries(), unprivileged()
    # A socket's path may have some hundred characters only, so not below pytest's own folders.
    root = Path(tempfile.mkdtemp(prefix="avila-pg-"))
    if somebody:
        shutil.chown(root, somebody["user"])
    data, log = root / "data", root / "log"

    def run(program: str, *arguments: str) -> None:
        done = subprocess.run(
            [programs / program, *arguments],
            cwd=root, capture_output=True, text=True, timeout=WAIT_S * 2, check=False, **somebody,
        )  # fmt: skip
        if done.returncode:
            reason = log.read_text() if log.exists() else done.stderr or done.stdout
            raise NoPostgreSQL(f"{program} failed: {reason.strip()}")

    try:
        run(
            "initdb", "-D", str(data), "-U", SUPERUSER, "-A", "trust", "-E", "UTF8", "--locale=C", "--no-sync"
        )
        options = " ".join(f"-c {name}={value}" for name, value in SETTINGS.items())
        # The output of pg_ctl would stay open in the server, so the server gets a log of its own.
        run(
            "pg_ctl",
            "-D",
            str(data),
            "-l",
            str(log),
            "-w",
            "-t",
            str(WAIT_S),
            "-o",
            f"{options} -k {root}",
            "start",
        )
        try:
            yield root
        finally:
            run("pg_ctl", "-D", str(data), "-m", "immediate", "-w", "-t", str(WAIT_S), "stop")
    finally:
        shutil.rmtree(root, ignore_errors=True)


class Postgres:
    """A connection of the superuser, whose statements answer an :class:`Outcome`."""

    def __init__(self, socket: Path, database: str = "postgres") -> None:
        self.connection = psycopg.connect(host=str(socket), user=SUPERUSER, dbname=database, autocommit=True)
        self.connection.prepare_threshold = None
        self.version = self.connection.info.server_version // 10_000

    def ask(self, sql: str) -> Outcome:
        """Run one statement; an error is an outcome too."""
        try:
            cursor = self.connection.execute(sql)
        except psycopg.Error as error:
            return Outcome(sqlstate=error.sqlstate, message=str(error))
        rows = cursor.fetchall() if cursor.description else None
        return Outcome(rows=rows, count=cursor.rowcount)

    def must(self, sql: str) -> Outcome:
        """Run statements that have to work."""
        cursor = self.connection.execute(sql)
        return Outcome(rows=cursor.fetchall() if cursor.description else None, count=cursor.rowcount)

    @contextmanager
    def undone(self) -> Iterator[Postgres]:
        """Take everything back at the end, roles and tables too."""
        self.must("BEGIN")
        try:
            yield self
        finally:
            self.must("ROLLBACK")
            self.must("RESET ROLE")

    def attempt(self, sql: str, *, keep: bool = True) -> Outcome:
        """Run one statement inside the open transaction, which goes on when it fails."""
        self.must("SAVEPOINT attempt")
        outcome = self.ask(sql)
        if outcome.sqlstate is not None or not keep:
            self.must("ROLLBACK TO SAVEPOINT attempt")
        self.must("RELEASE SAVEPOINT attempt")
        return outcome

    def rows(self, table: str) -> list[tuple[Any, ...]]:
        """Return what is in a table."""
        return sorted(self.must(f"SELECT * FROM {table}").rows or [], key=repr)

    def close(self) -> None:
        """Close the connection."""
        self.connection.close()
