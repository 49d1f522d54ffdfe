-- What alice may read whole is read as it is.
SELECT * FROM open WHERE k = 1;
SELECT * FROM open WHERE k = 1;;

-- A policy.
SELECT id FROM own;
SELECT id FROM (SELECT * FROM "native"."main"."own" AS "own" WHERE (who = 'alice')) AS "own";;

SELECT o.id FROM own AS o WHERE o.n > 1;
SELECT o.id FROM (SELECT * FROM "native"."main"."own" AS "own" WHERE (who = 'alice')) AS o WHERE o.n > 1;;

SELECT native.main.own.id FROM own;
SELECT own.id FROM (SELECT * FROM "native"."main"."own" AS "own" WHERE (who = 'alice')) AS "own";;

-- A condition that could tell of hidden rows stays above a fence.
SELECT id FROM own WHERE CAST(who AS INTEGER) > 1;
SELECT id FROM (SELECT * FROM (SELECT * FROM "native"."main"."own" AS "own" WHERE (who = 'alice')) AS "own" TABLESAMPLE SYSTEM(100 %)) AS "own" WHERE CAST(who AS INTEGER) > 1;;

-- A policy with a subquery, which is read with the same rights.
SELECT id FROM lake.own;
SELECT id FROM (SELECT * FROM "lake"."main"."own" AS "own" WHERE ((id IN (SELECT k FROM "native"."main"."open")))) AS "own";;

-- Everywhere a table can stand.
WITH open AS (SELECT 1 AS k) SELECT id FROM lake.own;
WITH open AS (SELECT 1 AS k) SELECT id FROM (SELECT * FROM "lake"."main"."own" AS "own" WHERE ((id IN (SELECT k FROM "native"."main"."open")))) AS "own";;

SELECT k FROM open WHERE k IN (SELECT id FROM own);
SELECT k FROM open WHERE k IN (SELECT id FROM (SELECT * FROM "native"."main"."own" AS "own" WHERE (who = 'alice')) AS "own");;

WITH own AS (SELECT id FROM own) SELECT id FROM own;
WITH own AS (SELECT id FROM (SELECT * FROM "native"."main"."own" AS "own" WHERE (who = 'alice')) AS "own") SELECT id FROM own;;

SELECT id FROM own UNION ALL SELECT k FROM open;
SELECT id FROM (SELECT * FROM "native"."main"."own" AS "own" WHERE (who = 'alice')) AS "own" UNION ALL SELECT k FROM open;;

TABLE own;
SELECT * FROM (SELECT * FROM "native"."main"."own" AS "own" WHERE (who = 'alice')) AS "own";;

-- Masks, of a column and of a tag.
SELECT * FROM person;
SELECT * FROM (SELECT "person"."id", CAST((left("person"."name", 1) || '***') AS VARCHAR) AS "name", CAST((CASE WHEN 'care' = 'billing' THEN "person"."born" END) AS DATE) AS "born" FROM (SELECT * FROM "native"."main"."person" AS "person") AS "person") AS "person";;

SELECT name FROM person WHERE name = 'x';
SELECT name FROM (SELECT "person"."id", CAST((left("person"."name", 1) || '***') AS VARCHAR) AS "name", CAST((CASE WHEN 'care' = 'billing' THEN "person"."born" END) AS DATE) AS "born" FROM (SELECT * FROM "native"."main"."person" AS "person") AS "person") AS "person" WHERE name = 'x';;

-- Columns.
SELECT id FROM partly;
SELECT id FROM (SELECT "partly"."id", CAST(error('permission denied for table partly') AS VARCHAR) AS "secret" FROM (SELECT * FROM "native"."main"."partly" AS "partly") AS "partly") AS "partly";;

SELECT secret FROM partly;
InsufficientPrivilege: permission denied for table partly;;

SELECT * FROM partly;
InsufficientPrivilege: permission denied for table partly;;

-- Views: with their owner's rights, or with those of who asks.
SELECT * FROM of_carol;
SELECT * FROM (SELECT id FROM (SELECT * FROM "native"."main"."own" AS "own" WHERE (who = 'alice')) AS "own" WHERE n > 1) AS "of_carol";;

SELECT * FROM of_asker;
SELECT * FROM (SELECT id FROM (SELECT * FROM "native"."main"."own" AS "own" WHERE (who = 'alice')) AS "own") AS "of_asker";;

-- What alice has no right on.
SELECT * FROM closed;
InsufficientPrivilege: permission denied for table closed;;

SELECT count(*) FROM open WHERE k IN (SELECT id FROM closed);
InsufficientPrivilege: permission denied for table closed;;

INSERT INTO closed VALUES (1);
InsufficientPrivilege: permission denied for table closed;;

SELECT * FROM native.avila.changes;
InsufficientPrivilege: permission denied for schema avila;;

-- New rows are checked where they are computed.
INSERT INTO open VALUES (1, 'x');
INSERT INTO open VALUES (1, 'x');;

INSERT INTO own VALUES (1, 'alice', 2);
INSERT INTO "native"."main"."own" AS "own" ("id", "who", "n") SELECT CASE WHEN ((who = 'alice') AND (n < 100)) THEN "own"."id" ELSE error('new row violates row-level security policy for table "own"') END AS "id", "own"."who" AS "who", "own"."n" AS "n" FROM (SELECT CAST("avila_given"."id" AS INTEGER) AS "id", CAST("avila_given"."who" AS VARCHAR) AS "who", CAST("avila_given"."n" AS INTEGER) AS "n" FROM (VALUES (CAST(1 AS INTEGER), CAST('alice' AS VARCHAR), CAST(2 AS INTEGER))) AS "avila_given"("id", "who", "n")) AS "own";;

INSERT INTO own (id) SELECT k FROM open;
INSERT INTO "native"."main"."own" AS "own" ("id", "who", "n") SELECT CASE WHEN ((who = 'alice') AND (n < 100)) THEN "own"."id" ELSE error('new row violates row-level security policy for table "own"') END AS "id", "own"."who" AS "who", "own"."n" AS "n" FROM (SELECT CAST("avila_given"."id" AS INTEGER) AS "id", CAST('alice' AS VARCHAR) AS "who", CAST(7 AS INTEGER) AS "n" FROM (SELECT k FROM open) AS "avila_given"("id")) AS "own";;

INSERT INTO own DEFAULT VALUES;
INSERT INTO "native"."main"."own" AS "own" ("id", "who", "n") SELECT CASE WHEN ((who = 'alice') AND (n < 100)) THEN "own"."id" ELSE error('new row violates row-level security policy for table "own"') END AS "id", "own"."who" AS "who", "own"."n" AS "n" FROM (SELECT CAST(NULL AS INTEGER) AS "id", CAST('alice' AS VARCHAR) AS "who", CAST(7 AS INTEGER) AS "n") AS "own";;

UPDATE own SET n = n + 1 WHERE id = 1;
UPDATE "native"."main"."own" AS "own" SET "n" = "avila_picked"."avila_new_n" FROM (SELECT "own"."rowid", CASE WHEN ((who = 'alice')) THEN "own"."n" ELSE error('new row violates row-level security policy for table "own"') END AS "avila_new_n" FROM (SELECT "avila_picked"."rowid", "avila_old"."id" AS "id", "avila_old"."who" AS "who", "avila_picked"."avila_new_n" AS "n" FROM (SELECT "own"."rowid", CAST(n + 1 AS INTEGER) AS "avila_new_n" FROM (SELECT * FROM (SELECT *, "own"."rowid" FROM "native"."main"."own" AS "own" WHERE (who = 'alice')) AS "own" TABLESAMPLE SYSTEM(100 %)) AS "own" WHERE id = 1) AS "avila_picked" JOIN "native"."main"."own" AS "avila_old" ON "avila_old"."rowid" = "avila_picked"."rowid") AS "own") AS "avila_picked" WHERE "own"."rowid" = "avila_picked"."rowid";;

UPDATE own SET n = 1;
UPDATE "native"."main"."own" AS "own" SET "n" = "avila_picked"."avila_new_n" FROM (SELECT "own"."rowid", CASE WHEN ((who = 'alice')) THEN "own"."n" ELSE error('new row violates row-level security policy for table "own"') END AS "avila_new_n" FROM (SELECT "avila_picked"."rowid", "avila_old"."id" AS "id", "avila_old"."who" AS "who", "avila_picked"."avila_new_n" AS "n" FROM (SELECT "own"."rowid", CAST(1 AS INTEGER) AS "avila_new_n" FROM (SELECT *, "own"."rowid" FROM "native"."main"."own" AS "own" WHERE (who = 'alice')) AS "own") AS "avila_picked" JOIN "native"."main"."own" AS "avila_old" ON "avila_old"."rowid" = "avila_picked"."rowid") AS "own") AS "avila_picked" WHERE "own"."rowid" = "avila_picked"."rowid";;

UPDATE partly SET id = 1;
UPDATE "native"."main"."partly" AS "partly" SET "id" = "avila_picked"."avila_new_id" FROM (SELECT "partly"."rowid", CAST(1 AS INTEGER) AS "avila_new_id" FROM (SELECT *, "partly"."rowid" FROM "native"."main"."partly" AS "partly") AS "partly") AS "avila_picked" WHERE "partly"."rowid" = "avila_picked"."rowid";;

UPDATE partly SET secret = 'x';
InsufficientPrivilege: permission denied for table partly;;

UPDATE partly SET id = 1 WHERE secret = 'x';
InsufficientPrivilege: permission denied for table partly;;

DELETE FROM own WHERE n = 1;
DELETE FROM "native"."main"."own" AS "own" WHERE "own"."rowid" IN (SELECT "own"."rowid" FROM (SELECT *, "own"."rowid" FROM "native"."main"."own" AS "own" WHERE (who = 'alice')) AS "own" WHERE n = 1);;

DELETE FROM partly;
InsufficientPrivilege: permission denied for table partly;;

MERGE INTO own USING open ON own.id = open.k WHEN MATCHED THEN UPDATE SET n = 1;
MERGE INTO "native"."main"."own" AS "own" USING (SELECT "open".*, "own"."rowid" AS avila_row, TRUE AS avila_given FROM open LEFT JOIN (SELECT * FROM (SELECT *, "own"."rowid" FROM "native"."main"."own" AS "own" WHERE (who = 'alice')) AS "own" TABLESAMPLE SYSTEM(100 %)) AS "own" ON own.id = open.k) AS "open" ON "own"."rowid" = "open"."avila_row" WHEN MATCHED THEN UPDATE SET "n" = CASE WHEN NOT (NOT "open"."avila_row" IS NULL) THEN NULL ELSE CASE WHEN ((("own"."who" = 'alice'))) THEN CASE WHEN ((("own"."who" = 'alice'))) THEN 1 ELSE error('new row violates row-level security policy for table "own"') END ELSE error('new row violates row-level security policy for table "own"') END END;;

TRUNCATE own;
InsufficientPrivilege: permission denied for table own;;

COPY own TO 'x.csv';
InsufficientPrivilege: permission denied to COPY to a file;;

-- Functions, and statements that show more than rows.
SELECT stats(id) FROM own;
InsufficientPrivilege: permission denied for function stats;;

SELECT getenv('HOME');
StatementNotAllowed: function getenv is not allowed;;

EXPLAIN SELECT 1;
InsufficientPrivilege: permission denied for EXPLAIN;;

PRAGMA database_size;
InsufficientPrivilege: only superusers may PRAGMA database_size;;

CHECKPOINT;
CHECKPOINT;;

-- Definitions need ownership, and rights on where they are made.
CREATE TABLE made (a INTEGER);
InsufficientPrivilege: permission denied for schema main;;

CREATE TEMP TABLE made AS SELECT id FROM own;
CREATE TEMPORARY TABLE made AS SELECT id FROM (SELECT * FROM "native"."main"."own" AS "own" WHERE (who = 'alice')) AS "own";;

DROP TABLE own;
InsufficientPrivilege: must be owner of table own;;

ALTER TABLE own ADD COLUMN x INTEGER;
InsufficientPrivilege: must be owner of table own;;

CREATE MACRO upper(x) AS x;
ReservedName: function "upper" is the kernel's, and cannot be made anew;;

ATTACH 'x.db' AS y;
InsufficientPrivilege: only superusers may attach and detach databases;;
