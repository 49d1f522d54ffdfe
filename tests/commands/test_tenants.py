"""Tenants: what they are made of, that they know nothing of each other, and how they go."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

import pytest

import avila
from avila.catalog.resource_groups import ResourceGroup
from avila.limits.storage import FRESH_S

if TYPE_CHECKING:
    from pathlib import Path

    from commands.conftest import Acting, World

SYSTEM_VIEWS = (
    "sessions", "usage", "roles", "memberships", "resource_groups", "grants", "policies", "masks", "tags",
)  # fmt: skip


def tenant(world: World, name: str, options: str = "") -> Acting:
    """Make a tenant, and return a session of a user of it, who is called like it with a 1."""
    world.owner(f"CREATE TENANT {name} {options}", f"CREATE ROLE {name}1 LOGIN IN ROLE {name}")
    return world.session(f"{name}1")


def test_the_parts(db_with_lake: World) -> None:
    owner = db_with_lake.owner
    owner(
        "CREATE TENANT acme WITH (memory = '1GB', statement_time = '30s', concurrency = 4, storage = '10GB')"
    )
    catalog = owner.catalog
    made = catalog.tenants.tenants["acme"]
    assert (made.role, made.catalogs, made.storage_bytes) == ("acme", ("native", "lake"), 10**10)
    assert catalog.resource_groups.groups["acme"] == ResourceGroup("acme", 10**9, 30_000, 4)
    assert (catalog.roles["acme"].login, catalog.roles["acme"].resource_group) == (False, "acme")
    assert [catalog.grants.owner(schema) for schema in made.schemas] == ["acme", "acme"]
    assert "acme" in catalog.encryption.keys
    for store in ("native", "lake"):
        owner(f"CREATE TABLE {store}.acme.t (i INTEGER)")


def test_options(world: World) -> None:
    world.owner("CREATE ROLE boss", "CREATE TENANT a WITH (owner = boss, login = true)")
    assert world.owner.catalog.roles["a"].login
    assert world.owner.catalog.roles.administers("boss", "a")
    world.owner("CREATE ROLE other", "ALTER TENANT a SET (rows = 5, storage = '1MB', owner = other)")
    assert world.owner.catalog.resource_groups.groups["a"].rows == 5
    assert world.owner.catalog.tenants.tenants["a"].storage_bytes == 10**6
    assert world.owner.catalog.roles.administers("other", "a")
    world.owner("ALTER TENANT a SET (storage = NULL)")
    assert world.owner.catalog.tenants.tenants["a"].storage_bytes == 0


@pytest.mark.parametrize(
    ("sql", "sqlstate"),
    [
        ("CREATE TENANT there", "42710"),
        ("CREATE TENANT main", "42939"),
        ("CREATE TENANT avila", "42939"),
        ("CREATE TENANT taken", "42710"),
        ("CREATE TENANT somebody", "42710"),
        ("CREATE TENANT x WITH (owner = nobody)", "42704"),
        ("CREATE TENANT x WITH (colour = 'red')", "42704"),
        ("ALTER TENANT x SET (rows = 1)", "42704"),
        ("ALTER TENANT there SET (login = true)", "42704"),
        ("DROP TENANT x", "42704"),
        ("DROP ROLE there", "2BP01"),
        ("DROP RESOURCE GROUP there", "2BP01"),
    ],
)
def test_what_is_refused_leaves_nothing(db_with_lake: World, sql: str, sqlstate: str) -> None:
    owner = db_with_lake.owner
    owner("CREATE TENANT there", "CREATE SCHEMA taken", "CREATE ROLE somebody")
    before, places = owner.catalog, owner.executor.connection.schemas()
    assert owner.fails(sql) == sqlstate
    assert owner.catalog == before
    assert owner.executor.connection.schemas() == places


def test_if_exists_and_if_not_exists(world: World) -> None:
    world.owner("CREATE TENANT a", "CREATE TENANT IF NOT EXISTS a WITH (rows = 5)", "DROP TENANT a")
    world.owner("DROP TENANT IF EXISTS a", "ALTER TENANT IF EXISTS a SET (rows = 5)")


def test_not_in_a_transaction(world: World) -> None:
    world.owner("CREATE TENANT a", "BEGIN")
    assert world.owner.fails("CREATE TENANT b") == "25001"
    assert world.owner.fails("DROP TENANT a") == "25001"
    world.owner("ROLLBACK")


def test_only_superusers_may(world: World) -> None:
    a = tenant(world, "a")
    world.owner("ALTER ROLE a1 CREATEROLE CREATEDB")
    for sql in ("CREATE TENANT b", "ALTER TENANT a SET (storage = NULL)", "DROP TENANT a CASCADE"):
        assert a.fails(sql) == "42501", sql


@pytest.mark.parametrize("store", ["native", "lake"])
def test_tenants_do_not_see_each_other(db_with_lake: World, store: str) -> None:
    a, b = tenant(db_with_lake, "a"), tenant(db_with_lake, "b")
    a(
        f"CREATE TABLE {store}.a.secret AS SELECT 42 AS answer",
        f"CREATE VIEW {store}.a.hidden AS SELECT * FROM {store}.a.secret",
    )
    assert a.rows(f"SELECT answer FROM {store}.a.secret") == [(42,)]
    for sql in (
        f"SELECT * FROM {store}.a.secret",
        f"SELECT * FROM {store}.a.hidden",
        f"INSERT INTO {store}.a.secret VALUES (1)",
        f"UPDATE {store}.a.secret SET answer = 1",
        f"DELETE FROM {store}.a.secret",
        f"DROP TABLE {store}.a.secret",
        f"CREATE TABLE {store}.a.mine (i INTEGER)",
        f"CREATE TABLE {store}.b.copied AS SELECT * FROM {store}.a.secret",
        f"DROP SCHEMA {store}.a CASCADE",
        f"GRANT SELECT ON {store}.a.secret TO b1",
        "SET ROLE a",
        "GRANT a TO b1",
    ):
        assert b.fails(sql) == "42501", sql
    for sql in (
        "SELECT table_name FROM information_schema.tables WHERE table_schema = 'a'",
        "SELECT table_name FROM duckdb_tables() WHERE schema_name = 'a'",
        "SELECT view_name FROM duckdb_views() WHERE schema_name = 'a'",
        "SELECT column_name FROM duckdb_columns() WHERE schema_name = 'a'",
        "SELECT relname FROM pg_catalog.pg_class WHERE relname IN ('secret', 'hidden')",
    ):
        assert b.rows(sql) == [], sql


@pytest.mark.parametrize("view", SYSTEM_VIEWS)
def test_avilas_own_views_show_nothing_of_another_tenant(db_with_lake: World, view: str) -> None:
    """Everything of a's has a name that nothing else has, so that it would be found in whatever column it were in."""
    world = db_with_lake
    a, b = tenant(world, "zebra"), tenant(world, "b")
    world.owner(
        "CREATE ROLE zebra2 IN ROLE zebra",
        "CREATE TAG zebra_tag",
        "CREATE MASKING POLICY mask_zebra AS (v INTEGER) RETURNS INTEGER -> 0",
    )
    a(
        "CREATE TABLE zebra.zebra_table (zebra_column INTEGER)",
        "GRANT SELECT ON zebra.zebra_table TO zebra2",
        "CREATE POLICY zebra_policy ON zebra.zebra_table USING (zebra_column > 3)",
        "ALTER TABLE zebra.zebra_table ENABLE ROW LEVEL SECURITY",
    )
    world.owner(
        "ALTER TABLE zebra.zebra_table ALTER COLUMN zebra_column SET MASKING POLICY mask_zebra",
        "ALTER TABLE zebra.zebra_table SET TAG zebra_tag = 'x'",
    )
    a("SELECT 'zebra' AS zebra")
    assert "zebra" in repr(world.owner.rows(f"SELECT * FROM avila.{view}"))
    assert "zebra" not in repr(b.rows(f"SELECT * FROM avila.{view}"))
    world.owner("GRANT pg_monitor TO b1")
    assert "zebra" in repr(b.rows(f"SELECT * FROM avila.{view}"))


def test_members_share_the_limits_of_their_tenant(world: World) -> None:
    a = tenant(world, "a", "WITH (rows = 5)")
    with pytest.raises(avila.errors.ProgramLimitExceeded, match="rows of resource group a"):
        a.rows("SELECT * FROM range(6)")


def test_storage(world: World) -> None:
    """A write that finds the tenant full is refused, and what makes room is not."""
    a = tenant(world, "a", "WITH (storage = '1MB')")
    b = tenant(world, "b")
    a("CREATE TABLE a.t AS SELECT range AS i FROM range(200_000)", "PREPARE p AS INSERT INTO a.t VALUES (?)")
    world.owner.executor.instance.storage.refresh()
    for sql in (
        "INSERT INTO a.t VALUES (1)",
        "USE a; INSERT INTO t VALUES (1)",
        "CREATE TABLE a.u AS SELECT 1 AS i",
        "UPDATE a.t SET i = 2 WHERE i = 1",
        "MERGE INTO a.t USING (SELECT 1 AS i) s ON t.i = s.i WHEN NOT MATCHED THEN INSERT VALUES (s.i)",
        "EXECUTE p(1)",
    ):
        assert a.fails(sql) == "53100", sql
    assert world.owner.fails("INSERT INTO a.t VALUES (1)") == "53100"
    b("CREATE TABLE b.t AS SELECT range AS i FROM range(200_000)")
    assert a.rows("SELECT count(*) FROM a.t") == [(200_000,)]
    a("DELETE FROM a.t WHERE i = 7", "DROP TABLE a.t")
    time.sleep(FRESH_S)  # a measurement is good for so long
    a("CREATE TABLE a.t AS SELECT 1 AS i")


def test_storage_is_measured(tmp_path: Path) -> None:
    """In the log, in the file, in the lake: about as large as it is, and to the tenant whose it is."""
    with avila.connect(tmp_path / "x") as database:
        database.execute("CREATE TENANT a")
        database.execute("CREATE TENANT b")
        rows = 100_000
        for table in ("native.a.t", 'native.a."odd ""name"""', "lake.a.t"):
            database.execute(f"CREATE TABLE {table} AS SELECT hash(range) AS h FROM range({rows})")
        database.execute("CREATE TABLE b.small AS SELECT 1 AS i")
        instance = database._lined().instance  # type: ignore[union-attr]
        for _ in range(2):
            sizes = instance.storage.refresh()
            for key in (("native", "a", "t"), ("native", "a", 'odd "name"'), ("lake", "a", "t")):
                assert 0.7 * 8 * rows < sizes[key] < 2 * 8 * rows, key
            assert sizes["native", "b", "small"] < 262_145
            database.execute("CHECKPOINT")
            instance.storage.wrote()
        sql = "SELECT role, storage_bytes > 2_000_000 FROM avila.usage WHERE storage_bytes IS NOT NULL"
        assert sorted(database.execute(sql).fetchall()) == [("a", True), ("b", False)]


def test_use_is_counted_by_role_and_tenant(world: World) -> None:
    a = tenant(world, "a")
    a("CREATE TABLE a.t AS SELECT range AS i FROM range(100_000)")
    world.owner.executor.instance.storage.refresh()
    a.rows("SELECT * FROM a.t LIMIT 40")
    sql = "SELECT tenant, role, rows_returned, statement_ms > 0, bytes_scanned FROM avila.usage WHERE role = 'a1'"
    [(name, role, rows, some_time, scanned)] = world.owner.rows(sql)
    assert (name, role, rows, some_time) == ("a", "a1", 40, True)
    assert scanned == world.owner.executor.instance.storage.sizes["native", "a", "t"]
    before = world.owner.rows("SELECT statements FROM avila.usage WHERE role = 'a1'")[0][0]
    for _ in range(7):
        a("SELECT 1")
    assert world.owner.rows("SELECT statements FROM avila.usage WHERE role = 'a1'") == [(before + 7,)]


def test_use_is_there_when_the_database_is_opened_again(tmp_path: Path) -> None:
    sql = "SELECT statements, rows_returned FROM avila.usage WHERE role = 'a1'"
    with avila.connect(tmp_path / "x") as database:
        database.execute("CREATE TENANT a")
        database.execute("CREATE ROLE a1 LOGIN IN ROLE a")
        session = database.session(role="a1")
        for _ in range(5):
            session.execute("SELECT * FROM range(10)").fetchall()
        before = database.execute(sql).fetchall()
        assert before == [(5, 50)]
        instance = database._lined().instance  # type: ignore[union-attr]
        assert instance.accounting.keep()
    with avila.connect(tmp_path / "x") as database:
        assert database.execute(sql).fetchall() == before
        database.session(role="a1").execute("SELECT * FROM range(10)").fetchall()
        assert database.execute(sql).fetchall() == [(6, 60)]


def test_drop(db_with_lake: World) -> None:
    owner = db_with_lake.owner
    a = tenant(db_with_lake, "a")
    a("CREATE TABLE a.t (i INTEGER)")
    owner("CREATE ROLE reader", "GRANT SELECT ON a.t TO reader", "GRANT CREATE ON SCHEMA native.main TO a")
    assert owner.fails("DROP TENANT a") == "2BP01"
    owner("DROP TENANT a CASCADE")
    catalog = owner.catalog
    assert "a" not in catalog.tenants
    assert "a" not in catalog.roles
    assert "a" not in catalog.resource_groups
    assert "a" not in catalog.encryption.keys
    assert not {entry for entry in catalog.grants.entries if "a" in entry.object}
    assert ("native", "a") not in owner.executor.connection.schemas()
    assert ("lake", "a") not in owner.executor.connection.schemas()
    owner("CREATE TENANT a", "DROP TENANT a")
