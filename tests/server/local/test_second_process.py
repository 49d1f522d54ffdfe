"""A second process that opens the same directory just works, whatever becomes of the first."""

from __future__ import annotations

import multiprocessing
import os
import stat
from typing import TYPE_CHECKING, Any

import pytest

import avila
from avila import errors
from surfaces.peer import Peer

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path


@pytest.fixture
def peer() -> Iterator[Callable[[], Peer]]:
    """Return what starts another process."""
    started: list[Peer] = []

    def start() -> Peer:
        started.append(Peer())
        return started[-1]

    yield start
    for process in started:
        process.stop()


@pytest.fixture
def directory(tmp_path: Path) -> Path:
    return tmp_path / "db"


def test_both_see_what_the_other_wrote(peer: Any, directory: Path) -> None:
    first = peer()
    assert first.open(directory)
    first.sql(directory, "CREATE TABLE t (a INTEGER)")
    with avila.connect(directory) as second:
        assert not second.owner
        assert second.execute("INSERT INTO t VALUES (1), (2)").rowcount == 2
        assert first.sql(directory, "SELECT sum(a) FROM t") == [(3,)]
        first.sql(directory, "UPDATE t SET a = 10 WHERE a = 1")
        assert second.execute("SELECT a FROM t ORDER BY a").fetchall() == [(2,), (10,)]


def test_several_race_to_open_a_fresh_directory(peer: Any, directory: Path) -> None:
    peers = [peer() for _ in range(3)]
    for process in peers:
        process.send("open", str(directory), {})
    assert sorted(process.result() for process in peers) == [False, False, True]
    for number, process in enumerate(peers):
        process.sql(directory, "CREATE TABLE IF NOT EXISTS t (a INTEGER)")
        process.sql(directory, "INSERT INTO t VALUES (?)", [number])
    assert peers[0].sql(directory, "SELECT count(*) FROM t") == [(3,)]


def test_a_killed_owner_is_succeeded_at_the_next_call(peer: Any, directory: Path) -> None:
    owner = peer()
    owner.open(directory)
    owner.sql(directory, "CREATE TABLE t (a INTEGER)")
    with avila.connect(directory) as database:
        for number in range(20):
            database.execute("INSERT INTO t VALUES (?)", [number])
        owner.kill()
        assert database.execute("SELECT count(*), sum(a) FROM t").fetchall() == [(20, 190)]
        assert database.owner


def test_one_of_several_clients_takes_over(peer: Any, directory: Path) -> None:
    owner, *clients = [peer() for _ in range(4)]
    owner.open(directory)
    owner.sql(directory, "CREATE TABLE t AS SELECT 7 AS a")
    assert [client.open(directory) for client in clients] == [False] * 3
    owner.kill()
    for client in clients:
        client.send("sql", str(directory), "SELECT a FROM t", None)
    assert [client.result() for client in clients] == [[(7,)]] * 3
    for client in clients:
        client.sql(directory, "INSERT INTO t VALUES (1)")
    assert clients[0].sql(directory, "SELECT count(*) FROM t") == [(4,)]


def test_an_owner_that_closes_is_succeeded(peer: Any, directory: Path) -> None:
    owner = peer()
    owner.open(directory)
    with avila.connect(directory) as database, database.session() as further:
        database.execute("CREATE TABLE t AS SELECT 1 AS a")
        further.execute("SELECT 1").fetchall()
        owner.close(directory)
        assert further.execute("SELECT a FROM t").fetchall() == [(1,)]
        assert database.execute("SELECT a FROM t").fetchall() == [(1,)]
        assert database.owner
        assert not owner.open(directory)
        assert owner.sql(directory, "SELECT a FROM t") == [(1,)]


def test_a_transaction_is_lost_with_its_owner_and_says_so(peer: Any, directory: Path) -> None:
    owner = peer()
    owner.open(directory)
    with avila.connect(directory) as database:
        database.execute("CREATE TABLE t (a INTEGER)")
        database.execute("BEGIN")
        database.execute("INSERT INTO t VALUES (1)")
        owner.kill()
        with pytest.raises(errors.ConnectionFailure, match="rolled back"):
            database.execute("INSERT INTO t VALUES (2)")
        assert not database.in_transaction
        assert database.execute("SELECT count(*) FROM t").fetchall() == [(0,)]


def test_a_statement_at_work_when_the_owner_is_killed_fails(peer: Any, directory: Path) -> None:
    owner = peer()
    owner.open(directory)
    with avila.connect(directory) as database:
        rows = database.execute("SELECT i FROM range(10_000_000) t(i)")
        rows.fetchmany(10)
        owner.kill()
        with pytest.raises(errors.ConnectionFailure):
            rows.fetchall()
        assert database.execute("SELECT 1").fetchall() == [(1,)]


@pytest.mark.parametrize("end", ["kill", "stop"])
def test_a_client_that_ends_in_a_transaction_releases_it(peer: Any, directory: Path, end: str) -> None:
    with avila.connect(directory) as database:
        database.execute("CREATE TABLE t (a INTEGER PRIMARY KEY, b INTEGER)")
        database.execute("INSERT INTO t VALUES (1, 0)")
        client = peer()
        assert not client.open(directory)
        client.sql(directory, "BEGIN")
        client.sql(directory, "UPDATE t SET b = 1")
        with pytest.raises(errors.SerializationFailure):
            database.execute("UPDATE t SET b = 2")
        getattr(client, end)()
        database.execute("CHECKPOINT")  # waits, with a bound, until nobody else writes
        assert database.execute("UPDATE t SET b = 3 RETURNING b").fetchall() == [(3,)]


def test_a_client_killed_at_a_long_statement_ends_it(peer: Any, directory: Path) -> None:
    with avila.connect(directory) as database:
        database.execute("CREATE TABLE t (a HUGEINT)")
        client = peer()
        client.open(directory)
        endless = "INSERT INTO t SELECT sum(x.i * y.i) FROM range(10_000_000) x(i), range(1_000_000) y(i)"
        client.send("sql", str(directory), endless, None)
        client.kill()
        database.execute("CHECKPOINT")  # would find the writer if it went on
        assert database.execute("SELECT count(*) FROM t").fetchall() == [(0,)]


def test_nothing_is_lost_when_several_write(peer: Any, directory: Path) -> None:
    with avila.connect(directory) as database:
        database.execute("CREATE TABLE t (a INTEGER)")
        clients = [peer() for _ in range(4)]
        for client in clients:
            client.open(directory)
        for place, client in enumerate(clients):
            client.send("insert", str(directory), place * 200, 200)
        for client in clients:
            client.result()
        assert database.execute("SELECT count(DISTINCT a), max(a) FROM t").fetchall() == [(800, 799)]


def test_the_socket_is_this_users_only(directory: Path) -> None:
    with avila.connect(directory):
        assert stat.S_IMODE((directory / "endpoint.sock").stat().st_mode) == 0o600
    assert not (directory / "endpoint.sock").exists()


def test_a_path_too_long_for_a_socket(peer: Any, tmp_path: Path) -> None:
    directory = tmp_path / ("long" * 40)
    owner = peer()
    assert owner.open(directory)
    target = (directory / "endpoint.sock").readlink()
    assert stat.S_IMODE(target.parent.stat().st_mode) == 0o700
    with avila.connect(directory) as database:
        assert not database.owner
        assert database.execute("SELECT 1").fetchall() == [(1,)]
        owner.kill()
        assert database.execute("SELECT 1").fetchall() == [(1,)]
        assert database.owner
        assert not target.parent.exists()


def test_a_second_opening_in_the_same_process_is_a_client(directory: Path) -> None:
    with avila.connect(directory) as first:
        first.execute("CREATE TABLE t AS SELECT 1 AS a")
        with avila.connect(directory) as second:
            assert (first.owner, second.owner) == (True, False)
            assert second.execute("SELECT a FROM t").fetchall() == [(1,)]


def test_a_directory_that_cannot_be_opened_is_free_again(directory: Path) -> None:
    with avila.connect(directory):
        pass
    keys = (directory / "avila.keys").read_bytes()
    (directory / "avila.keys").write_text("{}")
    with pytest.raises(errors.Error):
        avila.connect(directory)
    (directory / "avila.keys").write_bytes(keys)
    with avila.connect(directory) as database:
        assert database.owner


def test_settings_of_the_client_are_its_lines_own(peer: Any, directory: Path) -> None:
    owner = peer()
    owner.open(directory, timezone="UTC")
    with avila.connect(directory, timezone="Asia/Tokyo") as database:
        sql = "SELECT strftime(TIMESTAMPTZ '2020-01-01 00:00:00+00', '%H')"
        assert database.execute(sql).fetchall() == [("09",)]
        assert owner.sql(directory, sql) == [("00",)]


def _in_child(database: avila.Database, pipe: Any) -> None:
    try:
        pipe.send((database.execute("SELECT a FROM t").fetchall(), database.owner))
    except errors.Error as error:
        pipe.send(error)
    os._exit(0)


def fork(database: avila.Database) -> Any:
    ours, theirs = multiprocessing.get_context("fork").Pipe()
    child = multiprocessing.get_context("fork").Process(target=_in_child, args=(database, theirs))
    child.start()
    assert ours.poll(30), "the child hangs"
    child.join(30)
    return ours.recv()


@pytest.mark.filterwarnings("ignore:.*fork.*:DeprecationWarning")
def test_a_forked_child_of_the_owner_is_a_client(directory: Path) -> None:
    with avila.connect(directory) as database:
        database.execute("CREATE TABLE t AS SELECT 1 AS a")
        assert fork(database) == ([(1,)], False)
        assert database.execute("SELECT a FROM t").fetchall() == [(1,)]
        assert database.owner


@pytest.mark.filterwarnings("ignore:.*fork.*:DeprecationWarning")
def test_a_forked_child_of_a_client_has_its_own_line(peer: Any, directory: Path) -> None:
    peer().open(directory)
    with avila.connect(directory) as database:
        database.execute("CREATE TABLE t AS SELECT 1 AS a")
        with database.transaction():
            database.execute("INSERT INTO t VALUES (2)")
            assert fork(database) == ([(1,)], False)
        assert database.execute("SELECT sum(a) FROM t").fetchall() == [(3,)]


@pytest.mark.filterwarnings("ignore:.*fork.*:DeprecationWarning")
def test_a_forked_child_has_no_database_in_memory(memory: avila.Database) -> None:
    memory.execute("CREATE TABLE t AS SELECT 1 AS a")
    assert isinstance(fork(memory), errors.ConnectionDoesNotExist)
