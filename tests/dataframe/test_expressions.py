"""Ibis expressions against the same in plain SQL."""

from __future__ import annotations

from decimal import Decimal

import ibis
import pytest
from ibis import _

# name: (expression over flight f, airport a, quote q; the same in SQL)
PAIRS = {
    "select": (lambda f, a, q: f.select("id", "origin"), "SELECT id, origin FROM flight"),
    "filter": (lambda f, a, q: f.filter(_.delay > 5).select("id"), "SELECT id FROM flight WHERE delay > 5"),
    "filter and": (
        lambda f, a, q: f.filter((f.delay > 0) & ~(f.origin == "LHR") | f.carrier.isnull()).select("id"),
        "SELECT id FROM flight WHERE delay > 0 AND NOT origin = 'LHR' OR carrier IS NULL",
    ),
    "in": (lambda f, a, q: f.filter(f.id.isin([1, 3])).select("id"), "SELECT id FROM flight WHERE id IN (1, 3)"),
    "in subquery": (
        lambda f, a, q: f.filter(f.origin.isin(a.code)).select("id"),
        "SELECT id FROM flight WHERE origin IN (SELECT code FROM airport)",
    ),
    "between": (
        lambda f, a, q: f.filter(f.id.between(2, 4)).select("id"),
        "SELECT id FROM flight WHERE id BETWEEN 2 AND 4",
    ),
    "mutate": (
        lambda f, a, q: f.mutate(twice=f.delay * 2, half=f.id / 2, whole=f.id // 4, rest=f.id % 4).select(
            "twice", "half", "whole", "rest"
        ),
        "SELECT delay * 2, id / 2, id // 4, id % 4 FROM flight",
    ),
    "rename and drop": (
        lambda f, a, q: a.rename(name="city").drop("runways"),
        "SELECT code, city FROM airport",
    ),
    "relocate": (lambda f, a, q: a.relocate("runways"), "SELECT runways, code, city FROM airport"),
    "distinct": (lambda f, a, q: f.select("origin").distinct(), "SELECT DISTINCT origin FROM flight"),
    "order and limit": (
        lambda f, a, q: f.order_by(ibis.desc("id")).limit(2, offset=1).select("id"),
        "SELECT id FROM flight ORDER BY id DESC LIMIT 2 OFFSET 1",
    ),
    "order with nulls": (
        lambda f, a, q: f.order_by(f.delay.asc(nulls_first=True)).select("id").limit(3),
        "SELECT id FROM flight ORDER BY delay NULLS FIRST LIMIT 3",
    ),
    "group": (
        lambda f, a, q: f.group_by("carrier").agg(n=_.count(), total=_.delay.sum(), mean=_.delay.mean()),
        "SELECT carrier, count(*), sum(delay), avg(delay) FROM flight GROUP BY carrier",
    ),
    "having": (
        lambda f, a, q: f.group_by("origin").having(_.count() > 1).agg(worst=_.delay.max()),
        "SELECT origin, max(delay) FROM flight GROUP BY origin HAVING count(*) > 1",
    ),
    "aggregates": (
        lambda f, a, q: f.agg([
            f.delay.min().name("a"), f.delay.std().name("b"), f.delay.median().name("c"), f.carrier.nunique().name("d"),
            f.delay.quantile(0.25).name("e"), f.delay.count().name("f"), f.id.arbitrary().notnull().name("g"),
            (f.delay > 0).any().name("h"), f.origin.group_concat(sep="-", order_by=f.id).name("i")]
        ),
        "SELECT min(delay), stddev_samp(delay), median(delay), count(DISTINCT carrier), quantile_cont(delay, 0.25),"
        " count(delay), true, bool_or(delay > 0), string_agg(origin, '-' ORDER BY id) FROM flight",
    ),
    "filtered aggregate": (
        lambda f, a, q: f.agg(n=f.count(where=f.delay > 0), s=f.delay.sum(where=f.origin == "JFK")),
        "SELECT count(*) FILTER (delay > 0), sum(delay) FILTER (origin = 'JFK') FROM flight",
    ),
    "collect": (
        lambda f, a, q: f.group_by("origin").agg(ids=_.id.collect(order_by=_.id)),
        "SELECT origin, list(id ORDER BY id) FROM flight GROUP BY origin",
    ),
    "value_counts": (lambda f, a, q: f.origin.value_counts(), "SELECT origin, count(*) FROM flight GROUP BY 1"),
    "topk": (
        lambda f, a, q: f.origin.topk(1, by=_.delay.sum()),
        "SELECT origin, sum(delay) FROM flight GROUP BY 1 ORDER BY 2 DESC LIMIT 1",
    ),
    "inner join": (
        lambda f, a, q: f.join(a, f.origin == a.code).select("id", "city"),
        "SELECT id, city FROM flight JOIN airport ON origin = code",
    ),
    "left join": (
        lambda f, a, q: f.left_join(a, f.origin == a.code).select("id", "city"),
        "SELECT id, city FROM flight LEFT JOIN airport ON origin = code",
    ),
    "outer join": (
        lambda f, a, q: f.outer_join(a, f.origin == a.code).select("id", "code"),
        "SELECT id, code FROM flight FULL JOIN airport ON origin = code",
    ),
    "semi join": (
        lambda f, a, q: f.semi_join(a, f.origin == a.code).select("id"),
        "SELECT id FROM flight SEMI JOIN airport ON origin = code",
    ),
    "anti join": (
        lambda f, a, q: f.anti_join(a, f.origin == a.code).select("id"),
        "SELECT id FROM flight ANTI JOIN airport ON origin = code",
    ),
    "cross join": (
        lambda f, a, q: f.cross_join(a).select("id", "code"),
        "SELECT id, code FROM flight CROSS JOIN airport",
    ),
    "self join": (
        lambda f, a, q: f.join(v := f.view(), f.carrier == v.carrier).select(f.id, other=v.id),
        "SELECT f.id, g.id FROM flight f JOIN flight g ON f.carrier = g.carrier",
    ),
    "asof join": (
        lambda f, a, q: f.asof_join(q, f.left_at >= q.since).select("id", "price"),
        "SELECT id, price FROM flight ASOF LEFT JOIN quote ON left_at >= since",
    ),
    "union": (
        lambda f, a, q: f.select(code="origin").union(a.select("code"), distinct=True),
        "SELECT origin FROM flight UNION SELECT code FROM airport",
    ),
    "union all": (
        lambda f, a, q: f.select(code="origin").union(a.select("code")),
        "SELECT origin FROM flight UNION ALL SELECT code FROM airport",
    ),
    "intersect": (
        lambda f, a, q: f.select(code="origin").intersect(a.select("code")),
        "SELECT origin FROM flight INTERSECT SELECT code FROM airport",
    ),
    "difference": (
        lambda f, a, q: a.select("code").difference(f.select(code="origin")),
        "SELECT code FROM airport EXCEPT SELECT origin FROM flight",
    ),
    "window": (
        lambda f, a, q: f.select(
            "id",
            rank=ibis.row_number().over(group_by="carrier", order_by="id"),
            running=f.id.sum().over(ibis.window(order_by="id", preceding=1, following=0)),
            before=f.id.lag().over(order_by="id"),
            share=f.id / f.id.sum().over(group_by="origin"),
        ),
        "SELECT id, row_number() OVER (PARTITION BY carrier ORDER BY id) - 1,"
        " sum(id) OVER (ORDER BY id ROWS BETWEEN 1 PRECEDING AND CURRENT ROW), lag(id) OVER (ORDER BY id),"
        " id / sum(id) OVER (PARTITION BY origin) FROM flight",
    ),
    "ranks": (
        lambda f, a, q: f.select("id", r=f.origin.rank(), d=f.origin.dense_rank(), n=ibis.ntile(2).over(order_by="id")),
        "SELECT id, rank() OVER (ORDER BY origin) - 1, dense_rank() OVER (ORDER BY origin) - 1,"
        " ntile(2) OVER (ORDER BY id) - 1 FROM flight",
    ),
    "qualify": (
        lambda f, a, q: f.filter(ibis.row_number().over(group_by="origin", order_by="id") == 0).select("id"),
        "SELECT id FROM flight QUALIFY row_number() OVER (PARTITION BY origin ORDER BY id) = 1",
    ),
    "case": (
        lambda f, a, q: f.select(
            k=ibis.cases((f.delay > 5, "late"), (f.delay.isnull(), "?"), else_="fine"), i=ibis.ifelse(f.id > 3, 1, 0)
        ),
        "SELECT CASE WHEN delay > 5 THEN 'late' WHEN delay IS NULL THEN '?' ELSE 'fine' END, if(id > 3, 1, 0)"
        " FROM flight",
    ),
    "nulls": (
        lambda f, a, q: f.select(
            "id", d=f.delay.fill_null(-1), c=ibis.coalesce(f.carrier, f.origin), n=f.origin.nullif("JFK"),
            x=f.carrier.identical_to(None),
        ),
        "SELECT id, coalesce(delay, -1), coalesce(carrier, origin), nullif(origin, 'JFK'),"
        " carrier IS NOT DISTINCT FROM NULL FROM flight",
    ),
    "drop nulls": (
        lambda f, a, q: f.drop_null(["carrier", "delay"]).select("id"),
        "SELECT id FROM flight WHERE carrier IS NOT NULL AND delay IS NOT NULL",
    ),
    "casts": (
        lambda f, a, q: f.select(
            a=f.id.cast("string"), b=f.delay.cast("int32"), c=f.day.cast("timestamp"), d=f.id.cast("decimal(10, 2)"),
            e=f.origin.try_cast("int64"), g=f.left_at.cast("date"),
        ),
        "SELECT id::VARCHAR, delay::INTEGER, day::TIMESTAMP, id::DECIMAL(10, 2), TRY_CAST(origin AS BIGINT),"
        " left_at::DATE FROM flight",
    ),
    "dates": (
        lambda f, a, q: f.select(
            y=f.day.year(), m=f.day.month(), w=f.day.week_of_year(), dow=f.day.day_of_week.index(),
            h=f.left_at.hour(), t=f.left_at.truncate("h"), s=f.left_at.strftime("%Y/%m"), e=f.left_at.epoch_seconds(),
            later=f.left_at + ibis.interval(days=2), month=f.day.truncate("M"),
        ),
        "SELECT year(day), month(day), week(day), (dayofweek(day) + 6) % 7, hour(left_at), date_trunc('hour', left_at),"
        " strftime(left_at, '%Y/%m'), epoch(left_at)::BIGINT, left_at + INTERVAL 2 DAY, date_trunc('month', day)::DATE"
        " FROM flight",
    ),
    "date literals": (
        lambda f, a, q: f.filter(f.left_at >= ibis.timestamp("2024-01-01 09:00:00"), f.day < ibis.date(2024, 4, 1))
        .select("id"),
        "SELECT id FROM flight WHERE left_at >= '2024-01-01 09:00:00' AND day < '2024-04-01'",
    ),
    "bucket": (
        lambda f, a, q: f.select(b=f.left_at.bucket(hours=6)),
        "SELECT time_bucket(INTERVAL 6 HOUR, left_at, TIMESTAMP '1970-01-01') FROM flight",
    ),
    "strings": (
        lambda f, a, q: a.select(
            a=a.city.upper(), b=a.city.length(), c=a.city[:3], d=a.city.contains("an"), e=a.city.replace("o", "0"),
            f=a.city.like("P%"), g=a.city.re_search("^L.s"), h=a.city.re_extract("(.)s", 1), i=a.code + "-" + a.city,
            j=a.city.split(" "), k=a.city.lpad(12, "."), l=a.city.find("e"), m=a.city.reverse(),
            n=a.city.startswith("N"),
        ),
        "SELECT upper(city), length(city), city[:3], contains(city, 'an'), replace(city, 'o', '0'), city LIKE 'P%',"
        " regexp_matches(city, '^L.s'), regexp_extract(city, '(.)s', 1), code || '-' || city, string_split(city, ' '),"
        " lpad(city, 12, '.'), instr(city, 'e') - 1, reverse(city), starts_with(city, 'N') FROM airport",
    ),
    "numbers": (
        lambda f, a, q: f.select(
            a=f.delay.abs(), b=f.delay.round(1), c=f.delay.ceil(), d=f.delay.sign(), e=f.id.sqrt(), g=f.id.ln(),
            h=f.delay.clip(0, 10), i=ibis.greatest(f.id, 3), j=f.id.cast("float64").log(2), k=-f.id, l=f.id ** 2,
        ),
        "SELECT abs(delay), round(delay, 1), ceil(delay)::BIGINT, sign(delay), sqrt(id), ln(id),"
        " if(delay IS NULL, NULL, least(10, greatest(0, delay))), greatest(id, 3), log2(id), -id, pow(id, 2)"
        " FROM flight",
    ),
    "structs": (
        lambda f, a, q: f.select(s=f.plane["seats"], n=f.plane["name"]),
        "SELECT plane.seats, plane.name FROM flight",
    ),
    "unpack": (lambda f, a, q: f.select("plane").unpack("plane"), "SELECT plane.seats, plane.name FROM flight"),
    "make structs": (
        lambda f, a, q: f.select(s=ibis.struct({"i": f.id, "o": f.origin}), l=ibis.array([f.id, f.id + 1])),
        "SELECT {'i': id, 'o': origin}, [id, id + 1] FROM flight",
    ),
    "lists": (
        lambda f, a, q: f.select(
            a=f.tags.length(), b=f.tags[0], c=f.tags.contains("a"), d=f.tags.map(lambda x: x.upper()),
            e=f.tags.filter(lambda x: x != "a"), g=f.tags.sort(), h=f.tags.join("+"), i=f.tags.unique().length(),
        ),
        "SELECT len(tags), tags[1], list_contains(tags, 'a'), list_transform(tags, lambda x: upper(x)),"
        " list_filter(tags, lambda x: x <> 'a'), list_sort(tags), array_to_string(tags, '+'),"
        " list_unique(tags) + if(list_count(tags) < len(tags), 1, 0) FROM flight",
    ),
    "unnest": (
        lambda f, a, q: f.select("id", tag=f.tags.unnest()),
        "SELECT id, unnest(tags) FROM flight",
    ),
    "unnest a table": (
        lambda f, a, q: f.select("id", "tags").unnest("tags"),
        "SELECT id, unnest(tags) FROM flight",
    ),
    "maps": (
        lambda f, a, q: f.select(m=ibis.map(ibis.array([f.origin]), ibis.array([f.id]))[f.origin]),
        "SELECT id FROM flight",
    ),
    "pivot_wider": (
        lambda f, a, q: f.select("carrier", "origin", "id")
        .pivot_wider(names_from="origin", values_from="id", values_agg="sum", names=["JFK", "LAX"]),
        "SELECT carrier, sum(id) FILTER (origin = 'JFK'), sum(id) FILTER (origin = 'LAX') FROM flight GROUP BY ALL",
    ),
    "pivot_longer": (
        lambda f, a, q: a.select("code", "runways").mutate(r2=_.runways * 2).pivot_longer(["runways", "r2"]),
        "SELECT code, unnest(['runways', 'r2']), unnest([runways, runways * 2]) FROM airport",
    ),
    "scalar subquery": (
        lambda f, a, q: f.filter(f.delay > f.delay.mean()).select("id"),
        "SELECT id FROM flight WHERE delay > (SELECT avg(delay) FROM flight)",
    ),
    "parameters as values": (
        lambda f, a, q: f.select(s=ibis.literal("it's"), n=ibis.null(), l=ibis.literal([1, 2])),
        "SELECT 'it''s', NULL, [1, 2] FROM flight",
    ),
    "composed": (
        lambda f, a, q: f.join(a, f.origin == a.code).filter(_.delay.notnull()).group_by(_.city)
        .agg(n=_.count(), worst=_.delay.max()).mutate(label=_.city + ":" + _.n.cast("string")).filter(_.n > 1)
        .order_by("city").select("label", "worst"),
        "SELECT city || ':' || count(*), max(delay) FROM flight JOIN airport ON origin = code WHERE delay IS NOT NULL"
        " GROUP BY city HAVING count(*) > 1 ORDER BY city",
    ),
    "sql over a table": (
        lambda f, a, q: f.filter(f.id < 4).alias("few").sql("SELECT origin, count(*) AS n FROM few GROUP BY 1 -- so")
        .filter(_.n == 1).select("origin"),
        "SELECT origin FROM flight WHERE id < 4",
    ),
    "sql with its own WITH": (
        lambda f, a, q: f.alias("f").sql("WITH g AS (SELECT id FROM f) SELECT * FROM g;").mutate(x=_.id + 1),
        "SELECT id, id + 1 FROM flight",
    ),
}  # fmt: skip


def plain(value):
    """Return a value without the width of its number, and without the last bits of a float."""
    return (
        round(float(value), 9)
        if isinstance(value, Decimal | int | float) and not isinstance(value, bool)
        else value
    )


def rows(table):
    return sorted(
        repr([plain(value) for value in row]) for row in zip(*table.to_pydict().values(), strict=True)
    )


@pytest.mark.parametrize("name", PAIRS)
def test_expression_equals_sql(world, name):
    expression, sql = PAIRS[name]
    asked = expression(world.table("flight"), world.table("airport"), world.table("quote"))
    columns = [f"c{place}" for place in range(len(asked.columns))]
    expected = world.execute(f"SELECT * FROM ({sql}) AS t ({', '.join(columns)})").to_arrow()
    assert rows(asked.to_arrow().rename_columns(columns)) == rows(expected)


def test_order_is_kept(world):
    f = world.table("flight")
    assert f.order_by(f.id.desc()).id.to_arrow().to_pylist() == [6, 5, 4, 3, 2, 1]


def test_sample(world):
    assert 0 <= world.table("flight").sample(0.5, seed=7).count().execute() <= 6


def test_random_and_now(world):
    f = world.table("flight").mutate(r=ibis.random(), n=ibis.now())
    assert f.r.between(0, 1).all().execute()
    assert f.n.notnull().all().execute()


def test_scalar_parameters(world):
    least = ibis.param("int64")
    f = world.table("flight")
    assert f.filter(f.id > least).count().execute(params={least: 4}) == 2


def test_describe_and_info(world):
    assert world.table("airport").describe().count().execute() == 3
    assert world.table("airport").info().count().execute() == 3


def test_to_sql_is_what_runs(world):
    f = world.table("flight").filter(_.delay > 5)
    assert rows(world.execute(str(ibis.to_sql(f))).to_arrow()) == rows(f.to_arrow())
