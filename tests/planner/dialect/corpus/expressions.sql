# Operators and their precedence
SELECT 1 + 2 * 3 - 4 / 5 % 6 // 7
SELECT (1 + 2) * 3, 1 + (2 * 3), ((1))
SELECT -1, - 1, -(-1), - -1, +1, + -1, -x, -x.y, -x[1], -x::INT, (-1)::INT
SELECT -2 ** 2, (-2) ** 2, 2 ** -2, -2 ^ 2, 2 ^ 3 ^ 2, 2 ** 3 ** 2, 2 * 3 ** 2
SELECT 4!, (3)!, 2 + 3!, 4! + 1
SELECT @ -5, @(-5), @x + 1, @x * 2, ~5, ~ -5, ~x & 3, - ~x
SELECT 1 & 2 | 3, 1 << 2 + 1, 8 >> 1 << 2, 5 & ~1, xor(1, 2)
SELECT 1 < 2, 1 <= 2, 1 > 2, 1 >= 2, 1 = 2, 1 == 2, 1 <> 2, 1 != 2
SELECT 1 + 1 = 2, 1 < 2 AND 2 < 3 OR NOT 3 < 4
SELECT a OR b AND c, (a OR b) AND c, NOT a AND b, NOT (a AND b), NOT NOT a, a AND NOT b OR c
SELECT NOT a = b, NOT a IS NULL, NOT a IN (1), NOT a BETWEEN 1 AND 2, NOT a LIKE 'b'
SELECT a IS NULL, a IS NOT NULL, a ISNULL, a NOTNULL, a NOT NULL, a IS TRUE, a IS NOT FALSE
SELECT a IS DISTINCT FROM b, a IS NOT DISTINCT FROM b, a + 1 IS NULL, a = b IS NULL, (a IS NULL) IS NULL
SELECT a IS NULL IS NULL, a IS NULL = b, (a = b) = c
SELECT a BETWEEN 1 AND 2, a NOT BETWEEN 1 + 1 AND 2 * 2, a BETWEEN 1 AND 2 AND b, a BETWEEN b AND c OR d
SELECT a IN (1, 2), a NOT IN (1, 2), a IN (SELECT 1), a NOT IN (SELECT 1), (a, b) IN ((1, 2), (3, 4)), a IN (1,)
SELECT a IN b, a NOT IN b, a IN [1, 2], a IN (b), a + 1 IN (2), a IN (1, 2) AND b IN (3)
SELECT (a, b) IN (SELECT 1, 2), a IN (FROM t), a IN (VALUES (1), (2)), a IN (TABLE t), a IN ((SELECT 1))
SELECT a LIKE 'x', a NOT LIKE 'x', a ILIKE 'x', a NOT ILIKE 'x', a GLOB 'x', a SIMILAR TO 'x', a NOT SIMILAR TO 'x'
SELECT a LIKE 'x' ESCAPE '$', a NOT LIKE 'x' ESCAPE '$', a ILIKE 'x' ESCAPE '\', a NOT ILIKE b || 'c' ESCAPE '!'
SELECT a ~~ 'x', a !~~ 'x', a ~~* 'x', a !~~* 'x', a ~~~ 'x', a ~ 'x', a !~ 'x', a LIKE 'x' AND b LIKE 'y'
SELECT a || b || c, 'a' || 1 + 2, a || b = c, a ^@ 'x', a @> b, a <@ b, a && b, [1] && [2]
SELECT a -> 'b', a ->> 'b', a -> 'b' -> 'c', (a -> 'b') = 'c', a ->> 'b' = 'c', a -> 'b' = 'c' OR d
SELECT a ->> '$.x' || 'y', a -> 0, a ->> 0, a -> '$[0]', (a ->> 'b')::INT, a -> 'b' ->> 'c'
SELECT a <-> b, a <=> b, [1, 2] <-> [3, 4]
SELECT a COLLATE nocase, a COLLATE nocase = b, a COLLATE de.nocase, a COLLATE "de_DE"
SELECT a AT TIME ZONE 'UTC', a AT TIME ZONE 'UTC' AT TIME ZONE 'CET', a::TIMESTAMP AT TIME ZONE 'UTC' + INTERVAL 1 DAY
SELECT a + b AT TIME ZONE 'UTC', a OPERATOR(+) b
SELECT a = ANY (SELECT 1), a <> ALL (SELECT 1), a < SOME (SELECT 1), a = ANY ([1, 2]), a >= ALL (VALUES (1))
SELECT CASE WHEN a THEN b END, CASE a WHEN 1 THEN 2 WHEN 3 THEN 4 ELSE 5 END, CASE WHEN a IS NULL THEN 1 ELSE NULL END
SELECT CASE WHEN a THEN CASE b WHEN 1 THEN 2 END ELSE 3 END + 1
SELECT EXISTS (SELECT 1), NOT EXISTS (SELECT 1), EXISTS (FROM t), EXISTS ((SELECT 1))
SELECT (SELECT 1), (SELECT 1) + 1, ((SELECT 1)), (((SELECT 1) + 1)), (FROM t), (VALUES (1)), (TABLE t)
SELECT (SELECT 1 UNION SELECT 2), ((SELECT 1) UNION (SELECT 2)), (WITH a AS (SELECT 1) SELECT * FROM a)
SELECT ((SELECT 1) UNION SELECT 2 ORDER BY 1 LIMIT 1), ((SELECT 1) LIMIT 1)
SELECT ARRAY (SELECT 1), ARRAY(FROM t), ARRAY[1, 2], ARRAY[], ARRAY[[1], [2]]
SELECT a AND (b OR c) AND (d OR (e AND f)), a OR b OR c OR d, a AND b AND c AND d
SELECT 1 - (2 - 3), 1 - 2 - 3, 8 / (4 / 2), 8 / 4 / 2, a - (b + c), a * (b / c), 2 ^ (3 ^ 2), (a || b) || c
SELECT (1 = 1) = true, (1 < 2) = true, 1 = (2 < 3)
SELECT a % b, a%b, a//b, a*-1, a+-1, a=-1, a<-1, a>=-1, a||-1
SELECT a.b.c, a.b.c.d, "a"."b", a."b c".d, a.b[1].c, (a).b, (a).b.c, (a.b).c
SELECT a.*, * FROM a
SELECT #1, #2 + 1 FROM t
# Literals
SELECT 1, 1.5, .5, 5., 1e5, 1E5, 1.5e-3, 1e+3, 1_000, 1_000.5, 0xff, 0xFF, 0xDEAD_BEEF, 123456789012345678901234567890
SELECT 9223372036854775807, -9223372036854775808, 170141183460469231731687303715884105727, 0.1, 00012
SELECT 'a', 'it''s', '', '''', 'a\b', 'a\nb', 'ünïcødé ☃ 漢字', 'a"b', '--x', '/* x */', ';', '$1', '?'
SELECT E'a\nb', e'\t', E'it\'s', E'it''s', E'\x41\102', E'\\', E'\q', E'ü\n', E''
SELECT $$a$$, $$it's$$, $tag$a $$ b$tag$, $$ multi; -- line $$, $$$$
SELECT true, false, NULL, TRUE, False, null
SELECT 'a'
  'b'
SELECT 'a' -- comment
  'b'
  'c'
SELECT DATE '2024-01-01', TIME '12:00:00', TIMESTAMP '2024-01-01 00:00:00', TIMESTAMPTZ '2024-01-01 00:00:00+00'
SELECT date '2024-01-01' + 1, (date '2024-01-01')::VARCHAR, timestamp with time zone '2024-01-01', time with time zone '12:00'
SELECT timestamp without time zone '2024-01-01', double precision '1.5', int '3', decimal(5, 2) '1.25', varchar 'x', json '{"a": 1}'
SELECT TIMESTAMP_S '2024-01-01 00:00:00', TIMESTAMP_NS '2024-01-01 00:00:00', uuid 'x', blob '\xAA\x00', bit '101', float8 '1'
SELECT '\xAA'::BLOB, '101'::BIT, 'infinity'::DATE, 'NaN'::DOUBLE
SELECT INTERVAL '1 day', INTERVAL '1' DAY, INTERVAL 1 DAY, INTERVAL 1 DAYS, INTERVAL (1) DAY, INTERVAL (x + 1) MONTH
SELECT INTERVAL '1 year 2 months 3 days 04:05:06', INTERVAL 3 YEAR, INTERVAL 3 QUARTER, INTERVAL 3 WEEK, INTERVAL '3' HOURS
SELECT INTERVAL 1 MINUTE, INTERVAL 1 SECOND, INTERVAL 1 MILLISECOND, INTERVAL 1 MICROSECOND, INTERVAL 1 DECADE, INTERVAL 1 CENTURY, INTERVAL 1 MILLENNIUM
SELECT INTERVAL 1 DAY + INTERVAL 2 HOUR, - INTERVAL 1 DAY, 2 * INTERVAL 1 DAY, x - INTERVAL '1 day', '1 day'::INTERVAL, INTERVAL '1 day'::VARCHAR
SELECT INTERVAL (1.5) DAY, INTERVAL (-1) DAY, INTERVAL '-1' DAY
SELECT interval FROM t
SELECT [1, 2, 3], [], [[1], [2, 3]], [1, NULL], ['a', 'b'], [1, 2,], [x, y + 1], [(SELECT 1)]
SELECT {'a': 1}, {a: 1}, {"a b": 1}, {'a': 1, 'b': {'c': [1, 2]}}, {'a': x, b: y,}, {a: x -> 'y'}
SELECT MAP {}, MAP {'a': 1}, MAP {1: 'x', 2: 'y'}, map {'a': map {'b': 1}}, MAP([1, 2], ['a', 'b']), map()
SELECT (1, 2), (1, 'a', NULL), ROW(1, 2), row('a'), ROW(), ((1, 2), 3), (a, b) = (1, 2)
SELECT struct_pack(a := 1, b := 'x'), struct_pack(a => 1), row(1).x
SELECT union_value(num := 2), list_value(1, 2), array_value(1, 2)
# Casts
SELECT CAST(a AS INT), TRY_CAST(a AS INTEGER), a::INT, a::INT::VARCHAR, a::DECIMAL(10, 2), a::NUMERIC(5), a::VARCHAR(10)
SELECT a::INT[], a::INT[3], a::INT[][], a::INT[3][], a::INT ARRAY, a::INT ARRAY[3], CAST(a AS VARCHAR[])
SELECT a::STRUCT(x INT, y VARCHAR), a::STRUCT("x y" INT, z STRUCT(w INT[])), a::ROW(x INT), a::MAP(VARCHAR, INT), a::UNION(num INT, str VARCHAR)
SELECT a::ENUM('x', 'y'), a::mood, a::s.mood, a::c.s.mood, a::"my type", a::"s"."my type"
SELECT a::TIMESTAMP WITH TIME ZONE, a::TIME WITH TIME ZONE, a::TIMESTAMP WITHOUT TIME ZONE, a::TIMESTAMP(3), a::TIMESTAMPTZ, a::TIMETZ
SELECT a::DOUBLE PRECISION, a::CHARACTER VARYING, a::CHARACTER VARYING(10), a::NATIONAL CHARACTER VARYING(3), a::CHAR(3), a::BPCHAR, a::BIT VARYING, a::FLOAT(3)
SELECT a::TINYINT, a::SMALLINT, a::BIGINT, a::HUGEINT, a::UTINYINT, a::USMALLINT, a::UINTEGER, a::UBIGINT, a::UHUGEINT, a::INT1, a::INT2, a::INT4, a::INT8
SELECT a::REAL, a::FLOAT4, a::FLOAT8, a::BOOL, a::BOOLEAN, a::LOGICAL, a::TEXT, a::STRING, a::BYTEA, a::BINARY, a::VARBINARY, a::UUID, a::JSON, a::INTERVAL, a::BITSTRING, a::BIGNUM
SELECT a::TIMESTAMP_S, a::TIMESTAMP_MS, a::TIMESTAMP_NS, a::TIMESTAMP_US, a::DATETIME, a::DATE, a::TIME, a::LONG, a::SHORT, a::SIGNED, a::OID, a::NVARCHAR, a::GEOMETRY, a::VARIANT
SELECT 1 + a::INT * 2, (a + 1)::INT, -a::INT, a[1]::INT, f(x)::INT, 'x'::INT, (SELECT 1)::INT, [1, 2]::INT[], {'a': 1}::STRUCT(a BIGINT), NULL::INT, a.b::INT
SELECT CAST(a AS STRUCT(i INT)).i, a::INT = 1, a::INT IN (1), a::DATE - INTERVAL 1 DAY
SELECT x::int, CAST(x AS Int), try_cast(x AS varchar)
# Lists, structs, slices, methods
SELECT a[1], a[-1], a[1:2], a[:], a[1:], a[:2], a[1:3:2], a[:-:2], a[1:-:2], a['x'], a['x'][1], a[i + 1], a[1][2], [1, 2, 3][2], 'hello'[1:3]
SELECT {'a': 1}.a, {'a': 1}['a'], (x).y.z, f(x).y, f(x)[1], f(x)[1].y, a[1].b[2]
SELECT a.upper(), a.upper().lower(), a.b.upper()
SELECT (1 + 2).abs()
SELECT (x).f(1, 2), ('a').upper().lower()
SELECT [1, 2].list_sum()
SELECT f(x).g(y).h()
SELECT [x + 1 FOR x IN [1, 2, 3]], [x FOR x IN l IF x > 1], [x * y FOR x IN l], [x + i FOR x, i IN l IF i > 1], [[y FOR y IN x] FOR x IN l]
SELECT list_transform([1], x -> x + 1), list_filter(l, x -> x > 1 AND x < 3), list_reduce(l, (x, y) -> x + y), list_transform(l, (x, i) -> x + i)
SELECT list_transform([1], lambda x: x + 1), list_reduce(l, lambda x, y: x + y), list_filter(l, lambda x: x IN (1, 2)), list_reduce(l, lambda x, y: x + y, 0)
SELECT list_transform(l, lambda x: list_transform(x, lambda y: y + a)), l.list_transform(lambda x: x.b + 1), list_transform(l, x -> x.a.b), apply(l, x -> (x, 1))
