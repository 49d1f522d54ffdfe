"""Which policies hold for whom, and policies that read tables which have policies themselves."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from commands.conftest import World


@pytest.fixture(scope="module", autouse=True)
def roles(world: World) -> None:
    world.owner("CREATE ROLE alice LOGIN", "CREATE ROLE bob LOGIN", "CREATE ROLE team", "GRANT team TO alice")
    world.owner("GRANT CREATE ON SCHEMA main TO alice", "GRANT CREATE ON SCHEMA lake.main TO alice")


def secured(world: World, name: str, *policies: str) -> None:
    """Make a table of ten rows with policies, which alice and bob have every right on."""
    world.owner(
        f"CREATE TABLE {name} (id INTEGER, who VARCHAR)",
        f"INSERT INTO {name} SELECT i, CASE WHEN i < 5 THEN 'alice' ELSE 'bob' END FROM range(10) AS r(i)",
        f"GRANT SELECT, INSERT, UPDATE, DELETE ON {name} TO alice, bob",
        f"ALTER TABLE {name} ENABLE ROW LEVEL SECURITY",
        *(f"CREATE POLICY p{place} ON {name} {text}" for place, text in enumerate(policies)),
    )


def test_without_a_permissive_policy_nothing_passes(world: World, store: str) -> None:
    name = f"{store}.main.{store}_none"
    secured(world, name, "AS RESTRICTIVE USING (true)")
    alice = world.session("alice")
    assert alice.rows(f"SELECT * FROM {name}") == []
    assert alice.fails(f"INSERT INTO {name} VALUES (1, 'alice')") == "42501"
    assert alice.session.execute(f"UPDATE {name} SET id = 1").rowcount == 0


def test_permissive_or_restrictive_and(world: World, store: str) -> None:
    name = f"{store}.main.{store}_both"
    secured(
        world, name, "USING (id < 2)", "TO team USING (id IN (4, 6, 8))", "TO bob USING (id = 9)",
        "AS RESTRICTIVE USING (id % 2 = 0)", "AS RESTRICTIVE TO bob USING (id < 2)",
    )  # fmt: skip
    query = f"SELECT id FROM {name} ORDER BY id"
    assert world.session("alice").rows(query) == [(0,), (4,), (6,), (8,)]
    assert world.session("bob").rows(query) == [(0,)]
    assert len(world.owner.rows(query)) == 10


def test_commands_have_policies_of_their_own(world: World, store: str) -> None:
    name = f"{store}.main.{store}_each"
    secured(
        world, name, "FOR SELECT USING (id < 6)", "FOR UPDATE USING (id < 4) WITH CHECK (id < 100)",
        "FOR DELETE USING (id < 2)", "FOR INSERT WITH CHECK (id = 50)",
    )  # fmt: skip
    alice = world.session("alice")
    assert alice.session.execute(f"UPDATE {name} SET who = 'x'").rowcount == 4
    assert alice.session.execute(f"DELETE FROM {name}").rowcount == 2
    assert alice.fails(f"UPDATE {name} SET id = 200") == "42501"
    assert alice.fails(f"UPDATE {name} SET id = 7 WHERE id = 3") == "42501"  # it would be lost from sight
    assert alice.session.execute(f"INSERT INTO {name} VALUES (50, 'x')").rowcount == 1
    assert alice.fails(f"INSERT INTO {name} VALUES (51, 'x')") == "42501"
    assert alice.rows(f"SELECT id FROM {name} ORDER BY id") == [(2,), (3,), (4,), (5,)]


def test_owners_and_force(world: World, store: str) -> None:
    name = f"{store}.main.{store}_owned"
    secured(world, name, "USING (who = 'alice')")
    world.owner(f"ALTER TABLE {name} OWNER TO alice")
    alice = world.session("alice")
    count = f"SELECT count(*) FROM {name}"
    assert alice.rows(count) == [(10,)]
    alice(f"ALTER TABLE {name} FORCE ROW LEVEL SECURITY")
    assert alice.rows(count) == [(5,)]
    assert world.owner.rows(count) == [(10,)], "a superuser is above policies"
    alice(f"ALTER TABLE {name} NO FORCE ROW LEVEL SECURITY", f"ALTER TABLE {name} DISABLE ROW LEVEL SECURITY")
    assert world.session("bob").rows(count) == [(10,)]


def test_a_policy_reads_with_the_rights_of_who_asks(world: World, store: str) -> None:
    inner, outer = f"{store}.main.{store}_list", f"{store}.main.{store}_by_list"
    secured(world, inner, "USING (who = current_user)")
    secured(world, outer, f"USING (id IN (SELECT id FROM {inner}))")
    query = f"SELECT id FROM {outer} ORDER BY id"
    assert world.session("alice").rows(query) == [(0,), (1,), (2,), (3,), (4,)]
    assert world.session("bob").rows(query) == [(5,), (6,), (7,), (8,), (9,)]
    alice = world.session("alice")
    assert alice.fails(f"INSERT INTO {outer} VALUES (7, 'x')") == "42501"
    assert alice.session.execute(f"UPDATE {outer} SET who = 'x' WHERE id > 3").rowcount == 1
    world.owner(f"REVOKE SELECT ON {inner} FROM alice")
    assert alice.fails(query) == "42501"


def test_a_name_of_the_statement_does_not_capture_one_of_the_policy(world: World, store: str) -> None:
    inner, outer = f"{store}.main.{store}_allowed", f"{store}.main.{store}_captured"
    secured(world, inner, "USING (who = current_user)")
    if store == "native":
        secured(
            world,
            outer,
            f"USING (EXISTS (SELECT 1 FROM {store}_allowed AS a WHERE a.id = {store}_captured.id))",
        )
    else:
        secured(world, outer, f"USING (EXISTS (SELECT 1 FROM {inner} AS a WHERE a.id = {store}_captured.id))")
    alice = world.session("alice")
    for sql in (
        f"WITH {store}_allowed AS (SELECT range AS id FROM range(10)) SELECT count(*) FROM {outer}",
        f"SELECT count(*) FROM (SELECT * FROM {outer}) AS a",
        f"SELECT count(*) FROM {outer} AS a",
        f"SELECT count(*) FROM (SELECT 1 AS x) AS q, LATERAL (SELECT * FROM {outer} AS {store}_allowed) AS z",
    ):
        assert alice.rows(sql) == [(5,)], sql
    alice("CREATE TEMP TABLE native_allowed AS SELECT range AS id FROM range(10)")
    assert alice.rows(f"SELECT count(*) FROM {outer}") == [(5,)], (
        "a table of one's own captures nothing either"
    )


def test_policies_that_lead_back_are_refused(world: World, store: str) -> None:
    first, second = f"{store}.main.{store}_first", f"{store}.main.{store}_second"
    secured(world, first)
    secured(world, second, f"USING (id IN (SELECT id FROM {first}))")
    world.owner(f"CREATE POLICY back ON {first} USING (id IN (SELECT id FROM {second}))")
    alice = world.session("alice")
    for sql in (f"SELECT * FROM {first}", f"SELECT * FROM {second}", f"DELETE FROM {second} WHERE id = 1",
                f"INSERT INTO {first} VALUES (1, 'x')"):  # fmt: skip
        assert alice.fails(sql) == "42P17", sql
    assert len(world.owner.rows(f"SELECT * FROM {first}")) == 10


def test_policies_by_tag(world: World, store: str) -> None:
    name = f"{store}.main.{store}_tagged"
    world.owner(
        f"CREATE TAG of_persons_{store}",
        f"CREATE TABLE {name} (id INTEGER, who VARCHAR)",
        f"INSERT INTO {name} VALUES (1, 'alice'), (2, 'bob')",
        f"GRANT SELECT, INSERT, UPDATE ON {name} TO alice",
        f"CREATE POLICY own ON TAG of_persons_{store} USING (who = current_user)",
    )
    alice = world.session("alice")
    assert len(alice.rows(f"SELECT * FROM {name}")) == 2
    world.owner(f"ALTER TABLE {name} SET TAG of_persons_{store} = 'yes'")
    assert alice.rows(f"SELECT * FROM {name}") == [(1, "alice")]
    assert alice.fails(f"INSERT INTO {name} VALUES (3, 'bob')") == "42501"
    assert alice.session.execute(f"UPDATE {name} SET id = 9").rowcount == 1
    world.owner(f"ALTER TABLE {name} UNSET TAG of_persons_{store}")
    assert len(alice.rows(f"SELECT * FROM {name}")) == 2


def test_policies_by_settings_of_the_session(world: World, store: str) -> None:
    name = f"{store}.main.{store}_setting"
    secured(world, name, "USING (id = CAST(current_setting('app.id', true) AS INTEGER))")
    alice = world.session("alice")
    assert alice.rows(f"SELECT id FROM {name}") == []
    for number in (3, 4, 3):
        alice(f"SET app.id = '{number}'")
        assert alice.rows(f"SELECT id FROM {name}") == [(number,)]
