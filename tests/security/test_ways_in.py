"""Every way to a governed table ends at the same policies: frames, prepared statements, caches, the lake, time travel."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pyarrow as pa
import pytest

import avila
from avila import errors

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

STORES = ("native", "lake")
SEEN = [(1, "alice"), (3, "alice")]


@pytest.fixture(scope="module")
def opened(tmp_path_factory: pytest.TempPathFactory) -> Iterator[avila.Database]:
    with avila.connect(tmp_path_factory.mktemp("ways") / "db") as database:
        for name in ("alice", "bob", "nobody"):
            database.execute(f"CREATE ROLE {name}")
        for store in STORES:
            database.execute(f"""
                CREATE TABLE {store}.main.{store}_t (id INTEGER, who VARCHAR, secret VARCHAR);
                INSERT INTO {store}.main.{store}_t
                    VALUES (1, 'alice', 'a'), (2, 'bob', 'SECRET_b'), (3, 'alice', 'c'), (4, 'bob', 'SECRET_d');
                GRANT SELECT, INSERT, UPDATE, DELETE ON {store}.main.{store}_t TO alice, bob;
                CREATE POLICY own ON {store}.main.{store}_t USING (who = current_user);
                ALTER TABLE {store}.main.{store}_t ENABLE ROW LEVEL SECURITY;
            """)
        yield database


@pytest.fixture
def alice(opened: avila.Database) -> Iterator[avila.Session]:
    with opened.session(role="alice") as session:
        yield session


@pytest.fixture(params=STORES)
def table(request: pytest.FixtureRequest) -> str:
    return f"{request.param}.main.{request.param}_t"


def test_a_select(alice: avila.Session, table: str) -> None:
    assert alice.execute(f"SELECT id, who FROM {table} ORDER BY id").fetchall() == SEEN


def test_arrow_frames_and_counts(alice: avila.Session, table: str) -> None:
    assert alice.execute(f"SELECT id, who FROM {table} ORDER BY id").to_arrow().to_pylist() == [
        {"id": 1, "who": "alice"},
        {"id": 3, "who": "alice"},
    ]
    assert alice.execute(f"SELECT count(*), min(id), max(id) FROM {table}").fetchall() == [(2, 1, 3)]


def test_a_lazy_frame(alice: avila.Session) -> None:
    t = alice.table("native_t")
    assert t.count().execute() == 2
    assert sorted(t.id.execute().tolist()) == [1, 3]
    assert t.filter(t.secret.startswith("SECRET")).count().execute() == 0


def test_a_frame_beside_a_governed_table(alice: avila.Session, table: str) -> None:
    frame = pa.table({"id": [1, 2, 3, 4]})
    found = alice.sql(
        f"SELECT f.id FROM frame f JOIN {table} t USING (id) ORDER BY id", frame=frame
    ).fetchall()
    assert found == [(1,), (3,)]


def test_a_frame_cannot_stand_for_a_governed_table(alice: avila.Session) -> None:
    """A frame of the caller's own is the caller's own; its name opens nothing else."""
    native_t = pa.table({"mine": [1]})
    assert alice.sql("SELECT count(*) FROM native.main.native_t", native_t=native_t).fetchall() == [(2,)]


def test_prepared_statements_keep_nothing(opened: avila.Database, table: str) -> None:
    opened.execute(f"PREPARE mine AS SELECT count(*) FROM {table}")
    assert opened.execute("EXECUTE mine").fetchall() == [(4,)]
    with opened.session(role="alice") as alice, pytest.raises(errors.Error):
        alice.execute("EXECUTE mine")
    opened.execute("SET ROLE alice")
    try:
        assert opened.execute("EXECUTE mine").fetchall() == [(2,)]
    finally:
        opened.execute("RESET ROLE")
        opened.execute("DEALLOCATE mine")


def test_a_cached_plan_is_of_one_role(opened: avila.Database, table: str) -> None:
    sql = f"SELECT id, who FROM {table} ORDER BY id"
    for _ in range(3):
        assert len(opened.execute(sql).fetchall()) == 4
        for role, ids in (("alice", [1, 3]), ("bob", [2, 4])):
            with opened.session(role=role) as session:
                assert [row[0] for row in session.execute(sql).fetchall()] == ids
        with opened.session(role="nobody") as session, pytest.raises(errors.InsufficientPrivilege):
            session.execute(sql)


def test_a_change_holds_at_once(opened: avila.Database) -> None:
    opened.execute("CREATE TABLE changing (id INTEGER); INSERT INTO changing VALUES (1), (2)")
    sql = "SELECT count(*) FROM changing"
    with opened.session(role="alice") as alice:
        with pytest.raises(errors.InsufficientPrivilege):
            alice.execute(sql)
        opened.execute("GRANT SELECT ON changing TO alice")
        assert alice.execute(sql).fetchall() == [(2,)]
        opened.execute("ALTER TABLE changing ENABLE ROW LEVEL SECURITY")
        assert alice.execute(sql).fetchall() == [(0,)]
        opened.execute("CREATE POLICY one ON changing USING (id = 1)")
        assert alice.execute(sql).fetchall() == [(1,)]
        opened.execute("ALTER POLICY one ON changing USING (id >= 1)")
        assert alice.execute(sql).fetchall() == [(2,)]
        opened.execute("DROP POLICY one ON changing")
        assert alice.execute(sql).fetchall() == [(0,)]
        opened.execute("ALTER TABLE changing DISABLE ROW LEVEL SECURITY")
        assert alice.execute(sql).fetchall() == [(2,)]
        opened.execute("REVOKE SELECT ON changing FROM alice")
        with pytest.raises(errors.InsufficientPrivilege):
            alice.execute(sql)
    opened.execute("DROP TABLE changing")


def test_a_rollback_takes_a_policy_back(opened: avila.Database) -> None:
    with opened.session(role="alice") as alice:
        opened.execute("BEGIN; CREATE POLICY wide ON native.main.native_t USING (true)")
        assert alice.execute("SELECT count(*) FROM native_t").fetchall() == [(2,)]
        opened.execute("ROLLBACK")
        assert alice.execute("SELECT count(*) FROM native_t").fetchall() == [(2,)]


def test_time_travel_shows_no_more(opened: avila.Database, alice: avila.Session) -> None:
    versions = [
        row[0] for row in opened.execute("SELECT snapshot_id FROM ducklake_snapshots('lake')").fetchall()
    ]
    hidden = 0
    for version in versions:
        try:
            rows = alice.execute(f"SELECT * FROM lake.main.lake_t AT (VERSION => {version})").fetchall()
        except errors.Error as error:
            assert "SECRET" not in str(error)
            continue
        hidden += sum("SECRET" in repr(row) for row in rows)
    assert hidden == 0


@pytest.mark.parametrize(
    "sql",
    [
        "FROM ducklake_snapshots('lake')",
        "FROM ducklake_table_info('lake')",
        "FROM ducklake_list_files('lake', 'lake_t')",
        "FROM ducklake_table_changes('lake', 'main', 'lake_t', 0, 100)",
        "FROM ducklake_table_insertions('lake', 'main', 'lake_t', 0, 100)",
        "FROM __ducklake_metadata_lake.main.ducklake_table",
        "FROM __ducklake_metadata_lake.main.ducklake_file_column_stats",
        "CALL ducklake_expire_snapshots('lake')",
        "FROM lake.ducklake_table",
        "FROM native.avila.changes",
        "FROM avila.changes",
        "INSERT INTO native.avila.changes SELECT 1",
        "DROP TABLE native.avila.changes",
        "DELETE FROM native.avila.changes",
        "CREATE TABLE native.avila.mine (a INTEGER)",
    ],
)
def test_what_lies_under_the_tables_is_refused(alice: avila.Session, sql: str) -> None:
    with pytest.raises(errors.Error) as raised:
        alice.execute(sql).fetchall()
    assert "SECRET" not in str(raised.value)


def test_writes_touch_what_is_seen(opened: avila.Database, table: str) -> None:
    with opened.session(role="alice") as alice:
        alice.execute("BEGIN")
        assert alice.execute(f"UPDATE {table} SET secret = 'changed'").rowcount == 2
        assert alice.execute(f"DELETE FROM {table} WHERE id > 0").rowcount == 2
        with pytest.raises(errors.InsufficientPrivilege):
            alice.execute(f"INSERT INTO {table} VALUES (9, 'bob', 'planted')")
        alice.execute("ROLLBACK")
    assert opened.execute(f"SELECT count(*) FROM {table}").fetchall() == [(4,)]


def test_a_refused_write_leaves_nothing(opened: avila.Database, table: str) -> None:
    with opened.session(role="alice") as alice:
        with pytest.raises(errors.InsufficientPrivilege):
            alice.execute(f"INSERT INTO {table} VALUES (8, 'alice', 'fine'), (9, 'bob', 'planted')")
        with pytest.raises(errors.InsufficientPrivilege):
            alice.execute(f"UPDATE {table} SET who = 'bob'")
    assert opened.execute(
        f"SELECT count(*), count(*) FILTER (WHERE who = 'bob') FROM {table}"
    ).fetchall() == [(4, 2)]


def test_another_process_is_governed_too(tmp_path: Path) -> None:
    """A process that opens the directory as the owner does can name a role as well, and then is held to it."""
    import subprocess
    import sys

    script = f"""
import avila
with avila.connect({str(tmp_path / "db")!r}) as db, db.session(role="alice") as alice:
    assert not db.owner
    print(alice.execute("SELECT count(*) FROM t").fetchall())
    try:
        alice.execute("SET ROLE owner")
    except avila.Error as error:
        print(error.sqlstate)
"""
    with avila.connect(tmp_path / "db") as database:
        database.execute("CREATE ROLE alice; CREATE TABLE t (a INTEGER); INSERT INTO t VALUES (1), (2)")
        database.execute("GRANT SELECT ON t TO alice; CREATE POLICY p ON t USING (a = 1)")
        database.execute("ALTER TABLE t ENABLE ROW LEVEL SECURITY")
        done = subprocess.run(
            [sys.executable, "-c", script], capture_output=True, text=True, check=False, timeout=60
        )
    assert (done.stdout.split("\n")[:2], done.stderr) == (["[(1,)]", "42501"], "")


CAPTURES = {
    "a temporary table": "CREATE TEMP TABLE allowed AS SELECT 'bob' AS who UNION ALL SELECT 'alice'; FROM {t}",
    "a temporary view": "CREATE TEMP VIEW allowed AS SELECT 'bob' AS who UNION ALL SELECT 'alice'; FROM {t}",
    "a common table expression": "WITH allowed AS (SELECT 'bob' AS who UNION ALL SELECT 'alice') FROM {t}",
    "a temporary table under a view": "CREATE TEMP TABLE permits AS SELECT 'bob' AS who; FROM {t}",
    "a macro": "CREATE TEMP MACRO permits(who) AS true; FROM {t}",
    "a division": "SET integer_division = true; FROM {t}",
}


@pytest.mark.parametrize("capture", CAPTURES)
@pytest.mark.parametrize(
    "condition", ["EXISTS (FROM allowed a WHERE a.who = t.who)", "n / 2 = 1", "who = current_user"]
)
def test_a_session_does_not_change_what_a_policy_says(
    memory: avila.Database, condition: str, capture: str
) -> None:
    """The names and operators in a policy are those of whoever wrote it, not of the session that runs under it."""
    memory.execute(f"""
        CREATE ROLE alice;
        CREATE TABLE permits (who VARCHAR);
        INSERT INTO permits VALUES ('alice');
        CREATE VIEW allowed AS SELECT * FROM permits;
        CREATE TABLE t (n INTEGER, who VARCHAR);
        INSERT INTO t VALUES (2, 'alice'), (3, 'bob');
        GRANT SELECT ON t, allowed TO alice;
        CREATE POLICY p ON t USING ({condition});
        ALTER TABLE t ENABLE ROW LEVEL SECURITY;
    """)
    with memory.session(role="alice") as alice:
        assert alice.execute(CAPTURES[capture].format(t="t")).fetchall() == [(2, "alice")]


def test_a_frame_does_not_stand_in_for_what_a_policy_or_view_names(opened: avila.Database) -> None:
    opened.execute("CREATE TABLE named (who VARCHAR); INSERT INTO named VALUES ('alice')")
    opened.execute("CREATE VIEW naming AS SELECT * FROM named; GRANT SELECT ON naming TO alice")
    named = pa.table({"who": ["mine"]})
    with opened.session(role="alice") as alice:
        assert alice.sql("FROM naming", named=named).fetchall() == [("alice",)]
        alice.register("named", named)
        assert alice.execute("FROM naming").fetchall() == [("alice",)]
