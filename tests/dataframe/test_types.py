"""Every SQL type: its Ibis type, and its values in Arrow, pandas, Polars and Python."""

from __future__ import annotations

import uuid
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal

import ibis
import ibis.expr.datatypes as dt
import pyarrow as pa
import pytest

import avila

TYPES = {
    "BOOLEAN": ("true", dt.boolean, True),
    "TINYINT": ("-1", dt.int8, -1),
    "SMALLINT": ("-1", dt.int16, -1),
    "INTEGER": ("-1", dt.int32, -1),
    "BIGINT": ("-1", dt.int64, -1),
    "HUGEINT": ("170141183460469231", dt.Decimal(38, 0), Decimal(170141183460469231)),
    "UTINYINT": ("255", dt.uint8, 255),
    "USMALLINT": ("1", dt.uint16, 1),
    "UINTEGER": ("1", dt.uint32, 1),
    "UBIGINT": ("18446744073709551615", dt.uint64, 2**64 - 1),
    "UHUGEINT": ("7", dt.Decimal(38, 0), Decimal(7)),
    "FLOAT": ("1.5", dt.float32, 1.5),
    "DOUBLE": ("1.5", dt.float64, 1.5),
    "DECIMAL(10,3)": ("1.25", dt.Decimal(10, 3), Decimal("1.250")),
    "VARCHAR": ("'é漢'", dt.string, "é漢"),
    "BLOB": ("'a'", dt.binary, b"a"),
    "UUID": ("'00000000-0000-0000-0000-000000000007'", dt.uuid, str(uuid.UUID(int=7))),
    "JSON": ("""'{"a": 1}'""", dt.json, '{"a": 1}'),
    "DATE": ("'2024-02-29'", dt.date, date(2024, 2, 29)),
    "TIME": ("'01:02:03.5'", dt.time, time(1, 2, 3, 500_000)),
    "TIMESTAMP": ("'2024-02-29 01:02:03.000004'", dt.Timestamp(scale=6), datetime(2024, 2, 29, 1, 2, 3, 4)),
    "TIMESTAMP_S": ("'2024-02-29 01:02:03'", dt.Timestamp(scale=0), datetime(2024, 2, 29, 1, 2, 3)),
    "TIMESTAMP_MS": ("'2024-02-29 01:02:03'", dt.Timestamp(scale=3), datetime(2024, 2, 29, 1, 2, 3)),
    "TIMESTAMPTZ": (
        "'2024-07-01 12:00:00+00'", dt.Timestamp(timezone="Europe/Berlin", scale=6),
        datetime(2024, 7, 1, 12, tzinfo=UTC),
    ),
    "INTERVAL": ("INTERVAL '1 month 2 days 3 seconds'", dt.Interval("us"), timedelta(days=32, seconds=3)),
    "ENUM('a', 'b')": ("'b'", dt.string, "b"),
    "INTEGER[]": ("[1, NULL]", dt.Array(dt.int32), [1, None]),
    "INTEGER[2]": ("[1, 2]", dt.Array(dt.int32, length=2), [1, 2]),
    "VARCHAR[][]": ("[['a'], []]", dt.Array(dt.Array(dt.string)), [["a"], []]),
    'STRUCT(a INTEGER, "b c" DATE[])': (
        "{'a': 1, 'b c': ['2024-01-01']}", dt.Struct({"a": dt.int32, "b c": dt.Array(dt.date)}),
        {"a": 1, "b c": [date(2024, 1, 1)]},
    ),
    "MAP(VARCHAR, INTEGER)": ("map {'a': 1}", dt.Map(dt.string, dt.int32), [("a", 1)]),
    "STRUCT(i INTERVAL, e ENUM('x'))[]": (
        "[{'i': INTERVAL 1 DAY, 'e': 'x'}]", dt.Array(dt.Struct({"i": dt.Interval("us"), "e": dt.string})),
        [{"i": timedelta(days=1), "e": "x"}],
    ),
}  # fmt: skip


@pytest.fixture(scope="module")
def berlin():
    with avila.connect(timezone="Europe/Berlin") as database:
        for place, (kind, (literal, _, _)) in enumerate(TYPES.items()):
            database.execute(
                f"CREATE TABLE t{place} AS SELECT CAST({literal} AS {kind}) AS v UNION ALL SELECT NULL"
            )
        yield database


@pytest.mark.parametrize("kind", TYPES)
def test_type_and_values(berlin, kind):
    _, expected, value = TYPES[kind]
    table = (
        berlin.table(f"t{list(TYPES).index(kind)}").order_by("v")
        if kind[:3] != "MAP"
        else berlin.table(f"t{list(TYPES).index(kind)}")
    )
    assert table.schema()["v"] == expected
    arrow = table.to_arrow()
    assert arrow.schema == table.schema().to_pyarrow()
    assert arrow.column("v").to_pylist() == [value, None]
    assert len(table.to_pandas()) == 2
    assert table.to_polars().height == 2
    assert table.filter(table.v.isnull()).count().execute() == 1


@pytest.mark.parametrize("sql", ["'101'::BIT", "union_value(num := 2)", "12345678901234567890123::BIGNUM"])
def test_what_ibis_has_no_type_for_passes_through(memory, sql):
    table = memory.ibis.sql(f"SELECT {sql} AS v, 1 AS n")
    assert table.schema()["v"].is_unknown()
    assert table.to_arrow().equals(
        memory.execute(f"SELECT {sql} AS v, 1 AS n").to_arrow().cast(table.to_arrow().schema)
    )
    assert table.filter(table.n == 1).select("n").to_arrow().to_pydict() == {"n": [1]}


def test_instants_are_shown_in_the_zone_of_the_session(berlin):
    moment = berlin.ibis.sql("SELECT TIMESTAMPTZ '2024-07-01 12:00:00+00' AS at")
    shown = moment.to_pandas()["at"][0]
    assert shown.isoformat() == "2024-07-01T14:00:00+02:00"
    assert moment.at.hour().execute()[0] == 14
    assert moment.at.execute()[0] == shown


def test_pandas_types(world):
    frame = world.table("flight").to_pandas()
    assert {name: str(kind) for name, kind in frame.dtypes.items()} == {
        "id": "int32", "carrier": "str", "origin": "str", "delay": "object", "left_at": "datetime64[us]",
        "day": "datetime64[s]", "tags": "object", "plane": "object",
    }  # fmt: skip
    assert frame.delay[0] == Decimal("10.50")
    assert frame.tags[4] == ["d", None]
    assert frame.plane[0] == {"seats": 100, "name": "x"}


def test_columns_and_values(world):
    f = world.table("flight")
    assert f.id.to_arrow().to_pylist() == [1, 2, 3, 4, 5, 6]
    assert list(f.id.to_pandas()) == [1, 2, 3, 4, 5, 6]
    assert f.id.to_polars().to_list() == [1, 2, 3, 4, 5, 6]
    assert f.id.max().execute() == 6
    assert f.id.max().to_arrow() == pa.scalar(6, pa.int32())
    assert f.delay.max().execute() == Decimal("40.00")
    assert f.day.max().execute().date() == date(2024, 6, 30)
    assert f.filter(f.id > 100).id.max().execute() is None
    assert f.select(n=ibis.null()).n.to_arrow().type == pa.null()


def test_a_sum_that_outgrows_its_type(memory):
    memory.execute("CREATE TABLE big AS SELECT 9223372036854775807 AS n FROM range(2)")
    with pytest.raises(avila.errors.NumericValueOutOfRange, match="int64"):
        memory.table("big").n.sum().execute()


def test_decimals_keep_every_digit(memory):
    memory.execute("CREATE TABLE d AS SELECT 12.345::DECIMAL(5, 3) AS n")
    d = memory.table("d")
    assert d.select(n=d.n * d.n).to_pandas().n[0] == Decimal("152.399025")
    assert d.select(n=d.n.clip(0, 10)).to_arrow().to_pydict() == {"n": [10]}


def test_batches_stream(memory):
    memory.execute("CREATE TABLE many AS SELECT range AS n FROM range(300000)")
    reader = memory.table("many").to_pyarrow_batches(chunk_size=1000)
    first = reader.read_next_batch()
    assert 0 < first.num_rows < 300_000
    assert memory.execute("SELECT 1").fetchone() == (1,)
    assert first.num_rows + sum(batch.num_rows for batch in reader) == 300_000


def test_arrow_libraries_take_tables_as_they_are(world):
    assert pa.table(world.table("airport")).num_rows == 3


def test_files(world, tmp_path):
    world.table("airport").to_parquet(tmp_path / "a.parquet")
    assert pa.parquet.read_table(tmp_path / "a.parquet").num_rows == 3
