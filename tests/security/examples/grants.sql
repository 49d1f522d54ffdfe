-- GRANT and REVOKE: tables, columns, the grant option, PUBLIC, and who may give what.
CREATE ROLE miriam;
CREATE ROLE miriam_rw;
CREATE ROLE admin;
CREATE ROLE ulf;
CREATE TABLE films (code int PRIMARY KEY, title text, did int, kind text);
INSERT INTO films VALUES (1, 'Alien', 10, 'scifi'), (2, 'Brazil', 11, 'scifi'), (3, 'Cabaret', 12, 'musical');
CREATE VIEW kinds AS SELECT title, kind FROM films;
-- as miriam
SELECT * FROM films;
INSERT INTO films VALUES (4, 'Dune', 13, 'scifi');
SELECT * FROM kinds;
SELECT 1 FROM films;
SELECT count(*) FROM films;
-- as owner
GRANT INSERT ON films TO PUBLIC;
GRANT ALL PRIVILEGES ON kinds TO ulf;
-- as miriam
INSERT INTO films VALUES (4, 'Dune', 13, 'scifi');
INSERT INTO films VALUES (5, 'Eraserhead', 14, 'horror') RETURNING code;
SELECT * FROM films;
-- as ulf
SELECT * FROM kinds ORDER BY title;
SELECT * FROM films;
-- as owner
GRANT SELECT ON films TO PUBLIC;
GRANT SELECT (code, title), INSERT (code), UPDATE (title) ON films TO miriam_rw;
REVOKE INSERT ON films FROM PUBLIC;
REVOKE SELECT ON films FROM PUBLIC;
GRANT miriam_rw TO miriam;
-- as miriam
SELECT code, title FROM films ORDER BY code;
SELECT * FROM films;
SELECT code FROM films WHERE did = 10;
SELECT code FROM films ORDER BY kind;
SELECT count(*) FROM films;
SELECT 1 AS one FROM films WHERE code = 1;
SELECT films FROM films;
SELECT f.code FROM films AS f JOIN films AS g ON f.code = g.did;
SELECT code FROM (SELECT * FROM films) AS f;
SELECT x.code FROM (SELECT code, title FROM films) AS x ORDER BY code;
WITH c AS (SELECT code, kind FROM films) SELECT code FROM c;
UPDATE films SET title = 'Alien!' WHERE code = 1;
UPDATE films SET title = 'Alien!' WHERE did = 10;
UPDATE films SET title = kind;
UPDATE films SET kind = 'none';
UPDATE films SET title = 'Brazil!' WHERE code = 2 RETURNING code;
UPDATE films SET title = 'Brazil!' WHERE code = 2 RETURNING did;
INSERT INTO films (code) VALUES (7);
INSERT INTO films (code, title) VALUES (8, 'Heat');
INSERT INTO films VALUES (8, 'Heat');
DELETE FROM films;
TRUNCATE films;
-- as owner
SELECT * FROM films ORDER BY code;

-- With the grant option it may be passed on, and goes with the one who gave it.
GRANT SELECT ON films TO admin WITH GRANT OPTION;
-- as admin
GRANT SELECT ON films TO ulf;
SELECT count(*) FROM films;
-- as ulf
SELECT count(*) FROM films;
-- as miriam_rw
GRANT DELETE ON kinds TO ulf;
-- as owner
REVOKE SELECT ON films FROM admin;
REVOKE GRANT OPTION FOR SELECT ON films FROM admin;
REVOKE GRANT OPTION FOR SELECT ON films FROM admin CASCADE;
-- as ulf
SELECT count(*) FROM films;
-- as admin
SELECT count(*) FROM films;
-- as owner
REVOKE ALL ON films FROM admin;
-- as admin
SELECT count(*) FROM films;
-- as owner
GRANT DELETE ON films TO ulf;
-- as ulf
DELETE FROM films;
DELETE FROM films WHERE code = 1;
-- as owner
SELECT count(*) FROM films;
GRANT TRUNCATE ON films TO ulf;
-- as ulf
TRUNCATE films;

-- as owner
-- What cannot be granted.
GRANT SELECT ON nothing TO ulf;
GRANT SELECT ON films TO nobody_there;
GRANT SELECT (nothing) ON films TO ulf;
GRANT DELETE (title) ON films TO ulf;
GRANT USAGE ON films TO ulf;
GRANT SELECT ON films TO ulf, miriam;
REVOKE SELECT ON films FROM ulf, miriam;
