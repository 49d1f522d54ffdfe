SELECT * FROM star;
reads: ['native.main.star'];;

SELECT * FROM KIND, lake.events, other.thing, information_schema.tables, mine;
reads: ['lake.main.events', 'native.main.Kind', 'native.other.thing', 'system.information_schema.tables', 'temp.main.mine'];;

SELECT * FROM native.main.star;
reads: ['native.main.star'];;

-- A WITH hides a table, but not inside itself.
WITH star AS (SELECT * FROM star) SELECT * FROM star;
reads: ['native.main.star'];;

WITH a AS (SELECT 1), b AS (FROM a) FROM b;
reads: [];;

-- A later WITH is not seen by an earlier one.
WITH a AS (FROM star), star AS (SELECT 1) FROM a, star;
reads: ['native.main.star'];;

WITH RECURSIVE r AS (SELECT 1 AS n UNION ALL SELECT n + 1 FROM r WHERE n < 3) FROM r;
reads: [];;

-- The WITH of a subquery is not seen outside it.
SELECT * FROM (WITH q AS (FROM star) FROM q), q;
UndefinedTable: table q does not exist;;

SELECT (SELECT count(*) FROM events), 1 FROM star;
UndefinedTable: table events does not exist;;

SELECT EXISTS (SELECT 1 FROM lake.events e WHERE e.id = star.id) FROM star;
reads: ['lake.main.events', 'native.main.star'];;

INSERT INTO star SELECT * FROM lake.events;
reads: ['lake.main.events']
writes: ['native'];;

INSERT INTO lake.events SELECT * FROM star;
reads: ['native.main.star']
writes: ['lake'];;

CREATE TABLE lake.fresh AS FROM star;
reads: ['native.main.star']
writes: ['lake'];;

CREATE TABLE fresh (id INTEGER REFERENCES star (id));
reads: []
writes: ['native'];;

UPDATE star SET a = k.a FROM kind k WHERE k.id = star.id;
reads: ['native.main.Kind']
writes: ['native'];;

DELETE FROM lake.events USING star WHERE star.id = events.id;
reads: ['native.main.star']
writes: ['lake'];;

MERGE INTO star USING lake.events e ON star.id = e.id WHEN MATCHED THEN DELETE;
reads: ['lake.main.events']
writes: ['native'];;

EXPLAIN SELECT * FROM star;
reads: ['native.main.star']
kind: query;;

EXPLAIN ANALYZE DELETE FROM star;
writes: ['native']
kind: write;;

DROP TABLE star;
writes: ['native']
reads: [];;

ALTER TABLE lake.events ADD COLUMN x INTEGER;
writes: ['lake'];;

CREATE VIEW v AS SELECT * FROM nothing;
UndefinedTable: table nothing does not exist;;

-- A frame of the caller's is the last thing a name can mean.
SELECT * FROM frame;
SELECT * FROM __avila_frame_0 AS "frame"
sources: ['__avila_frame_0=frame'];;

SELECT * FROM frame AS a, frame AS b;
SELECT * FROM __avila_frame_0 AS a, __avila_frame_0 AS b;;

COPY star TO 'x.csv';
reads: ['native.main.star']
writes: [];;

COPY star FROM 'x.csv';
writes: ['native']
reads: [];;

PIVOT star ON kind USING sum(mag);
reads: ['native.main.star'];;

DESCRIBE star;
reads: ['native.main.star'];;
