"""Masks that say USING VALUE: conditions, joins and groups go by the value, and nothing else shows it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

import avila
from avila import errors

if TYPE_CHECKING:
    from collections.abc import Iterator


@pytest.fixture
def alice() -> Iterator[avila.Session]:
    with avila.connect() as db:
        db.execute("""
            CREATE ROLE alice;
            CREATE TABLE person (id INTEGER, ssn VARCHAR, city VARCHAR);
            INSERT INTO person VALUES (1, '111-11', 'Rome'), (2, '222-22', 'Oslo'), (3, '222-33', 'Oslo');
            CREATE TABLE claim (ssn VARCHAR, amount INTEGER);
            INSERT INTO claim VALUES ('222-22', 10), ('222-22', 5), ('333-33', 1);
            GRANT SELECT ON person, claim TO alice;
            CREATE MASKING POLICY hide AS (val VARCHAR) RETURNS VARCHAR -> left(val, 3) || '***' USING VALUE;
            ALTER TABLE person ALTER COLUMN ssn SET MASKING POLICY hide
        """)
        with db.session(role="alice") as session:
            yield session


@pytest.mark.parametrize(
    ("sql", "rows"),
    [
        ("SELECT id, ssn FROM person WHERE ssn = '222-22'", [(2, "222***")]),
        ("SELECT * FROM person WHERE ssn = '222-22'", [(2, "222***", "Oslo")]),
        ("SELECT p.* FROM person AS p WHERE p.ssn = '222-22'", [(2, "222***", "Oslo")]),
        ("FROM person WHERE ssn LIKE '222-3%'", [(3, "222***", "Oslo")]),
        ("SELECT ssn, count(*) FROM person GROUP BY ssn ORDER BY 1", [("111***", 1), ("222***", 1), ("222***", 1)]),
        ("SELECT p.ssn, sum(c.amount) FROM person AS p JOIN claim AS c ON p.ssn = c.ssn GROUP BY p.ssn", [("222***", 15)]),
        ("SELECT count(*) FROM person WHERE ssn = '222***'", [(0,)]),
        ("SELECT id FROM (SELECT * FROM person) AS p WHERE ssn = '222-22'", []),
        ("SELECT max(ssn) FROM person WHERE ssn < '222-30'", [("222***",)]),
    ],
)  # fmt: skip
def test_what_goes_by_the_value(alice: avila.Session, sql: str, rows: list[tuple[object, ...]]) -> None:
    assert alice.execute(sql).fetchall() == rows


@pytest.mark.parametrize(
    "sql",
    [
        "SELECT person FROM person WHERE ssn = '222-22'",
        "SELECT COLUMNS('.*') FROM person WHERE ssn = '222-22'",
        "SELECT *, (SELECT string_agg(ssn) FROM person) FROM person AS q WHERE q.ssn > '0'",
        "SELECT p.ssn FROM person AS p WHERE EXISTS (SELECT 1 FROM claim AS c WHERE c.ssn = p.ssn)",
        "SELECT x FROM (SELECT ssn AS x FROM person WHERE ssn > '0') AS q",
        "SUMMARIZE person",
        "SELECT * FROM person AS p, LATERAL (SELECT p.ssn AS out) AS l WHERE p.ssn > '0'",
        "SELECT ssn FROM person WHERE ssn > '0' ORDER BY ssn",
        "PIVOT person ON city USING max(ssn)",
    ],
)
def test_the_value_never_comes_out(alice: avila.Session, sql: str) -> None:
    try:
        shown = str(alice.execute(sql).fetchall())
    except errors.Error as error:
        shown = str(error)
    assert "222-" not in shown.replace("222-22'", "")
    assert "111-11" not in shown


def test_the_name_of_the_value_is_another_each_time(alice: avila.Session) -> None:
    plan = alice._line.instance.plans
    seen = set()
    for number in range(3):
        text = f"SELECT id FROM person WHERE ssn > '{number}'"
        alice.execute(text)
        seen |= {
            made.sql.split("avila_value_")[1][:16] for (kept, _), made in plan._plans.items() if kept == text
        }
    assert len(seen) == 3
