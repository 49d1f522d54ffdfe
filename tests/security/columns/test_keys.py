"""Keys of columns and persons: kept wrapped, made once, and lost for ever when they are dropped."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING

import pytest
from sqlglot import exp

from avila import errors
from avila.catalog.encryption import EncryptedColumn
from avila.planner.dialect import generate
from avila.security.columns import named, subjects
from avila.security.columns.keys import ColumnKeys, Reference
from avila.security.columns.rewriting import conceal, reveal
from security.columns.conftest import ROOT, column

if TYPE_CHECKING:
    from security.columns.conftest import Kernel

PERSONAL = column(subject="who")
PLAIN = generate(reveal(exp.column("v"), PERSONAL))
SECRET = generate(conceal(exp.column("v"), PERSONAL, exp.column("who")))


def people(kernel: Kernel, rows: int = 6000, persons: int = 300) -> None:
    """Make a table of values about persons."""
    kernel.run(
        f"CREATE TABLE t AS SELECT i, who, {SECRET} AS v FROM "
        f"(SELECT i, 'p' || (i % {persons}) AS who, 'value ' || i AS v FROM range({rows}) r(i))"
    )


def made_key(kernel: Kernel) -> EncryptedColumn:
    """Make a named key, and return a column that is encrypted under it."""
    identity, wrapped = kernel.keys.named.make()
    kernel.engine.execute(f"INSERT INTO {named.TABLE} VALUES (?, ?)", [identity, wrapped])
    return EncryptedColumn("VARCHAR", "RANDOMIZED", "k", identity, "a1")


def test_each_person_has_one_key(kernel: Kernel) -> None:
    """However many values and threads there are."""
    people(kernel)
    people_again = [threading.Thread(target=kernel.keys.conceal, args=_values(n)) for n in range(4)]
    for thread in people_again:
        thread.start()
    for thread in people_again:
        thread.join()
    rows = kernel.rows(
        f"SELECT count(*), count(DISTINCT digest), count(DISTINCT person) FROM {subjects.TABLE}"
    )
    assert rows == [(400, 400, 400)]


def _values(number: int) -> tuple[list[bytes | None], list[str | None], Reference]:
    return [b"x"] * 400, [f"p{(i + number * 50) % 400}" for i in range(400)], Reference(PERSONAL.key_id, "a1")


def test_the_table_names_nobody_and_holds_no_key(kernel: Kernel) -> None:
    """Digests are keyed: who has the table cannot try names."""
    people(kernel, 1, 1)
    (row,) = kernel.rows(f"SELECT * FROM {subjects.TABLE}")
    other = ColumnKeys(bytes(32), kernel.engine)
    assert other.subjects.digest("p0") not in row
    assert kernel.keys.subjects.digest("p0") in row
    key = kernel.keys.subjects.of(PERSONAL.key_id, ["p0"])["p0"].key
    assert all(key not in value for value in row if isinstance(value, bytes))


def test_values_are_read_after_opening_again(kernel: Kernel) -> None:
    """What is kept wrapped is all that is needed, with the root."""
    how = made_key(kernel)
    blob = kernel.value(conceal(exp.Literal.string("secret"), how))
    people(kernel, 10)
    personal = [value for (value,) in kernel.rows("SELECT v FROM t ORDER BY i")]
    again = ColumnKeys(ROOT, kernel.engine)
    assert again.reveal([blob], Reference(how.key_id, "a1")) == [b"secret"]
    assert again.reveal(personal, Reference(PERSONAL.key_id, "a1")) == [
        f"value {i}".encode() for i in range(10)
    ]


def test_another_root_reads_nothing(kernel: Kernel) -> None:
    """The wrapped keys are of no use without the database's own."""
    how = made_key(kernel)
    blob = kernel.value(conceal(exp.Literal.string("secret"), how))
    with pytest.raises(errors.CorruptedDatabase):
        ColumnKeys(bytes(32), kernel.engine).reveal([blob], Reference(how.key_id, "a1"))


def test_erasing_a_person_makes_every_value_unreadable_at_once(kernel: Kernel) -> None:
    """Held copies of the values too; the other persons' stay."""
    people(kernel)
    kernel.run("CREATE TABLE copy AS FROM t")
    assert kernel.keys.subjects.erase("p7") == 1
    for table in ("t", "copy"):
        assert kernel.rows(f"SELECT count({PLAIN}), count(*) FROM {table} WHERE who = 'p7'") == [(0, 20)]
        assert kernel.rows(f"SELECT count({PLAIN}) FROM {table}") == [(5980,)]
    assert kernel.keys.subjects.erase("p7") == 0


def test_who_comes_back_is_another_person(kernel: Kernel) -> None:
    """New values are read, what was erased stays so."""
    people(kernel)
    kernel.keys.subjects.erase("p7")
    kernel.run(f"INSERT INTO t SELECT -1, 'p7', {SECRET} FROM (SELECT 'back' AS v, 'p7' AS who)")
    assert kernel.rows(f"SELECT {PLAIN} FROM t WHERE who = 'p7' AND {PLAIN} IS NOT NULL") == [("back",)]


def test_a_value_without_a_person_is_under_the_columns_key(kernel: Kernel) -> None:
    """NULL names nobody."""
    blob = kernel.value(conceal(exp.Literal.string("secret"), PERSONAL, exp.null()))
    assert kernel.keys.reveal([blob], Reference(PERSONAL.key_id, "a1")) == [b"secret"]
    assert kernel.rows(f"SELECT count(*) FROM {subjects.TABLE}") == [(0,)]


def test_a_dropped_key_reads_and_writes_nothing(kernel: Kernel) -> None:
    """Reading gives NULL, writing says why not."""
    how = made_key(kernel)
    kernel.run(f"CREATE TABLE t AS SELECT {generate(conceal(exp.Literal.string('secret'), how))} AS v")
    kernel.engine.execute(f"DELETE FROM {named.TABLE} WHERE id = ?", [how.key_id])
    kernel.keys.forget(how.key_id)
    assert kernel.rows(f"SELECT {generate(reveal(exp.column('v'), how))} FROM t") == [(None,)]
    with pytest.raises(errors.InvalidKey):
        kernel.value(conceal(exp.Literal.string("more"), how))


def test_persons_are_made_inside_an_open_transaction(kernel: Kernel) -> None:
    """A rollback leaves the key: it is nobody's secret, and the next value about the person uses it."""
    kernel.run("CREATE TABLE t (who VARCHAR, v BLOB)", "BEGIN")
    kernel.run(f"INSERT INTO t SELECT who, {SECRET} FROM (SELECT 'a' AS v, 'p1' AS who)")
    kernel.run("ROLLBACK", "BEGIN")
    kernel.run(f"INSERT INTO t SELECT who, {SECRET} FROM (SELECT 'b' AS v, 'p1' AS who)")
    assert kernel.rows(f"SELECT {PLAIN} FROM t") == [("b",)]
    kernel.run("COMMIT")
    assert kernel.rows(f"SELECT count(*) FROM {subjects.TABLE}") == [(1,)]
