"""MERGE and UPDATE compare and compute behind the fence, however dear the policy is to the kernel."""

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
            CREATE TABLE note (id INTEGER, who VARCHAR, text VARCHAR);
            INSERT INTO note VALUES (1, 'carol', 'SECRET'), (2, 'al', '5');
            INSERT INTO note SELECT 3, 'dora', 'SECRET' || i FROM range(3000) AS r(i);
            GRANT SELECT, INSERT, UPDATE, DELETE ON note TO alice;
            -- The kernel thinks this dearer than a cast, and would rather have the cast first.
            CREATE POLICY short ON note USING (length(who) = id);
            ALTER TABLE note ENABLE ROW LEVEL SECURITY
        """)
        with db.session(role="alice") as session:
            yield session


@pytest.mark.parametrize(
    "sql",
    [
        "MERGE INTO note USING (SELECT 1 AS k) AS s ON note.text::INTEGER = 7 WHEN MATCHED THEN DELETE",
        "MERGE INTO note USING (SELECT 2 AS k) AS s ON note.id = s.k WHEN MATCHED AND text::INTEGER = 7 THEN DELETE",
        "MERGE INTO note USING (SELECT 2 AS k) AS s ON note.id = s.k WHEN MATCHED THEN UPDATE SET id = text::INTEGER - 3",
        "UPDATE note SET id = text::INTEGER - 3",
        "DELETE FROM note WHERE text::INTEGER = 9",
    ],
)
def test_a_failing_cast_meets_no_hidden_row(alice: avila.Session, sql: str) -> None:
    alice.execute(sql)
    assert alice.execute("SELECT text FROM note").fetchall() == [("5",)]


def test_what_a_merge_says_is_of_rows_that_are_seen(alice: avila.Session) -> None:
    with pytest.raises(errors.Error) as raised:
        alice.execute("MERGE INTO note USING (SELECT 1) AS s ON error(text) IS NULL WHEN MATCHED THEN DELETE")
    assert raised.value.message == "5"
