"""A statement over its limit ends with the right SQLSTATE, and the others go on."""

from __future__ import annotations

import subprocess
import sys
import threading
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, Any

import pytest

import avila
from avila import errors

if TYPE_CHECKING:
    from collections.abc import Callable

    from commands.conftest import Acting, World

WAIT_S = 30
LARGE = "SELECT count(*) FROM (SELECT a.h FROM large a JOIN large b USING (h) ORDER BY a.h, b.i)"
ENDLESS = "SELECT count(*) FROM range(1_000_000_000) a, range(1_000) b"


def member(world: World, options: str, name: str = "a") -> Acting:
    """Return a session of a role in a group with these limits."""
    world.owner(f"CREATE RESOURCE GROUP g_{name} WITH ({options})")
    session = world.role(name)
    world.owner(f"ALTER ROLE {name} SET RESOURCE GROUP g_{name}")
    return session


def until(holds: Callable[[], bool]) -> None:
    """Wait until something holds."""
    changed = threading.Event()
    for _ in range(WAIT_S * 100):
        if holds():
            return
        changed.wait(0.01)
    raise AssertionError("it never came to be")


def state(world: World, role: str) -> list[str]:
    """Return what the sessions of a role do."""
    return [found for (found,) in world.owner.rows(f"SELECT state FROM avila.sessions WHERE role = '{role}'")]


def kill(world: World, role: str) -> None:
    """End what the sessions of a role run."""
    for (number,) in world.owner.rows(f"SELECT number FROM avila.sessions WHERE role = '{role}'"):
        world.owner(f"KILL QUERY {number}")


@pytest.fixture
def large(world: World) -> World:
    """Return a database with a table that joins and sorts of which hold hundreds of megabytes."""
    world.owner(
        "CREATE TABLE large AS SELECT range AS i, hash(range) AS h FROM range(5_000_000)",
        "GRANT SELECT ON large TO PUBLIC",
    )
    return world


def test_memory(large: World) -> None:
    """The statement that holds too much ends; another session's answer all the while, and one without a bound may."""
    a = member(large, "memory = '200MB'")
    with ThreadPoolExecutor() as pool:
        ended = pool.submit(a.error, LARGE)
        answered = 0
        while not ended.done():
            assert large.owner.rows("SELECT 42") == [(42,)]
            answered += 1
    error = ended.result()
    assert (error.sqlstate, answered > 1) == ("53200", True)
    assert "may hold 200 MB" in error.message
    assert error.hint == "memory of resource group g_a says so."
    assert a.rows("SELECT 1") == [(1,)]
    assert large.owner.rows(LARGE) == [(5_000_000,)]


def test_memory_of_the_one_that_holds_it(large: World) -> None:
    """A session with a tight bound that scans and filters is not taken for the one that sorts beside it."""
    small = member(large, "memory = '10MB'", "small")
    with ThreadPoolExecutor() as pool:
        sorted_ = pool.submit(large.database.session().sql, LARGE)
        counted = 0
        while not sorted_.done():
            assert len(small.rows("SELECT * FROM large WHERE i < 3")) == 3
            counted += 1
    assert counted
    assert sorted_.result().fetchall() == [(5_000_000,)]


def test_memory_of_the_larger_of_two_that_hold_some(large: World) -> None:
    """Both have a bound, both aggregate and sort, and only the one that is over its bound ends."""
    a, b = member(large, "memory = '200MB'"), member(large, "memory = '200MB'", "b")
    large.owner(
        "CREATE TABLE small AS SELECT * FROM large WHERE i < 200_000", "GRANT SELECT ON small TO PUBLIC"
    )
    modest = "SELECT count(*) FROM (SELECT h, count(*) AS n FROM small GROUP BY h ORDER BY n, h)"
    with ThreadPoolExecutor() as pool:
        ended = pool.submit(a.error, LARGE)
        counted = 0
        while not ended.done():
            assert b.rows(modest) == [(200_000,)]
            counted += 1
    assert (ended.result().sqlstate, counted > 0) == ("53200", True)


def test_a_process_that_ends_in_the_middle_of_a_sample_ends_well() -> None:
    script = """
import avila
database = avila.connect(":memory:")
database.execute("CREATE RESOURCE GROUP g WITH (memory = '100GB')")
database.execute("ALTER ROLE owner SET RESOURCE GROUP g")
for _ in range(1000):
    database.execute("SELECT 1").fetchall()
"""
    ended = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, timeout=60, check=False
    )
    assert (ended.returncode, "terminate called" in ended.stderr) == (0, False)


def test_temporary_disk() -> None:
    with avila.connect(":memory:", memory_limit="120MB", threads=2) as database:
        database.execute("CREATE RESOURCE GROUP g WITH (temporary = '20MB')")
        database.execute("CREATE ROLE a LOGIN")
        database.execute("ALTER ROLE a SET RESOURCE GROUP g")
        session = database.session(role="a")
        with pytest.raises(errors.DiskFull, match="may spill 20 MB") as caught:
            session.execute(
                "SELECT max(h) FROM (SELECT hash(range) AS h, range AS i FROM range(12_000_000) ORDER BY h)"
            )
            session.execute(
                "SELECT count(*) FROM (SELECT DISTINCT hash(range) AS h, hash(range + 1) AS k FROM range(12_000_000))"
            ).fetchall()
        assert caught.value.sqlstate == "53100"
        assert session.execute("SELECT 1").fetchall() == [(1,)]


def _taken(answer: Any) -> list[Callable[[], Any]]:
    return [
        answer.fetchall,
        answer.to_arrow,
        lambda: [answer.fetchmany(7) for _ in range(1000)],
        lambda: [answer.fetchone() for _ in range(1000)],
        lambda: list(answer.reader()),
    ]


@pytest.mark.parametrize("way", range(5))
def test_rows(world: World, way: int) -> None:
    a = member(world, "rows = 500")
    for sql, params in (("SELECT * FROM range(501)", None), ("SELECT * FROM range(?)", [501])):
        with pytest.raises(
            errors.ProgramLimitExceeded, match="more than 500 rows, which is rows of resource group g_a"
        ):
            _taken(a.session.execute(sql, params))[way]()
    _taken(a.session.execute("SELECT * FROM range(500)"))[way]()


def test_rows_of_prepared_statements(world: World) -> None:
    a = member(world, "rows = 5")
    a("PREPARE p AS SELECT * FROM range(?)")
    assert len(a.rows("EXECUTE p(5)")) == 5
    with pytest.raises(errors.ProgramLimitExceeded):
        a.rows("EXECUTE p(6)")


def test_time(world: World) -> None:
    a = member(world, "statement_time = '100ms'")
    error = a.error(ENDLESS)
    assert (error.sqlstate, error.hint) == (
        "57014",
        "It ran longer than statement_time of resource group g_a, which is 100 ms.",
    )
    assert a.rows("SELECT 1") == [(1,)]


def test_time_counts_while_rows_are_taken(world: World) -> None:
    """The first rows are there at once, and the rest takes for ever."""
    a = member(world, "statement_time = '200ms'")
    for take in (lambda answer: answer.fetchall(), lambda answer: answer.to_arrow()):
        answer = a.session.execute("SELECT * FROM range(100_000_000_000) WHERE hash(range) % 3 = 0")
        for _ in range(2):
            with pytest.raises(errors.QueryCanceled, match="Query interrupted"):
                take(answer)
    assert a.rows("SELECT 1") == [(1,)]


def test_the_tighter_of_two_times(world: World) -> None:
    a = member(world, "statement_time = '1h'")
    a("SET statement_timeout = 50")
    assert a.error(ENDLESS).hint == "It ran longer than statement_timeout, which is 50 ms."


def test_concurrency(world: World) -> None:
    """One runs, one waits, the third is refused; when the first ends, the second runs."""
    first = member(world, "concurrency = 1, queue = 1")
    second, third = world.session("a"), world.session("a")
    with ThreadPoolExecutor() as pool:
        running = pool.submit(first.error, ENDLESS)
        until(lambda: "active" in state(world, "a"))
        waiting = pool.submit(second.rows, "SELECT 2")
        until(lambda: "waiting" in state(world, "a"))
        refused = third.error("SELECT 3")
        assert refused.sqlstate == "53400"
        assert "may run 1 at a time with 1 waiting" in refused.message
        assert world.owner.rows("SELECT running, waiting FROM avila.resource_groups") == [(1, 1)]
        assert world.owner.rows("SELECT 4") == [(4,)]
        number = first.executor.number
        world.owner(f"KILL QUERY {number}")
        assert running.result().sqlstate == "57014"
        assert waiting.result() == [(2,)]
    assert third.rows("SELECT 3") == [(3,)]
    assert world.owner.rows("SELECT running, waiting FROM avila.resource_groups") == [(0, 0)]


def test_a_wait_ends(world: World) -> None:
    first = member(world, "concurrency = 1, queue = 4, queue_time = '50ms'")
    second = world.session("a")
    with ThreadPoolExecutor() as pool:
        running = pool.submit(first.error, ENDLESS)
        until(lambda: "active" in state(world, "a"))
        error = second.error("SELECT 2")
        assert error.sqlstate == "57014"
        assert "waited 50 ms for a place in resource group g_a" in error.message
        kill(world, "a")
        assert running.result().sqlstate == "57014"


def test_the_wait_counts_as_time_of_the_statement(world: World) -> None:
    first = member(world, "concurrency = 1")
    second = world.session("a")
    second("SET statement_timeout = 50")
    with ThreadPoolExecutor() as pool:
        running = pool.submit(first.error, ENDLESS)
        until(lambda: "active" in state(world, "a"))
        assert second.error("SELECT 2").hint == "It ran longer than statement_timeout, which is 50 ms."
        kill(world, "a")
        running.result()


def test_statements_of_a_role(world: World) -> None:
    first = world.role("a")
    world.owner("ALTER ROLE a SET max_statements = 1")
    second = world.session("a")
    with ThreadPoolExecutor() as pool:
        running = pool.submit(first.error, ENDLESS)
        until(lambda: "active" in state(world, "a"))
        error = second.error("SELECT 2")
        assert (error.sqlstate, error.message) == (
            "53400",
            "role a runs 1 statements, and may run 1 at a time",
        )
        kill(world, "a")
        running.result()
    assert second.rows("SELECT 2") == [(2,)]


def test_a_place_is_given_back_after_an_error(world: World) -> None:
    a = member(world, "concurrency = 1, queue = 0")
    for _ in range(3):
        assert a.fails("SELECT CAST('x' AS INTEGER)") == "22P02"
        assert a.fails("SELECT * FROM nothing") == "42P01"
    assert a.rows("SELECT 1") == [(1,)]


def test_what_avila_does_itself_needs_no_place(world: World) -> None:
    """Or else nobody could roll back, or end what is in the way."""
    first = member(world, "concurrency = 1, queue = 0")
    second = world.session("a")
    second("BEGIN")
    with ThreadPoolExecutor() as pool:
        running = pool.submit(first.error, ENDLESS)
        until(lambda: "active" in state(world, "a"))
        second("ROLLBACK", f"KILL QUERY {first.executor.number}")
        assert running.result().sqlstate == "57014"


def test_limits_hold_at_once_when_they_are_changed(world: World) -> None:
    a = member(world, "rows = 5")
    assert len(a.rows("SELECT * FROM range(5)")) == 5
    world.owner("ALTER RESOURCE GROUP g_a SET (rows = 3)")
    with pytest.raises(errors.ProgramLimitExceeded):
        a.rows("SELECT * FROM range(5)")
    world.owner("ALTER ROLE a SET RESOURCE GROUP NONE")
    assert len(a.rows("SELECT * FROM range(50)")) == 50


def test_connections_of_a_role(world: World) -> None:
    a = world.role("a", "LOGIN CONNECTION LIMIT 2")
    second = world.session("a")
    with pytest.raises(errors.TooManyConnections, match='too many connections for role "a"') as caught:
        world.session("a")
    assert caught.value.sqlstate == "53300"
    second.session.close()
    world.session("a")
    assert a.rows("SELECT 1") == [(1,)]
    world.owner("ALTER ROLE a CONNECTION LIMIT 0")
    with pytest.raises(errors.TooManyConnections):
        world.session("a")
    world.owner("ALTER ROLE a SUPERUSER")
    world.session("a")
