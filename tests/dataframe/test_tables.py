"""Where DataFrames come from and go to: names, memory, writing, the past, functions, errors."""

from __future__ import annotations

import subprocess
import sys
from datetime import UTC, datetime

import ibis
import pandas as pd
import polars as pl
import pyarrow as pa
import pytest
from ibis import _

import avila
from avila import errors
from avila.dataframe.names import split


def test_ibis_is_imported_when_first_used():
    code = (
        "import sys, avila; db = avila.connect(); db.execute('CREATE TABLE t AS SELECT 1 AS a');"
        "assert 'ibis' not in sys.modules; db.table('t'); assert 'ibis' in sys.modules"
    )
    subprocess.run([sys.executable, "-c", code], check=True)


def test_nothing_runs_until_rows_are_asked_for(memory, history):
    memory.execute("CREATE TABLE t AS SELECT range AS a FROM range(10)")
    t = memory.table("t")
    before = len(history())
    late = t.filter(_.a > 5).mutate(b=_.a * 2).group_by("b").agg(n=_.count()).order_by("b")
    assert len(history()) == before
    assert late.to_arrow().num_rows == 4
    (ran,) = history()[before:]
    assert "GROUP BY" in ran


def test_the_statement_is_one_of_the_sessions_own(memory):
    memory.execute("CREATE TABLE t (a INTEGER)")
    with memory.transaction():
        memory.execute("INSERT INTO t VALUES (1)")
        assert memory.table("t").count().execute() == 1
        with memory.session() as other:
            assert other.table("t").count().execute() == 0


@pytest.mark.parametrize(
    ("name", "parts"),
    [
        ("t", ("t",)),
        ("lake.t", ("lake", "t")),
        ("lake.main.t", ("lake", "main", "t")),
        (' "a.b" . "c ""d""" ', ("a.b", 'c "d"')),
        ("two words", ("two words",)),
        ("größe", ("größe",)),
    ],
)
def test_names(name, parts):
    assert split(name) == parts


@pytest.mark.parametrize("name", ["", ".", "a.", ".a", "a..b", "a.b.c.d", '"a', '"a"b', 'a"b', '""'])
def test_no_names(name):
    with pytest.raises(errors.SyntaxError, match="not the name"):
        split(name)


def test_tables_by_every_name(memory):
    memory.execute('CREATE SCHEMA s; CREATE TABLE s."The Table; --" AS SELECT 1 AS "Odd ""Column"""')
    for name in ('s."The Table; --"', 'native.s."the table; --"', "s.The Table; --"):
        assert memory.table(name).to_arrow().to_pydict() == {'Odd "Column"': [1]}


def test_views_and_registered_frames(memory):
    memory.execute("CREATE VIEW v AS SELECT 1 AS a")
    memory.register("r", pa.table({"a": [2]}))
    assert memory.table("v").union(memory.table("r").cast({"a": "int32"})).a.sum().execute() == 3


def test_queries_as_dataframes(memory):
    q = memory.ibis.sql("SELECT range AS a FROM range(5) -- the end")
    assert q.filter(_.a > 2).to_arrow().to_pydict() == {"a": [3, 4]}


def test_a_query_in_avilas_own_sql(memory):
    q = memory.ibis.sql("FROM range(3) AS t (a) SELECT a, [x + 1 FOR x IN [a]] AS l")
    assert q.l.to_arrow().to_pylist() == [[1], [2], [3]]


@pytest.mark.parametrize(
    "frame",
    [
        {"a": [1, 2], "w": [1.5, 2.5]},
        pd.DataFrame({"a": [1, 2], "w": [1.5, 2.5]}),
        pl.DataFrame({"a": [1, 2], "w": [1.5, 2.5]}),
        pa.table({"a": [1, 2], "w": [1.5, 2.5]}),
    ],
    ids=["dict", "pandas", "polars", "arrow"],
)
def test_joins_with_memory(memory, frame):
    memory.execute("CREATE TABLE t AS SELECT range AS a FROM range(3)")
    joined = memory.table("t").join(ibis.memtable(frame), "a").order_by("a")
    for _again in range(2):
        assert joined.to_arrow().to_pydict() == {"a": [1, 2], "w": [1.5, 2.5]}


def test_memory_tables_leave_nothing_behind(memory):
    memory.execute("CREATE TABLE t AS SELECT 1 AS a")
    memory.table("t").join(ibis.memtable({"a": [1]}), "a").to_arrow()
    assert memory.ibis.list_tables() == ["t"]


def test_create_insert_drop(memory):
    b = memory.ibis
    t = b.create_table("t", {"a": [1, 2], "s": ["x", None]})
    assert t.count().execute() == 2
    b.insert("t", {"a": [3], "s": ["y"]})
    b.insert("t", t.filter(_.a == 1).mutate(a=_.a + 9))
    assert sorted(t.a.to_arrow().to_pylist()) == [1, 2, 3, 10]
    columns = {"n": "int16", "d": "decimal(5, 2)", "l": "array<string>"}
    b.create_table("t", schema=columns, overwrite=True)
    assert memory.table("t").schema() == ibis.schema(columns)
    b.create_view("v", b.table("t"))
    assert b.list_tables() == ["t", "v"]
    b.drop_view("v")
    b.drop_table("t")
    b.drop_table("t", force=True)
    with pytest.raises(errors.UndefinedTable):
        memory.table("t")
    with pytest.raises(errors.InterfaceError, match="nothing says"):
        b.create_table("t")


def test_schemas_and_temporary_tables(memory):
    b = memory.ibis
    b.create_database("s")
    b.create_table("t", {"a": [1]}, database="s")
    b.create_table("tmp", {"a": [1]}, temp=True)
    assert b.list_tables(database="s") == ["t", "tmp"]
    assert "s" in b.list_databases()
    assert "native" in b.list_catalogs()
    assert (b.current_catalog, b.current_database) == ("native", "main")
    b.drop_table("t", database="s")
    b.drop_database("s")
    with memory.session() as other:
        assert other.ibis.list_tables() == []


def test_cache(memory):
    memory.execute("CREATE TABLE t AS SELECT 1 AS a")
    cached = memory.table("t").mutate(b=_.a + 1).cache()
    memory.execute("INSERT INTO t VALUES (5)")
    assert cached.to_arrow().to_pydict() == {"a": [1], "b": [2]}
    cached.release()
    assert memory.table("t").count().execute() == 2
    assert memory.ibis.list_tables() == ["t"]


def test_the_lake_and_its_past(db):
    db.execute("CREATE TABLE lake.event AS SELECT 1 AS n")
    version = db.execute("SELECT max(snapshot_id) FROM lake.snapshots()").fetchone()[0]
    moment = datetime.now(UTC)
    db.execute("INSERT INTO lake.event VALUES (2)")
    assert db.table("lake.event").n.sum().execute() == 3
    assert db.table("lake.main.event", version=version).n.sum().execute() == 1
    assert db.table("lake.event", timestamp=moment).n.sum().execute() == 1
    assert db.table("lake.event", timestamp=str(moment)).filter(_.n > 0).count().execute() == 1
    assert db.table("lake.event").anti_join(db.table("lake.event", version=version), "n").n.execute()[0] == 2
    with pytest.raises(errors.InterfaceError, match="both"):
        db.table("lake.event", version=1, timestamp=moment)


class TestFunctions:
    """``db.functions``."""

    def test_defaults_are_filled_in(self, memory):
        memory.execute("CREATE TABLE s AS SELECT [0.0, 1.0, 0.0, -1.0] AS flux")
        s, f = memory.table("s"), memory.functions
        expected = memory.execute("SELECT fft(flux), fft(flux, 4.0) FROM s").fetchone()
        for last in (f.fft(s.flux, 4.0), f.fft(s.flux, sample_rate=4.0), f.fft(_.flux, 4)):
            row = s.select(a=f.fft(s.flux), b=last).to_arrow().to_pylist()[0]
            assert (row["a"], row["b"]) == expected
        assert "sample_rate" in ibis.to_sql(s.select(a=f.fft(s.flux, sample_rate=4.0)))

    def test_results_compose(self, memory):
        memory.execute("CREATE TABLE s AS SELECT [0.0, 1.0, 0.0, -1.0] AS flux")
        s, f = memory.table("s"), memory.functions
        assert f.fft(s.flux, 4.0)[1]["frequency"].execute()[0] == 1.0

    def test_nothing_is_computed(self, memory):
        memory.execute("CREATE TABLE s AS SELECT []::DOUBLE[] AS flux")
        spectrum = memory.functions.fft(memory.table("s").flux)
        with pytest.raises(errors.InvalidParameterValue):
            spectrum.execute()

    def test_of_the_kernel(self, world):
        a, f = world.table("airport"), world.functions
        assert sorted(a.select(x=f.levenshtein(a.code, "JFX")).x.execute()) == [1, 2, 3]

    def test_aggregates(self, world):
        f = world.table("flight")
        best = f.group_by("origin").agg(x=world.functions.arg_max(f.id, f.delay)).order_by("origin")
        assert best.x.to_arrow().to_pylist() == [4, 5, 6]

    def test_of_the_user(self, memory):
        memory.execute("CREATE MACRO twice(x) AS x * 2; CREATE TABLE t AS SELECT 21 AS a")
        t = memory.table("t")
        assert memory.functions.twice(t.a).execute()[0] == 42

    def test_listed(self, memory):
        assert {"levenshtein", "arg_max"} <= set(dir(memory.functions))

    def test_unknown(self, world):
        with pytest.raises(errors.UndefinedFunction):
            world.functions.no_such_function(world.table("flight").id)

    def test_wrong_arguments(self, world):
        with pytest.raises(errors.ProgrammingError):
            world.functions.fft(world.table("flight").id, 1, 2, 3)


class TestErrors:
    """What goes wrong is one of Avila's errors."""

    def test_unknown_table(self, world):
        with pytest.raises(errors.UndefinedTable, match="flght"):
            world.table("flght")

    def test_a_value_that_cannot_be_cast(self, world):
        with pytest.raises(errors.DataError):
            world.table("airport").city.cast("int32").execute()

    def test_a_table_that_went(self, memory):
        memory.execute("CREATE TABLE t AS SELECT 1 AS a")
        t = memory.table("t")
        memory.execute("DROP TABLE t")
        with pytest.raises(errors.UndefinedTable):
            t.execute()

    def test_refused_sql(self, world):
        with pytest.raises(errors.Error):
            world.ibis.sql("SELECT 1) TO '/tmp/x'; COPY (SELECT 2")

    def test_refused_functions(self, world):
        with pytest.raises(errors.StatementNotAllowed):
            world.functions.getenv("HOME")

    def test_python_functions_are_not_offered(self, world):
        @ibis.udf.scalar.python
        def add(x: int) -> int:
            return x + 1

        with pytest.raises((NotImplementedError, AttributeError)):
            add(world.table("flight").id).execute()

    def test_a_closed_session(self):
        with avila.connect() as database:
            database.execute("CREATE TABLE t AS SELECT 1 AS a")
            t = database.table("t")
        with pytest.raises(errors.ConnectionDoesNotExist):
            t.execute()
