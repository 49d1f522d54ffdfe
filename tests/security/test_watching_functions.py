"""A user's function, which may write down what it is called with, meets no hidden row, whatever the policy costs.

The kernel orders conditions by what it thinks they cost: a cheap policy would go before the function by itself.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from security.expressions import Call, Column, CurrentUser
from security.on_avila import Governed
from security.world import Grant, Policy, Role, Table, World

if TYPE_CHECKING:
    from security.expressions import Expression

WHO, ID = Column("v", "who"), Column("v", "id")
LONG = Call("upper", (Call("upper", (Call("||", (WHO, WHO)),)),))
POLICIES: dict[str, Expression] = {
    "cheap": Call("=", (WHO, CurrentUser())),
    "costly": Call("=", (Call("length", (WHO,)), ID)),
    "costlier": Call("and", (Call("<", (Call("length", (LONG,)), ID)), Call("=", (ID, ID)))),
}
STATEMENTS = (
    "SELECT id FROM v WHERE watch(note) = 'x'",
    "SELECT count(*) FROM v, (SELECT 1 AS id) s WHERE watch(note) = 'x'",
    "SELECT count(*) FROM (SELECT 1 AS id) s LEFT JOIN v ON watch(note) = 'x'",
    "SELECT count(*) FROM v FULL JOIN (SELECT 1 AS id) s ON watch(note) = 'x' AND v.id = s.id",
    "SELECT (SELECT max(id) FROM v WHERE watch(v.note) = s.x) FROM (SELECT 'x' AS x) s",
    "SELECT count(*) FILTER (WHERE watch(note) = 'x') FROM v GROUP BY watch(who)",
    "UPDATE v SET who = 'alice' WHERE watch(note) = 'x'",
    "UPDATE v SET who = watch(note)",
    "UPDATE v SET who = s.w FROM (SELECT 'x' AS w) s WHERE watch(note) = s.w",
    "DELETE FROM v WHERE watch(note) = 'x' RETURNING watch(note)",
    "DELETE FROM v USING (SELECT 'x' AS w) s WHERE watch(note) = s.w",
    "MERGE INTO v USING (SELECT 1 AS id) s ON watch(note) = 'x' WHEN MATCHED THEN DELETE",
    "MERGE INTO v USING (SELECT 1 AS id) s ON watch(v.note) = 'x' WHEN MATCHED THEN UPDATE SET who = 'alice'",
    "MERGE INTO v USING (SELECT 1 AS id) s ON v.id = s.id WHEN MATCHED AND watch(note) = 'x' THEN DELETE",
    "MERGE INTO v USING (SELECT 1 AS id) s ON v.id = s.id WHEN MATCHED THEN UPDATE SET who = watch(note)",
    "MERGE INTO v USING (SELECT 1 AS id) s ON watch(note) = 'x' WHEN NOT MATCHED BY SOURCE THEN DELETE",
    "INSERT INTO v SELECT id, who, watch(note) FROM v",
)


@pytest.mark.parametrize("policy", POLICIES)
@pytest.mark.parametrize("crowd", [[], [1, 2]], ids=["few", "many"])
def test_a_function_meets_no_hidden_row(
    monkeypatch: pytest.MonkeyPatch, policy: str, crowd: list[int]
) -> None:
    table = Table("v", {"id": "int", "who": "text", "note": "text"}, secured=True, crowd=crowd)
    table.rows = [{"id": n, "who": "carol", "note": f"SECRET {n}"} for n in (1, 2)]
    table.rows.append(
        {"id": 5, "who": "alice", "note": "plain"}
        if policy != "costlier"
        else {"id": 99, "who": "a", "note": "plain"}
    )
    table.policies = [Policy("p", "ALL", POLICIES[policy])]
    world = World(roles={"alice": Role("alice")}, tables={"v": table}, grants=[Grant("ALL", "v", "alice")])
    with Governed(world, monkeypatch) as governed:
        seen = {sql: governed.attempt("alice", None, sql, keep=False) for sql in STATEMENTS}
    assert [sql for sql, found in seen.items() if "SECRET" in found.text + found.watched] == []
    assert "plain" in seen[STATEMENTS[0]].watched, "the function is called at all"
