"""MERGE under policies, masks and column grants."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from governance.conftest import Case

VIOLATION = "42501"


def test_merge(case: Case) -> None:
    sql = """MERGE INTO @ AS t USING source AS s ON t.id = s.k
        WHEN MATCHED THEN UPDATE SET secret = s.v, n = t.n + 1
        WHEN NOT MATCHED AND s.k = 9 THEN INSERT (id, who, secret) VALUES (s.k, 'alice', s.v)
        WHEN NOT MATCHED BY SOURCE THEN DELETE"""
    if not case.returning:
        sql = sql.replace("WHEN NOT MATCHED BY SOURCE THEN DELETE", "")  # the lake knows one such action
        case.world.owner(f"DELETE FROM {case.table} WHERE id = 2")
        assert case.do(sql) == 2
    else:
        assert case.do(sql) == 3
    assert case.rows() == [(1, "alice", "one", 2), (3, "bob", "SECRET", 3), (9, "alice", "nine", 7)]


def test_merge_returning_and_do_nothing(case: Case) -> None:
    sql = "MERGE INTO @ AS t USING source AS s ON t.id = s.k AND k = 1 WHEN MATCHED THEN "
    assert case.do(sql + "DO NOTHING WHEN NOT MATCHED THEN DO NOTHING") == 0
    assert case.do(sql + "UPDATE SET n = 50 RETURNING id, secret, n") in ([(1, "a***", 50)], 1)
    assert case.do(sql + "DELETE RETURNING id") in ([(1,)], 1)
    assert case.rows("id") == [(2,), (3,)]


def test_merge_computes_nothing_of_hidden_rows(case: Case) -> None:
    sql = "MERGE INTO @ AS t USING source AS s ON t.id = s.k "
    failing = "CAST(replace(t.who, 'alice', '1') AS INTEGER)"
    assert case.do(sql + f"WHEN MATCHED AND {failing} = 1 THEN UPDATE SET n = {failing} + 70") == 1
    case.do(sql + f"WHEN NOT MATCHED BY SOURCE AND {failing} = 1 THEN DELETE")
    if case.returning:
        case.do(
            sql + f"WHEN NOT MATCHED BY SOURCE THEN DELETE WHEN MATCHED THEN UPDATE SET n = {failing} + 80"
        )
    assert case.rows("id, n") == [(1, 81 if case.returning else 71), (3, 3)]


def test_what_a_masked_condition_picks_is_checked(case: Case) -> None:
    sql = "MERGE INTO @ AS t USING source AS s ON t.id = s.k WHEN MATCHED AND t.secret = 'a***' THEN UPDATE SET "
    assert case.fails(sql + "who = 'bob'") == VIOLATION
    assert case.do(sql + "n = 60") == 1
