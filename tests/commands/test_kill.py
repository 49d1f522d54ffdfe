"""KILL: who may end what, with which error, and that the session that is left can go on."""

from __future__ import annotations

import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING

import pytest

import avila
from avila import errors
from limits.test_enforcement import ENDLESS, state, until

if TYPE_CHECKING:
    from pathlib import Path

    from commands.conftest import Acting, World

CLIENT = f"""
import sys, avila
from avila import errors
database = avila.connect(sys.argv[1])
assert not database.owner
session = database.session(role="a")
print("connected", flush=True)
for sql in ({ENDLESS!r}, "SELECT 1", {ENDLESS!r}, "SELECT 2"):
    try:
        print(session.execute(sql).fetchall(), flush=True)
    except errors.Error as error:
        print(error.sqlstate, flush=True)
"""


def number(session: Acting) -> int:
    """Return a session's number."""
    return session.executor.number


def test_kill_query(world: World) -> None:
    a = world.role("a")
    with ThreadPoolExecutor() as pool:
        running = pool.submit(a.error, ENDLESS)
        until(lambda: state(world, "a") == ["active"])
        world.owner(f"KILL QUERY {number(a)}")
        error = running.result()
    assert (error.sqlstate, error.message) == ("57014", "the statement was cancelled by owner")
    assert a.rows("SELECT 1") == [(1,)]


def test_kill_query_while_rows_are_taken(world: World) -> None:
    a = world.role("a")
    answer = a.session.execute("SELECT * FROM range(100_000_000_000) WHERE hash(range) % 3 = 0")

    def take() -> None:
        while answer.fetchmany(100_000):
            pass

    with ThreadPoolExecutor() as pool:
        running = pool.submit(take)
        until(lambda: state(world, "a") == ["active"])
        world.owner(f"KILL QUERY {number(a)}")
        with pytest.raises(errors.QueryCanceled):
            running.result()
    assert a.rows("SELECT 1") == [(1,)]


def test_kill_query_of_one_that_runs_nothing(world: World) -> None:
    a = world.role("a")
    world.owner(f"KILL QUERY {number(a)}")
    assert a.rows("SELECT 1") == [(1,)]


@pytest.mark.parametrize("word", ["", "CONNECTION "])
def test_kill_connection(world: World, word: str) -> None:
    world.owner("CREATE TABLE t (i INTEGER)", "GRANT ALL ON t TO PUBLIC")
    a = world.role("a")
    a("BEGIN", "INSERT INTO t VALUES (1)")
    with ThreadPoolExecutor() as pool:
        running = pool.submit(a.error, ENDLESS)
        until(lambda: state(world, "a") == ["active"])
        world.owner(f"KILL {word}{number(a)}")
        error = running.result()
    assert (error.sqlstate, error.message) == ("57P01", "the session was ended by owner")
    until(lambda: not state(world, "a"))
    assert world.owner.rows("SELECT count(*) FROM t") == [(0,)]
    world.owner("CHECKPOINT")  # nothing of the ended transaction is in its way


def test_an_idle_session_hears_of_it_with_its_next_statement(world: World) -> None:
    a = world.role("a")
    ended = number(a)
    world.owner(f"KILL {ended}")
    until(lambda: not state(world, "a"))
    assert a.fails("SELECT 1") == "57P01"
    assert a.rows("SELECT 1") == [(1,)]
    assert number(a) != ended


def test_rows_that_are_left_are_gone(world: World) -> None:
    a = world.role("a")
    answer = a.session.execute("SELECT * FROM range(10_000_000)")
    assert answer.fetchmany(5)
    world.owner(f"KILL {number(a)}")
    until(lambda: not state(world, "a"))
    with pytest.raises(errors.AdminShutdown):
        answer.fetchall()


def test_oneself(world: World) -> None:
    a = world.role("a")
    assert a.fails(f"KILL QUERY {number(a)}") == "57014"
    a(f"KILL {number(a)}")
    until(lambda: not state(world, "a"))
    assert a.fails("SELECT 1") == "57P01"


def test_a_parameter(world: World) -> None:
    a = world.role("a")
    world.owner.session.execute("KILL ?", [number(a)])
    until(lambda: not state(world, "a"))


@pytest.mark.parametrize("sql", ["KILL 99", "KILL QUERY 99", "KILL CONNECTION 1.5"])
def test_no_such_session(world: World, sql: str) -> None:
    assert world.owner.fails(sql) == "42704"


def test_who_may(world: World) -> None:
    a, b, team, guard = world.role("a"), world.role("b"), world.role("team"), world.role("guard")
    world.owner("GRANT team TO a", "GRANT pg_signal_backend TO guard")
    second = world.session("a")
    a(f"KILL QUERY {number(second)}", f"KILL QUERY {number(team)}")
    guard(f"KILL QUERY {number(a)}")
    for session, victim in ((a, b), (team, a), (b, a), (a, world.owner), (guard, world.owner)):
        for word in ("QUERY", "CONNECTION"):
            assert session.fails(f"KILL {word} {number(victim)}") == "42501"


def test_a_session_that_acts_as_another_is_still_its_own(world: World) -> None:
    """The owner who acts as a lesser role is not that role's to end."""
    a = world.role("a")
    world.owner("SET ROLE a")
    assert a.fails(f"KILL {number(world.owner)}") == "42501"


def test_from_and_in_another_process(tmp_path: Path) -> None:
    with avila.connect(tmp_path / "x") as database:
        database.execute("CREATE ROLE a LOGIN")
        process = subprocess.Popen(
            [sys.executable, "-c", CLIENT, str(tmp_path / "x")], stdout=subprocess.PIPE, text=True
        )
        assert process.stdout is not None
        sql = "SELECT number FROM avila.sessions WHERE role = 'a' AND state = 'active'"
        assert process.stdout.readline() == "connected\n"
        for word, sqlstate, answer in (("QUERY", "57014", "[(1,)]"), ("CONNECTION", "57P01", "[(2,)]")):
            until(lambda: bool(database.execute(sql).fetchall()))
            [(running,)] = database.execute(sql).fetchall()
            database.execute(f"KILL {word} {running}")
            assert process.stdout.readline() == f"{sqlstate}\n"
            assert process.stdout.readline() == f"{answer}\n"
        assert process.wait(30) == 0
        process.stdout.close()
