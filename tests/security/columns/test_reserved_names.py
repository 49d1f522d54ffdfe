"""The functions that encrypt and decrypt are the planner's alone: no statement calls or replaces them."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from avila import errors

if TYPE_CHECKING:
    import avila

CALL = "__avila_reveal('a'::BLOB, 'x')"


@pytest.mark.parametrize(
    "sql",
    [
        f"SELECT {CALL}",
        "SELECT \"__AVILA_reveal\"('a'::BLOB, 'x')",
        f"SELECT system.main.{CALL}",
        "SELECT ('a'::BLOB).__avila_reveal('x')",
        f"SELECT * FROM range(1) WHERE {CALL} IS NULL",
        f"SELECT * FROM query('SELECT {CALL.replace(chr(39), chr(39) * 2)}')",
        f"SELECT apply(['a'], lambda x: {CALL})",
        "SELECT list_aggregate(['a'], '__avila_reveal')",
        f"CREATE VIEW v AS SELECT {CALL}",
        f"CREATE TABLE t (a INTEGER DEFAULT {CALL})",
        f"CREATE TABLE t (a INTEGER CHECK ({CALL} IS NULL))",
        f"CREATE MACRO f() AS {CALL}",
        f"CREATE MACRO f() AS TABLE SELECT {CALL}",
        f"CREATE MACRO f(a) AS 1, (a, b) AS {CALL}",
        f"PREPARE p AS SELECT {CALL}",
        f"SET VARIABLE x = {CALL}",
        f"COPY (SELECT {CALL}) TO 'x.csv'",
        "CREATE MACRO __avila_reveal(a, b) AS a",
        "CREATE TEMP MACRO __AVILA_Seal(a, b) AS a",
        "CREATE FUNCTION main.__avila_seal(a, b) AS TABLE SELECT a",
    ],
)
def test_a_statement_cannot_name_them(memory: avila.Database, sql: str) -> None:
    """A superuser's neither: a key that it may not see would decrypt for it."""
    with pytest.raises((errors.StatementNotAllowed, errors.UndefinedFunction)):
        memory.execute(sql)
