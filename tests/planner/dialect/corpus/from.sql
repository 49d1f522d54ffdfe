SELECT * FROM a, b, c
SELECT * FROM a JOIN b ON a.x = b.x
SELECT * FROM a INNER JOIN b ON a.x = b.x
SELECT * FROM a LEFT JOIN b ON a.x = b.x LEFT OUTER JOIN c USING (x)
SELECT * FROM a RIGHT JOIN b USING (x, y) FULL JOIN c ON true FULL OUTER JOIN d USING (z)
SELECT * FROM a CROSS JOIN b
SELECT * FROM a NATURAL JOIN b NATURAL LEFT JOIN c
SELECT * FROM a SEMI JOIN b ON a.x = b.x
SELECT * FROM a ANTI JOIN b USING (x)
SELECT * FROM a ASOF JOIN b ON a.t >= b.t
SELECT * FROM a ASOF LEFT JOIN b ON a.x = b.x AND a.t >= b.t
SELECT * FROM a ASOF JOIN b USING (x, t)
SELECT * FROM a POSITIONAL JOIN b
SELECT * FROM a, LATERAL (SELECT a.x + 1 AS y) l
SELECT * FROM a, LATERAL (SELECT * FROM b WHERE b.x = a.x) AS l(p, q)
SELECT * FROM a LEFT JOIN LATERAL (SELECT * FROM b WHERE b.x = a.x) l ON true
SELECT * FROM a, (SELECT a.x) s
SELECT * FROM a, LATERAL unnest(a.l) u(v)
SELECT * FROM a JOIN b JOIN c ON b.x = c.x ON a.x = b.x
SELECT * FROM a JOIN (b JOIN c ON b.x = c.x) ON a.x = b.x
SELECT * FROM (a JOIN b USING (x)) AS j
SELECT * FROM (a CROSS JOIN b), c
SELECT * FROM ((SELECT 1) s JOIN (SELECT 2) u ON true)
SELECT * FROM ((SELECT 1) UNION (SELECT 2)) x
SELECT * FROM (((SELECT 1)))
SELECT * FROM (SELECT 1) AS s
SELECT * FROM (SELECT 1) s(a)
SELECT * FROM (SELECT 1 UNION ALL SELECT 2) s ORDER BY 1
SELECT * FROM t AS x(a, b), u y(c)
SELECT * FROM c.s.t, s.t, "s"."t"
SELECT * FROM x: t, y: (SELECT 1), z: range(3)
SELECT * FROM 'data.parquet'
SELECT * FROM 'a.csv' AS a, "b.parquet" b
SELECT * FROM read_csv('a.csv', header = true, columns = {'a': 'INT', 'b': 'VARCHAR'})
SELECT * FROM read_parquet(['a', 'b'], union_by_name := true, filename => true)
SELECT * FROM range(10), generate_series(1, 3) AS g(i), unnest([1, 2]) u
SELECT * FROM unnest([1, 2]) WITH ORDINALITY AS u(x, o)
SELECT * FROM s.f(1), c.s.f(2) AS x(a, b)
SELECT * FROM f(a := 1, b := (SELECT 2)), pragma_table_info('t'), duckdb_tables()
SELECT * FROM t AT (VERSION => 1)
SELECT * FROM t AT (TIMESTAMP => now() - INTERVAL 1 DAY)
SELECT * FROM s.t AT (TIMESTAMP => TIMESTAMP '2024-01-01') JOIN u AT (VERSION => 2) USING (a)
SELECT * FROM t PIVOT (sum(a) FOR b IN ('x', 'y'))
SELECT * FROM t PIVOT (sum(a) AS s, count(*) AS c FOR b IN ('x' AS p, 'y' AS q) c IN (1, 2) GROUP BY d)
SELECT * FROM t PIVOT (sum(a) FOR (b, c) IN (('x', 1), ('y', 2))) AS p
SELECT * FROM t PIVOT (sum(a) FOR b IN my_enum)
SELECT * FROM t UNPIVOT (v FOR n IN (a, b, c))
SELECT * FROM t UNPIVOT INCLUDE NULLS (v FOR n IN (a AS 'x', b AS 'y')) u
SELECT * FROM t UNPIVOT ((v, w) FOR n IN ((a, b), (c, d)))
SELECT * FROM (SELECT * FROM t) PIVOT (max(a) FOR b IN (1))
SELECT * FROM t AS x PIVOT (max(a) FOR b IN (1))
PIVOT t ON a USING sum(b)
PIVOT t ON a, b USING sum(c) AS s, count(*) GROUP BY d ORDER BY d LIMIT 3
PIVOT t ON a IN ('x', 'y') USING first(b)
PIVOT t ON a || '_' || b USING sum(c)
PIVOT (SELECT * FROM t WHERE x) ON a USING sum(b) GROUP BY c
PIVOT t ON a
PIVOT_WIDER t ON a USING sum(b)
PIVOT t JOIN u USING (x) ON a USING sum(b)
UNPIVOT t ON a, b INTO NAME n VALUE v
UNPIVOT t ON COLUMNS(* EXCLUDE id) INTO NAME n VALUE v
UNPIVOT t ON (a, b) AS x, (c, d) AS y INTO NAME n VALUE v, w
UNPIVOT t ON * INTO NAME n VALUE v ORDER BY n
UNPIVOT t ON a, b
FROM (PIVOT t ON a USING sum(b)) p JOIN u USING (x)
WITH p AS (PIVOT t ON a USING sum(b)) SELECT * FROM p
WITH x AS (SELECT 1 AS a) PIVOT x ON a USING count(*)
SELECT * FROM (DESCRIBE t)
SELECT * FROM (SHOW TABLES)
SELECT column_name FROM (DESCRIBE SELECT 1 AS a)
SELECT * FROM (SUMMARIZE t)
SELECT * FROM t JOIN u ON t.a = u.a AND t.b IN (1, 2) OR t.c BETWEEN 1 AND 2, v
SELECT * FROM t TABLESAMPLE 10% JOIN u USING (x) WHERE y
SELECT * FROM t x JOIN u y ON x.a = y.a WHERE x.b
SELECT * FROM memory.main.t
SELECT * FROM query('SELECT 1'), query_table('t')
SELECT * FROM (FROM range(3) SELECT range + 1 AS x) WHERE x > 1
SELECT * FROM t, u, LATERAL (FROM v WHERE v.a = t.a), w
SELECT * FROM t WHERE a IN (FROM u SELECT b)
