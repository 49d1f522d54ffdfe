-- The rights to a schema: USAGE to look things up in it, CREATE to make things in it.
CREATE ROLE alice;
CREATE SCHEMA hollywood;
CREATE TABLE hollywood.films (title text);
INSERT INTO hollywood.films VALUES ('Alien');
GRANT SELECT ON hollywood.films TO alice;
-- as alice
SELECT * FROM hollywood.films;
CREATE TABLE hollywood.mine (a int);
-- as owner
GRANT USAGE ON SCHEMA hollywood TO alice;
-- as alice
SELECT * FROM hollywood.films;
CREATE TABLE hollywood.mine (a int);
DROP SCHEMA hollywood;
CREATE SCHEMA mine;
-- as owner
GRANT CREATE ON SCHEMA hollywood TO alice;
-- as alice
CREATE TABLE hollywood.mine (a int);
INSERT INTO hollywood.mine VALUES (1);
SELECT * FROM hollywood.mine;
-- as owner
REVOKE USAGE ON SCHEMA hollywood FROM alice;
-- as alice
SELECT * FROM hollywood.mine;
SELECT * FROM hollywood.films;
-- as owner
CREATE ROLE joe;
CREATE SCHEMA AUTHORIZATION joe;
CREATE SCHEMA joes AUTHORIZATION joe;
-- as joe
CREATE TABLE joes.own (a int);
CREATE TABLE joe.own (a int);
GRANT USAGE ON SCHEMA joes TO alice;
-- as alice
SELECT * FROM joes.own;
SELECT * FROM joe.own;
-- as joe
GRANT SELECT ON joes.own TO alice;
-- as alice
SELECT * FROM joes.own;
-- as owner
GRANT SELECT ON ALL TABLES IN SCHEMA joe TO alice;
GRANT USAGE ON SCHEMA joe TO alice;
-- as alice
SELECT * FROM joe.own;
INSERT INTO joe.own VALUES (1);
