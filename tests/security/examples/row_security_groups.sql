-- The users, groups and information of the chapter "Row Security Policies": a policy that asks another table.
CREATE ROLE alice;
CREATE ROLE mallory;
CREATE TABLE groups (group_id int PRIMARY KEY, group_name text NOT NULL);
INSERT INTO groups VALUES (1, 'low'), (2, 'medium'), (5, 'high');
GRANT ALL ON groups TO alice;
GRANT SELECT ON groups TO public;
CREATE TABLE users (user_name text PRIMARY KEY, group_id int NOT NULL REFERENCES groups);
INSERT INTO users VALUES ('alice', 5), ('bob', 2), ('mallory', 2);
GRANT ALL ON users TO alice;
GRANT SELECT ON users TO public;
CREATE TABLE information (info text, group_id int NOT NULL REFERENCES groups);
INSERT INTO information VALUES ('barely secret', 1), ('slightly secret', 2), ('very secret', 5);
ALTER TABLE information ENABLE ROW LEVEL SECURITY;
CREATE POLICY fp_s ON information FOR SELECT
  USING (group_id <= (SELECT group_id FROM users WHERE user_name = current_user));
CREATE POLICY fp_u ON information FOR UPDATE
  USING (group_id <= (SELECT group_id FROM users WHERE user_name = current_user));
GRANT ALL ON information TO public;

set role mallory;
SELECT * FROM information ORDER BY group_id;
SELECT * FROM information WHERE group_id = 2;
UPDATE information SET info = 'mine' WHERE group_id = 5;
UPDATE information SET group_id = 5 WHERE group_id = 1;
UPDATE users SET group_id = 5 WHERE user_name = 'mallory';
INSERT INTO information VALUES ('new', 1);
DELETE FROM information;
set role alice;
UPDATE users SET group_id = 1 WHERE user_name = 'mallory';
UPDATE information SET info = 'secret from mallory' WHERE group_id = 2;
set role mallory;
SELECT * FROM information WHERE group_id = 2;
SELECT count(*) FROM information;
SELECT info FROM information WHERE group_id <= (SELECT max(group_id) FROM groups);
reset role;
SELECT * FROM information ORDER BY group_id;
