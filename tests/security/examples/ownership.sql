-- Owners: what only they may do, how things change hands, and what keeps a role from being dropped.
CREATE ROLE alice;
CREATE ROLE bob;
CREATE ROLE team;
GRANT team TO alice;
CREATE SCHEMA work;
GRANT ALL ON SCHEMA work TO alice, bob, team;
-- as alice
CREATE TABLE work.mine (a int);
INSERT INTO work.mine VALUES (1);
-- as bob
SELECT * FROM work.mine;
DROP TABLE work.mine;
ALTER TABLE work.mine ADD COLUMN b int;
ALTER TABLE work.mine RENAME TO yours;
GRANT SELECT ON work.mine TO bob;
ALTER TABLE work.mine OWNER TO bob;
-- as alice
GRANT SELECT ON work.mine TO bob;
ALTER TABLE work.mine OWNER TO bob;
ALTER TABLE work.mine OWNER TO team;
SELECT * FROM work.mine;
REVOKE ALL ON work.mine FROM team;
SELECT * FROM work.mine;
GRANT ALL ON work.mine TO team;
-- as bob
SELECT * FROM work.mine;
-- as owner
REVOKE team FROM alice;
-- as alice
SELECT * FROM work.mine;
DROP TABLE work.mine;
-- as owner
DROP ROLE team;
DROP ROLE bob;
REASSIGN OWNED BY team TO bob;
DROP OWNED BY team;
DROP ROLE team;
-- as bob
ALTER TABLE work.mine ADD COLUMN b int;
SELECT * FROM work.mine;
CREATE TABLE work.others (a int);
-- as alice
DROP TABLE work.others;
DROP SCHEMA work;
-- as bob
DROP TABLE work.others;
DROP TABLE work.mine;
