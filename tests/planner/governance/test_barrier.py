"""The fence: whatever a statement computes, it computes of no row that a policy hides."""

from __future__ import annotations

import json
import logging
import re
from typing import TYPE_CHECKING, Any

import pytest

import avila
from avila import errors
from avila.extensions import registry
from avila.extensions.api import Extension

if TYPE_CHECKING:
    from collections.abc import Iterator

ROWS = 100_000
HIDDEN = re.compile("SECRET|77777")
"""What every value in hidden rows has, and none that may be seen."""

CONDITIONS = {
    "cast": "CAST(secret AS INTEGER) >= 0",
    "cast in CASE": "CASE WHEN CAST(secret AS INTEGER) > 5 THEN true ELSE secret IS NOT NULL END",
    "error": "CASE WHEN secret LIKE 'SECRET%' THEN error(secret) IS NULL ELSE true END",
    "function": "watch(secret) IS NOT NULL",
    "function behind AND": "id >= 0 AND length(watch(secret)) < 100",
    "function behind OR": "id < 0 OR watch(secret) <> ''",
    "regexp": "regexp_matches(watch(secret), '^[0-9]+$')",
    "regexp as pattern": "regexp_matches('a', CASE WHEN secret LIKE 'SECRET%' THEN '(' || secret ELSE '.*' END)",
    "overflow": "n * 9000000 + id >= 0",
    "LIKE of a cast": "CAST(CAST(secret AS INTEGER) AS VARCHAR) LIKE '1%' OR true AND watch(secret) IS NOT NULL",
    "lambda": "len(list_transform([secret], lambda x: CAST(x AS INTEGER))) = 1",
    "comprehension": "len([CAST(x AS INTEGER) FOR x IN [secret]]) = 1",
    "json": "json_extract(CASE WHEN secret LIKE 'SECRET%' THEN '{' || secret ELSE '{}' END, '$.a') IS NULL",
    "subquery": "(SELECT CAST(t.secret AS INTEGER)) >= 0",
    "IN": "CAST(secret AS INTEGER) IN (SELECT k FROM open_t)",
    "EXISTS": "EXISTS (SELECT 1 FROM open_t WHERE k = CAST(t.secret AS INTEGER))",
    "function IN": "watch(secret) IN (SELECT CAST(k AS VARCHAR) FROM open_t)",
}

QUERIES = {
    "WHERE": "SELECT count(*) FROM {t} AS t WHERE {condition}",
    "HAVING": "SELECT secret FROM {t} AS t GROUP BY secret, id, n HAVING {condition}",
    "ON": "SELECT count(*) FROM open_t JOIN {t} AS t ON {condition} AND k = id",
    "outer join": "SELECT count(*) FROM open_t LEFT JOIN {t} AS t ON k = id WHERE t.id IS NOT NULL AND {condition}",
    "QUALIFY": "SELECT id FROM {t} AS t QUALIFY row_number() OVER (PARTITION BY id) = 1 AND {condition}",
    "CTE": "WITH w AS (SELECT * FROM {t}) SELECT count(*) FROM w AS t WHERE {condition}",
    "MATERIALIZED": "WITH w AS MATERIALIZED (SELECT * FROM {t}) SELECT count(*) FROM w AS t WHERE {condition}",
    "subquery": "SELECT count(*) FROM (SELECT id, secret, n FROM {t} ORDER BY id) AS t WHERE {condition}",
    "set operation": "SELECT count(*) FROM (SELECT * FROM {t} UNION ALL SELECT * FROM {t}) AS t WHERE {condition}",
    "EXCEPT": "SELECT count(*) FROM (SELECT * FROM {t} EXCEPT SELECT * FROM {t} WHERE id = 1) AS t WHERE {condition}",
    "view": "SELECT count(*) FROM {view} AS t WHERE {condition}",
    "SELECT list": "SELECT sum(CASE WHEN {condition} THEN 1 ELSE 0 END) FROM {t} AS t WHERE id >= 0",
    "nested SELECT": "SELECT max(x) FROM (SELECT {condition} AS x FROM {t} AS t) AS q WHERE x",
    "window": "SELECT max(r) FROM (SELECT rank() OVER (ORDER BY {condition}) AS r FROM {t} AS t) AS q",
    "ORDER BY": "SELECT id FROM {t} AS t ORDER BY {condition}, id LIMIT 3",
    "GROUP BY": "SELECT {condition} AS x, count(*) FROM {t} AS t GROUP BY 1",
    "FILTER": "SELECT count(*) FILTER (WHERE {condition}) FROM {t} AS t",
    "sample": "SELECT count(*) FROM {t} AS t WHERE {condition} USING SAMPLE 50 PERCENT (bernoulli)",
    "scalar subquery": "SELECT (SELECT count(*) FROM {t} AS t WHERE t.id = k AND {condition}) FROM open_t",
    "lateral": "SELECT count(*) FROM open_t, LATERAL (SELECT * FROM {t} AS t WHERE t.id = k AND {condition}) AS q",
    "lateral value": "SELECT count(*) FROM {t} AS t, LATERAL (SELECT {condition} AS x) AS q WHERE x",
    "semi join": "SELECT count(*) FROM open_t SEMI JOIN {t} AS t ON k = id AND {condition}",
    "UPDATE": "UPDATE {t} AS t SET n = n WHERE {condition}",
    "UPDATE value": "UPDATE {t} AS t SET n = CASE WHEN {condition} THEN n ELSE n END",
    "DELETE": "DELETE FROM {t} AS t WHERE {condition} AND id < 0",
    "MERGE": "MERGE INTO {t} AS t USING open_t ON k = t.id AND {condition} WHEN MATCHED THEN UPDATE SET n = t.n",
}
FEW = ("cast", "function behind OR", "regexp", "overflow", "subquery")
WITHOUT_SUBQUERIES = frozenset(
    {"ORDER BY", "GROUP BY", "FILTER", "window", "SELECT list", "QUALIFY", "HAVING"}
)


class Watched:
    """A database in which a function and the log note what they see."""

    def __init__(self, database: avila.Database, seen: list[str]) -> None:
        self.seen = seen
        self.alice = database.session(role="alice")
        self.owner = database

    def run(self, sql: str, session: avila.Session | None = None) -> str:
        """Run a statement and undo it; return all that was seen of rows, in an error or elsewhere."""
        session = session or self.alice
        self.seen.clear()
        session.execute("BEGIN")
        try:
            result = session.execute(sql)
            self.seen.extend(map(str, result.fetchall() if result.schema.names else ()))
        except errors.Error as error:
            self.seen.append(f"{error} {error.hint}")
        finally:
            session.execute("ROLLBACK")
        return "\n".join(self.seen)

    def planned(self, sql: str) -> str:
        """Return what the kernel gets of alice's statement."""
        line: Any = self.alice._lined()
        return str(next(line._plans(sql, None, None)).sql)

    def explained(self, sql: str) -> dict[str, Any]:
        """Return the kernel's own plan of alice's statement."""
        line: Any = self.owner._lined()
        rows = line.connection.run(f"EXPLAIN (FORMAT JSON) {self.planned(sql)}").fetchall()
        return dict(json.loads(rows[0][1])[0])


class _Lines(logging.Handler):
    def __init__(self, lines: list[str]) -> None:
        super().__init__()
        self.lines = lines

    def emit(self, record: logging.LogRecord) -> None:
        self.lines.append(record.getMessage())


@pytest.fixture(scope="module")
def watched(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Watched]:
    seen: list[str] = []
    extension = Extension("watcher", "A function that looks at its argument")

    @extension.scalar("watch(value VARCHAR) -> VARCHAR", volatile=True)
    def watch(value: Any) -> Any:
        """Return the value, having noted what must not be seen."""
        seen.extend(item for item in value.to_pylist() if item is not None and HIDDEN.search(item))
        return value

    found = {**registry.discover(), "watcher": extension}
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(registry, "discover", lambda: found)
        database = avila.connect(tmp_path_factory.mktemp("barrier") / "db")
    lines = _Lines(seen)
    logging.getLogger().addHandler(lines)
    with database:
        database.execute("""
            CREATE ROLE alice;
            GRANT USAGE ON EXTENSION watcher TO alice;
            CREATE TABLE open_t AS SELECT CAST(range AS INTEGER) AS k FROM range(100);
            GRANT SELECT ON open_t TO alice;
        """)
        for store in ("native", "lake"):
            database.execute(f"""
                CREATE TABLE {store}.main.{store}_t (id INTEGER, who VARCHAR, secret VARCHAR, n BIGINT);
                INSERT INTO {store}.main.{store}_t
                    SELECT i, CASE WHEN i % 10 = 0 THEN 'alice' ELSE 'bob' END,
                        CASE WHEN i % 10 = 0 THEN CAST(i AS VARCHAR) ELSE 'SECRET' || i END,
                        CASE WHEN i % 10 = 0 THEN 1 ELSE 7777700000000 + i END
                    FROM range({ROWS}) AS r(i);
                CREATE VIEW {store}_inner WITH (security_invoker) AS SELECT * FROM {store}.main.{store}_t;
                CREATE VIEW {store}_t_outer WITH (security_invoker) AS SELECT * FROM {store}_inner WHERE id >= 0;
                GRANT SELECT, INSERT, UPDATE, DELETE ON {store}.main.{store}_t TO alice;
                GRANT SELECT ON {store}_inner, {store}_t_outer TO alice;
                CREATE POLICY own ON {store}.main.{store}_t USING (who = current_user);
                ALTER TABLE {store}.main.{store}_t ENABLE ROW LEVEL SECURITY;
            """)
        yield Watched(database, seen)
    logging.getLogger().removeHandler(lines)


@pytest.mark.parametrize("condition", CONDITIONS)
def test_without_policies_every_condition_would_tell(watched: Watched, store: str, condition: str) -> None:
    sql = QUERIES["WHERE"].format(t=f"{store}.main.{store}_t", condition=CONDITIONS[condition])
    assert HIDDEN.search(watched.run(sql, watched.owner))


@pytest.mark.parametrize(
    ("query", "condition"),
    [
        (query, condition)
        for query in QUERIES
        for condition in (CONDITIONS if query == "WHERE" else FEW)
        # The kernel knows no correlated subquery in some places.
        if query not in WITHOUT_SUBQUERIES or "SELECT" not in CONDITIONS[condition]
    ],
)
def test_nothing_is_computed_of_a_hidden_row(
    watched: Watched, store: str, query: str, condition: str
) -> None:
    sql = QUERIES[query].format(
        t=f"{store}.main.{store}_t", view=f"{store}_t_outer", condition=CONDITIONS[condition]
    )
    seen = watched.run(sql)
    assert not HIDDEN.search(seen)
    assert "LINE 1" not in seen, "the statement is wrong, and shows nothing"


FENCED = [
    "SELECT id FROM {t} WHERE length(watch(secret)) <> 4242",
    "SELECT id FROM (SELECT * FROM {t}) AS q WHERE CAST(secret AS INTEGER) <> 4242",
    "WITH w AS (SELECT * FROM {t}) SELECT id FROM w WHERE CAST(secret AS INTEGER) <> 4242 AND id > 42420",
    "SELECT k FROM open_t JOIN {t} ON id = k AND CAST(secret AS INTEGER) <> 4242",
    "SELECT k FROM open_t WHERE k IN (SELECT id FROM {t} WHERE CAST(secret AS INTEGER) <> 4242)",
    "SELECT id FROM {t} WHERE who = 'bob4242' AND CAST(secret AS INTEGER) > 1",
    "SELECT secret, count(*) FROM {t} GROUP BY secret HAVING CAST(secret AS INTEGER) <> 4242",
    "SELECT id FROM native_t_outer WHERE CAST(secret AS INTEGER) <> 4242",
    "SELECT id FROM {t} WHERE CAST(secret AS INTEGER) <> 4242 UNION ALL SELECT id FROM {t} WHERE n <> 42420",
]


@pytest.mark.parametrize("sql", FENCED)
def test_the_kernel_moves_no_condition_below_the_fence(watched: Watched, store: str, sql: str) -> None:
    sql = sql.format(t=f"{store}.main.{store}_t")
    plan = watched.explained(sql)
    assert "4242" in json.dumps(plan), "the condition is in the plan"
    fences = list(_nodes(plan, "SAMPLE"))
    assert fences
    assert len(fences) == watched.planned(sql).count("TABLESAMPLE")
    for fence in fences:
        below = json.dumps(fence["children"])
        assert "alice" in below, "the policy is below its fence"
        assert "4242" not in below


def _nodes(plan: dict[str, Any], name: str) -> Iterator[dict[str, Any]]:
    if name in plan["name"]:
        yield plan
    for child in plan["children"]:
        yield from _nodes(child, name)


LEAKPROOF = [
    "SELECT id, CAST(secret AS INTEGER) FROM {t} WHERE id = 10",
    "SELECT sum(n), max(secret) FROM {t} WHERE id BETWEEN 10 AND 100 AND secret LIKE '1%'",
    "SELECT k, secret FROM open_t JOIN {t} ON k = id WHERE k < 50",
    "SELECT who, count(*) FROM {t} GROUP BY who ORDER BY 2",
    "SELECT id FROM {t} WHERE secret IN ('10', '20') OR n IS NULL",
]


@pytest.mark.parametrize("sql", LEAKPROOF)
def test_what_cannot_tell_has_no_fence(watched: Watched, store: str, sql: str) -> None:
    sql = sql.format(t=f"{store}.main.{store}_t")
    assert "TABLESAMPLE" not in watched.planned(sql)
    plan = watched.explained(sql)
    assert not list(_nodes(plan, "SAMPLE"))
    assert not HIDDEN.search(watched.run(sql))


def test_without_a_fence_conditions_reach_the_scan(watched: Watched, store: str) -> None:
    """Zone maps and indexes then work as for a table without policies."""
    plan = watched.explained(f"SELECT secret FROM {store}.main.{store}_t WHERE id = 4242")
    scans = [node for node in _nodes(plan, "") if not node["children"]]
    assert any("4242" in json.dumps(scan["extra_info"]) for scan in scans)
