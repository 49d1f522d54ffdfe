-- The table "Policies Applied by Command Type" of CREATE POLICY: which policy looks at which row of which statement.
CREATE ROLE alice;
CREATE TABLE t (id int PRIMARY KEY, readable bool, addable bool, changeable bool, removable bool);
INSERT INTO t VALUES
  (1, true, true, true, true), (2, false, true, true, true), (3, true, false, true, true),
  (4, true, true, false, true), (5, true, true, true, false), (6, false, false, false, false);
ALTER TABLE t ENABLE ROW LEVEL SECURITY;
CREATE POLICY p_select ON t FOR SELECT USING (readable);
CREATE POLICY p_insert ON t FOR INSERT WITH CHECK (addable);
CREATE POLICY p_update ON t FOR UPDATE USING (changeable) WITH CHECK (changeable);
CREATE POLICY p_delete ON t FOR DELETE USING (removable);
GRANT ALL ON t TO alice;

set role alice;
SELECT id FROM t ORDER BY id;
INSERT INTO t VALUES (11, true, true, true, true);
INSERT INTO t VALUES (12, false, true, true, true);
INSERT INTO t VALUES (13, true, false, true, true);
INSERT INTO t VALUES (14, true, true, true, true) RETURNING id;
INSERT INTO t VALUES (15, false, true, true, true) RETURNING id;
UPDATE t SET addable = true;
UPDATE t SET addable = false WHERE id = 2;
UPDATE t SET addable = false WHERE id = 3;
UPDATE t SET changeable = false WHERE id = 3;
UPDATE t SET changeable = false;
UPDATE t SET readable = false WHERE id = 3;
UPDATE t SET readable = false WHERE id = 3 RETURNING id;
UPDATE t SET addable = false WHERE id = 4 RETURNING id;
DELETE FROM t WHERE id = 5;
DELETE FROM t WHERE id = 2;
DELETE FROM t WHERE id = 4 RETURNING id, readable;
INSERT INTO t VALUES (1, true, true, true, true) ON CONFLICT (id) DO NOTHING;
INSERT INTO t VALUES (1, true, true, true, true) ON CONFLICT (id) DO UPDATE SET removable = false;
INSERT INTO t VALUES (1, true, false, true, true) ON CONFLICT (id) DO UPDATE SET removable = false;
INSERT INTO t VALUES (2, true, true, true, true) ON CONFLICT (id) DO UPDATE SET removable = false;
INSERT INTO t VALUES (6, true, true, true, true) ON CONFLICT (id) DO UPDATE SET removable = false;
INSERT INTO t VALUES (1, true, true, true, true) ON CONFLICT (id) DO UPDATE SET changeable = false;
INSERT INTO t VALUES (16, true, true, true, true) ON CONFLICT (id) DO UPDATE SET removable = false RETURNING id;
MERGE INTO t USING (SELECT 1 AS id) AS s ON t.id = s.id WHEN MATCHED THEN UPDATE SET removable = true;
MERGE INTO t USING (SELECT 2 AS id) AS s ON t.id = s.id WHEN MATCHED THEN UPDATE SET removable = true;
MERGE INTO t USING (SELECT 17 AS id) AS s ON t.id = s.id
  WHEN NOT MATCHED THEN INSERT VALUES (17, true, true, true, true);
MERGE INTO t USING (SELECT 18 AS id) AS s ON t.id = s.id
  WHEN NOT MATCHED THEN INSERT VALUES (18, true, false, true, true);
MERGE INTO t USING (SELECT 17 AS id) AS s ON t.id = s.id WHEN MATCHED THEN DELETE;
MERGE INTO t USING (SELECT 1 AS id) AS s ON t.id = s.id WHEN MATCHED THEN UPDATE SET changeable = false;
reset role;
SELECT * FROM t ORDER BY id;

-- Permissive policies widen, restrictive ones narrow; both hold for their roles only.
CREATE ROLE bob;
CREATE TABLE r (id int, kind text);
INSERT INTO r VALUES (1, 'a'), (2, 'a'), (3, 'b'), (4, 'c');
GRANT ALL ON r TO alice, bob;
ALTER TABLE r ENABLE ROW LEVEL SECURITY;
CREATE POLICY narrow ON r AS RESTRICTIVE USING (id < 4);
set role alice;
SELECT * FROM r;
reset role;
CREATE POLICY one ON r AS PERMISSIVE FOR SELECT TO alice USING (kind = 'a');
CREATE POLICY two ON r FOR SELECT TO alice, bob USING (kind = 'c' OR kind = 'b');
CREATE POLICY no_two ON r AS RESTRICTIVE FOR SELECT TO alice USING (id <> 2);
set role alice;
SELECT * FROM r ORDER BY id;
set role bob;
SELECT * FROM r ORDER BY id;
INSERT INTO r VALUES (9, 'z');
DELETE FROM r;
reset role;
CREATE POLICY three ON r FOR INSERT TO bob WITH CHECK (kind <> 'z');
set role bob;
INSERT INTO r VALUES (9, 'z');
INSERT INTO r VALUES (9, 'y');
INSERT INTO r VALUES (3, 'y');
reset role;
SELECT * FROM r ORDER BY id, kind;

-- What CREATE POLICY refuses.
CREATE POLICY bad ON r FOR SELECT WITH CHECK (true);
CREATE POLICY bad ON r FOR DELETE WITH CHECK (true);
CREATE POLICY bad ON r FOR INSERT USING (true);
CREATE POLICY bad ON nothing USING (true);
CREATE POLICY bad ON r TO nobody_there USING (true);
CREATE POLICY one ON r USING (true);
