"""INSERT, UPDATE, DELETE, MERGE and their like under policies, masks and column grants."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from avila import errors

if TYPE_CHECKING:
    from commands.conftest import World
    from governance.conftest import Case

VIOLATION = "42501"


def test_insert(case: Case) -> None:
    assert case.do("INSERT INTO @ VALUES (4, 'alice', 'x', 1), (5, 'alice', 'y', 1)") == 2
    assert case.do("INSERT INTO @ (id, secret) VALUES (6, 'z')") == 1
    assert case.do("INSERT INTO @ (id, n) VALUES (7, DEFAULT)") == 1
    assert case.do("INSERT INTO @ SELECT k + 10, 'alice', v, k FROM source") == 3
    assert case.do("INSERT INTO @ (id) WITH w AS (SELECT 20 AS x) SELECT x FROM w") == 1
    assert case.rows("id, who, secret, n")[3:] == [
        (4, "alice", "x", 1), (5, "alice", "y", 1), (6, "alice", "z", 7), (7, "alice", None, 7),
        (11, "alice", "one", 1), (13, "alice", "three", 3), (19, "alice", "nine", 9), (20, "alice", None, 7),
    ]  # fmt: skip


@pytest.mark.parametrize(
    "sql",
    [
        "INSERT INTO @ VALUES (4, 'bob', 'x', 1)",
        "INSERT INTO @ VALUES (4, 'alice', 'x', 1), (5, 'bob', 'x', 1)",
        "INSERT INTO @ VALUES (4, NULL, 'x', 1)",
        "INSERT INTO @ SELECT k + 10, CASE WHEN k = 9 THEN 'bob' ELSE 'alice' END, v, k FROM source",
        "INSERT INTO @ (id, who) VALUES (4, 'bob') RETURNING id",
    ],
)
def test_insert_of_a_row_that_may_not_be_written(case: Case, sql: str) -> None:
    assert case.fails(sql) == VIOLATION


def test_insert_default_values(case: Case, store: str) -> None:
    if store == "native":
        case.world.owner(f"ALTER TABLE {case.table} ALTER id SET DEFAULT 40")
    assert case.do("INSERT INTO @ DEFAULT VALUES") == 1
    assert len(case.rows()) == 4


def test_insert_returning_shows_masked_values(case: Case) -> None:
    if not case.returning:
        pytest.skip("the kernel knows no RETURNING for the lake")
    assert case.do("INSERT INTO @ VALUES (4, 'alice', 'quick', 1) RETURNING *") == [(4, "alice", "q***", 1)]
    assert case.do("INSERT INTO @ VALUES (5, 'alice', 'brown', 1) RETURNING upper(secret) AS s") == [
        ("B***",)
    ]


def test_insert_by_name_is_refused(case: Case) -> None:
    assert case.fails("INSERT INTO @ BY NAME SELECT 4 AS id, 'bob' AS who") == "0A000"


def test_insert_or_replace_is_refused(case: Case, store: str) -> None:
    if store == "native":
        assert case.fails("INSERT OR REPLACE INTO @ VALUES (3, 'alice', 'x', 1)") == "0A000"


def test_on_conflict(world: World) -> None:
    world.owner(
        "CREATE TABLE kept (id INTEGER PRIMARY KEY, who VARCHAR, v VARCHAR)",
        "INSERT INTO kept VALUES (1, 'alice', 'a'), (3, 'bob', 'SECRET')",
        "GRANT SELECT, INSERT, UPDATE ON kept TO alice",
        "CREATE POLICY own ON kept USING (who = current_user)", "ALTER TABLE kept ENABLE ROW LEVEL SECURITY",
    )  # fmt: skip
    alice = world.session("alice")
    insert = "INSERT INTO kept VALUES ({}, '{}', 'new') ON CONFLICT (id) DO "
    assert alice.session.execute(insert.format(1, "alice") + "NOTHING").rowcount == 0
    assert alice.session.execute(insert.format(3, "alice") + "NOTHING").rowcount == 0
    update = insert + "UPDATE SET v = excluded.v"
    assert alice.rows(update.format(1, "alice") + " RETURNING id, v") == [(1, "new")]
    assert alice.rows(update.format(4, "alice") + " RETURNING id, v") == [(4, "new")]
    assert alice.fails(update.format(3, "alice")) == VIOLATION
    assert alice.fails(update.format(5, "bob")) == VIOLATION
    assert alice.fails(update.format(1, "alice") + ", who = 'bob'") == VIOLATION
    assert world.owner.rows("FROM kept ORDER BY 1") == [
        (1, "alice", "new"), (3, "bob", "SECRET"), (4, "alice", "new"),
    ]  # fmt: skip


def test_generated_columns(world: World) -> None:
    world.owner(
        "CREATE TABLE made (id INTEGER, low INTEGER, twice INTEGER GENERATED ALWAYS AS (low * 2) VIRTUAL)",
        "GRANT SELECT, INSERT, UPDATE ON made TO alice", "CREATE POLICY few ON made USING (twice < 10)",
        "ALTER TABLE made ENABLE ROW LEVEL SECURITY", "INSERT INTO made VALUES (0, 50)",
    )  # fmt: skip
    alice = world.session("alice")
    alice("INSERT INTO made VALUES (1, 2)", "INSERT INTO made (low) VALUES (3)")
    assert alice.rows("SELECT * FROM made ORDER BY low") == [(1, 2, 4), (None, 3, 6)]
    assert alice.fails("INSERT INTO made VALUES (1, 5)") == VIOLATION
    assert alice.fails("UPDATE made SET low = 5 WHERE id = 1") == VIOLATION
    assert alice.session.execute("UPDATE made SET low = 4").rowcount == 2


def test_update(case: Case) -> None:
    assert case.do("UPDATE @ SET n = n + 10") == 2
    assert case.do("UPDATE @ SET n = 0, secret = 'x' WHERE id = 3") == 0
    assert case.do("UPDATE @ AS q SET n = q.n + 1 WHERE q.id = 1 RETURNING *") in (
        [(1, "alice", "a***", 12)],
        1,
    )
    assert case.do("UPDATE @ SET (n, secret) = (5, 'both') WHERE id = 2") == 1
    assert case.do("UPDATE @ SET n = DEFAULT WHERE id = 1") == 1
    assert case.rows() == [(1, "alice", "a11", 7), (2, "alice", "both", 5), (3, "bob", "SECRET", 3)]


def test_update_from(case: Case) -> None:
    sql = "UPDATE @ AS t SET secret = s.v FROM source AS s WHERE s.k = t.id"
    assert case.do(sql + " RETURNING t.id, t.secret") in ([(1, "o***")], 1)
    assert case.do("UPDATE @ SET n = (SELECT max(k) FROM source) WHERE id = 2") == 1
    assert case.rows("id, secret, n") == [(1, "one", 1), (2, "a22", 9), (3, "SECRET", 3)]


@pytest.mark.parametrize(
    "sql",
    [
        "UPDATE @ SET who = 'bob'",
        "UPDATE @ SET who = 'bob' WHERE id = 1",
        "UPDATE @ SET (n, who) = (1, 'bob') WHERE id = 1",
        "UPDATE @ SET who = NULL WHERE id = 1 RETURNING id",
        "MERGE INTO @ AS t USING source ON t.id = k WHEN MATCHED THEN UPDATE SET who = 'bob'",
        "MERGE INTO @ AS t USING source ON t.id = k WHEN NOT MATCHED AND k = 9 THEN INSERT VALUES (k, 'bob', v, 1)",
    ],
)
def test_no_row_leaves_the_role(case: Case, sql: str) -> None:
    assert case.fails(sql) == VIOLATION


def test_an_update_reads_masked_values(case: Case) -> None:
    case.do("UPDATE @ SET secret = secret || '!' WHERE secret = 'a***' AND id = 1")
    assert case.rows("secret") == [("SECRET",), ("a***!",), ("a22",)]


def test_delete(case: Case) -> None:
    assert case.do("DELETE FROM @ WHERE id = 3") == 0
    assert case.do("DELETE FROM @ WHERE secret = 'a11'") == 0
    assert case.do("DELETE FROM @ AS q USING source WHERE k = q.id RETURNING q.id, secret") in (
        [(1, "a***")],
        1,
    )
    assert case.do("DELETE FROM @") == 1
    assert case.rows("id") == [(3,)]


def test_copy_from_is_refused(case: Case, tmp_path: Any) -> None:
    (tmp_path / "x.csv").write_text("4,bob,x,1\n")
    assert case.fails(f"COPY @ FROM '{tmp_path / 'x.csv'}'") == "42501"
    case.world.owner("GRANT pg_read_server_files TO alice")
    try:
        assert case.fails(f"COPY @ FROM '{tmp_path / 'x.csv'}'") == "0A000"
    finally:
        case.world.owner("REVOKE pg_read_server_files FROM alice")


def test_truncate_needs_its_own_right_and_heeds_no_policy(case: Case) -> None:
    assert case.fails("TRUNCATE @") == "42501"
    case.world.owner(f"GRANT TRUNCATE ON {case.table} TO alice")
    case.do("TRUNCATE @")
    assert case.rows() == []
    case.world.owner(f"REVOKE TRUNCATE ON {case.table} FROM alice")


def test_who_bypasses_row_security_is_still_masked(case: Case) -> None:
    assert case.do("SELECT secret FROM @", case.boss) == [("S***",), ("a***",), ("a***",)]
    assert case.do("UPDATE @ SET who = 'carol' WHERE id = 3 RETURNING secret", case.boss) in ([("S***",)], 1)
    assert case.do("DELETE FROM @ WHERE secret LIKE 'SEC%'", case.boss) == 0
    assert case.rows("id, who") == [(1, "alice"), (2, "alice"), (3, "carol")]


def test_column_grants(case: Case) -> None:
    case.world.owner(f"UPDATE {case.table} SET who = 'carol' WHERE id < 3")
    carol = case.carol
    assert case.do("UPDATE @ SET n = 70 WHERE id = 1", carol) == 1
    assert case.do("INSERT INTO @ (id, who) VALUES (8, 'carol')", carol) == 1
    assert case.do("DELETE FROM @ WHERE id = 8 RETURNING who", carol) in ([("carol",)], 1)
    for sql in (
        "UPDATE @ SET n = n + 1", "UPDATE @ SET who = 'carol'", "UPDATE @ SET n = 1 WHERE n = 2",
        "DELETE FROM @ WHERE secret > 'a'", "INSERT INTO @ VALUES (9, 'carol', 'x', 1)",
        "INSERT INTO @ (id, who, n) VALUES (9, 'carol', 1)",
        "MERGE INTO @ AS t USING source ON t.id = k AND t.secret > 'a' WHEN MATCHED THEN DELETE",
        "MERGE INTO @ AS t USING source ON t.id = k WHEN MATCHED AND t.secret > 'a' THEN DELETE",
        "MERGE INTO @ AS t USING source ON t.id = k WHEN MATCHED AND secret > 'a' THEN DELETE",
        "MERGE INTO @ AS t USING source ON t.id = k WHEN MATCHED THEN UPDATE SET n = t.n + 1",
        "MERGE INTO @ AS t USING source ON t.id = k WHEN NOT MATCHED BY SOURCE AND t.n > 1 THEN DELETE",
    ):  # fmt: skip
        assert case.fails(sql, carol) == "42501", sql


@pytest.mark.parametrize(
    "sql",
    [
        "UPDATE @ SET n = 1 RETURNING n", "UPDATE @ SET n = 1 RETURNING *", "DELETE FROM @ WHERE id = 1 RETURNING secret",
        "INSERT INTO @ (id, who) VALUES (9, 'carol') RETURNING n",
        "INSERT INTO @ (id, who) VALUES (9, 'carol') RETURNING length(secret)",
        "MERGE INTO @ AS t USING source ON t.id = k WHEN MATCHED THEN DELETE RETURNING secret",
    ],
)  # fmt: skip
def test_returning_shows_readable_columns_only(case: Case, sql: str) -> None:
    if case.returning:
        assert case.fails(sql, case.carol) == "42501"


def test_a_row_that_does_not_fit_is_the_callers_error(case: Case) -> None:
    with pytest.raises(errors.Error) as caught:
        case.do("INSERT INTO @ VALUES ('no number', 'alice', 'x', 1)")
    assert caught.value.sqlstate != VIOLATION
