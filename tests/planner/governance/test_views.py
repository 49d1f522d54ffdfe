"""Views: their owner's rights or those of who asks, columns of them, and views of views."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from commands.conftest import Acting, World


@pytest.fixture(scope="module")
def alice(world: World) -> Acting:
    world.owner("CREATE ROLE alice LOGIN", "CREATE ROLE carol LOGIN", "GRANT CREATE ON SCHEMA main TO carol")
    for store in ("native", "lake"):
        name = f"{store}.main.{store}_t"
        world.owner(
            f"CREATE TABLE {name} (id INTEGER, who VARCHAR, secret VARCHAR)",
            f"INSERT INTO {name} VALUES (1, 'alice', '1'), (2, 'carol', '2'), (3, 'bob', 'SECRET')",
            f"CREATE POLICY own ON {name} USING (who = current_user)",
            f"CREATE POLICY more ON {name} TO carol USING (id < 3)",
            f"ALTER TABLE {name} ENABLE ROW LEVEL SECURITY",
            f"GRANT SELECT ON {name} TO carol",
        )
    return world.session("alice")


def view(world: World, name: str, query: str, *, owner: str = "carol", options: str = "") -> None:
    """Make a view of somebody's, which alice may read."""
    world.owner(
        f"CREATE VIEW {name} {options} AS {query}", f"ALTER VIEW {name} OWNER TO {owner}",
        f"GRANT SELECT ON {name} TO alice",
    )  # fmt: skip


def test_the_owners_rights_and_policies_hold(world: World, alice: Acting, store: str) -> None:
    t = f"{store}.main.{store}_t"
    view(world, f"{store}_definer", f"SELECT id FROM {t}")
    view(world, f"{store}_definer2", f"SELECT id FROM {t}", owner="owner")
    assert alice.fails(f"SELECT id FROM {t}") == "42501"
    assert alice.rows(f"SELECT id FROM {store}_definer ORDER BY id") == [(1,), (2,)]
    assert alice.rows(f"SELECT id FROM {store}_definer2 ORDER BY id") == [(1,), (2,), (3,)]
    assert alice.rows(
        f"SELECT max(v.id) FROM {store}_definer AS v JOIN {store}_definer2 AS w ON v.id = w.id"
    ) == [(2,)]


def test_the_askers_rights_and_policies_hold(world: World, alice: Acting, store: str) -> None:
    t = f"{store}.main.{store}_t"
    view(world, f"{store}_invoker", f"SELECT id FROM {t}", options="WITH (security_invoker)")
    assert alice.fails(f"SELECT id FROM {store}_invoker") == "42501"
    world.owner(f"GRANT SELECT (id) ON {t} TO alice")
    assert alice.rows(f"SELECT id FROM {store}_invoker") == [(1,)]
    assert world.session("carol").rows(f"SELECT id FROM {store}_invoker ORDER BY id") == [(1,), (2,)]
    world.owner(f"ALTER VIEW {store}_invoker SET (security_invoker = false)")
    assert alice.rows(f"SELECT id FROM {store}_invoker ORDER BY id") == [(1,), (2,)]
    world.owner(f"REVOKE SELECT (id) ON {t} FROM alice")


def test_an_owner_who_lost_rights(world: World, alice: Acting) -> None:
    world.owner(
        "CREATE TABLE lost (id INTEGER)", "INSERT INTO lost VALUES (1)", "GRANT SELECT ON lost TO carol"
    )
    view(world, "of_lost", "SELECT id FROM lost")
    assert alice.rows("SELECT * FROM of_lost") == [(1,)]
    world.owner("REVOKE SELECT ON lost FROM carol")
    assert alice.fails("SELECT * FROM of_lost") == "42501"


def test_views_of_views(world: World, alice: Acting, store: str) -> None:
    t = f"{store}.main.{store}_t"
    view(world, f"{store}_low", f"SELECT id, who FROM {t}", options="WITH (security_invoker)")
    view(world, f"{store}_mid", f"SELECT id, upper(who) AS who FROM {store}_low")
    world.owner(f"GRANT SELECT ON {store}_low TO carol")
    assert alice.fails(f"SELECT * FROM {store}_mid") == "42501"  # the invoker is alice, as in PostgreSQL
    world.owner(f"GRANT SELECT ON {t} TO alice")
    assert alice.rows(f"SELECT * FROM {store}_mid") == [(1, "ALICE")]
    world.owner(f"REVOKE SELECT ON {t} FROM alice")


def test_columns_of_a_view(world: World, alice: Acting, store: str) -> None:
    world.owner(f"CREATE VIEW {store}_cols AS SELECT id, who, secret AS s FROM {store}.main.{store}_t")
    world.owner(f"GRANT SELECT (id, who) ON {store}_cols TO alice")
    assert alice.rows(f"SELECT id FROM {store}_cols WHERE who = 'bob'") == [(3,)]
    assert alice.rows(f"SELECT count(*) FROM {store}_cols") == [(3,)]
    for sql in (
        f"SELECT s FROM {store}_cols", f"SELECT * FROM {store}_cols", f"SELECT id FROM {store}_cols WHERE s > ''",
        f"SELECT * FROM (SELECT * FROM {store}_cols) AS q", f"SELECT q FROM {store}_cols AS q",
        f"SELECT id FROM {store}_cols ORDER BY s", f"SELECT 1 FROM (SELECT 1 AS s) AS z, LATERAL (SELECT * FROM {store}_cols) AS q",
    ):  # fmt: skip
        assert alice.fails(sql) == "42501", sql


def test_names_of_columns_and_of_tables(world: World, alice: Acting, store: str) -> None:
    t = f"{store}.main.{store}_t"
    world.owner(
        f"CREATE VIEW {store}_named (a, b) AS SELECT id, who FROM {t}",
        f"GRANT SELECT ON {store}_named TO alice",
    )
    assert alice.rows(f"SELECT a, b FROM {store}_named WHERE a = 1") == [(1, "alice")]
    assert alice.rows(f"SELECT x FROM {store}_named AS q(x, y) WHERE y = 'bob'") == [(3,)]
    shadow = f"WITH {store}_t AS (SELECT 9 AS id, 'x' AS who) SELECT max(a) FROM {store}_named"
    assert alice.rows(shadow) == [(3,)]
    alice(f"CREATE TEMP TABLE {store}_t AS SELECT 9 AS id, 'x' AS who, 'y' AS secret")
    assert alice.rows(f"SELECT max(a) FROM {store}_named") == [(3,)]
    alice(f"DROP TABLE temp.{store}_t")


def test_a_view_asks_who_reads_it(world: World, alice: Acting) -> None:
    world.owner("CREATE VIEW asked AS SELECT current_user AS u", "GRANT SELECT ON asked TO PUBLIC")
    assert alice.rows("SELECT u FROM asked") == [("alice",)]
    assert world.session("carol").rows("SELECT u FROM asked") == [("carol",)]
    assert world.owner.rows("SELECT u FROM asked") == [("owner",)]


def test_a_default_asks_who_writes(world: World, alice: Acting, store: str) -> None:
    name = f"{store}.main.{store}_written"
    world.owner(
        f"CREATE TABLE {name} (id INTEGER, writer VARCHAR DEFAULT current_user)",
        f"GRANT SELECT, INSERT, UPDATE ON {name} TO alice",
    )
    alice(f"INSERT INTO {name} (id) VALUES (1)")
    world.owner(f"INSERT INTO {name} (id) VALUES (2)", f"INSERT INTO {name} VALUES (3, DEFAULT)")
    assert world.owner.rows(f"SELECT * FROM {name} ORDER BY id") == [(1, "alice"), (2, "owner"), (3, "owner")]


def test_a_barrier_is_what_every_view_is(world: World, alice: Acting, store: str) -> None:
    view(
        world, f"{store}_barrier", f"SELECT * FROM {store}.main.{store}_t", options="WITH (security_barrier)"
    )
    assert alice.rows(f"SELECT id FROM {store}_barrier WHERE CAST(secret AS INTEGER) > 0 ORDER BY id") == [
        (1,),
        (2,),
    ]
    world.owner(f"ALTER VIEW {store}_barrier RESET (security_barrier)")
    assert alice.rows(f"SELECT id FROM {store}_barrier WHERE CAST(secret AS INTEGER) > 0 ORDER BY id") == [
        (1,),
        (2,),
    ]


def test_a_barrier_of_the_views_own_condition(world: World, alice: Acting, store: str) -> None:
    view(
        world, f"{store}_own_barrier", f"SELECT * FROM {store}.main.{store}_t WHERE who <> 'bob'", owner="owner",
        options="WITH (security_barrier)",
    )  # fmt: skip
    query = f"SELECT id FROM {store}_own_barrier WHERE CAST(secret AS INTEGER) > 0 ORDER BY id"
    assert alice.rows(query) == [(1,), (2,)]
    line = alice.executor
    assert "TABLESAMPLE" in next(line._plans(query, None, None)).sql
