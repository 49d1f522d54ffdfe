-- The password file of the chapter "Row Security Policies", emulated with policies and column rights.
CREATE TABLE passwd (
  user_name text UNIQUE NOT NULL,
  pwhash text,
  uid int PRIMARY KEY,
  gid int NOT NULL,
  real_name text NOT NULL,
  home_phone text,
  extra_info text,
  home_dir text NOT NULL,
  shell text NOT NULL
);
CREATE ROLE admin;
CREATE ROLE bob;
CREATE ROLE alice;
INSERT INTO passwd VALUES
  ('admin', 'xxx', 0, 0, 'Admin', '111-222-3333', null, '/root', '/bin/dash');
INSERT INTO passwd VALUES
  ('bob', 'xxx', 1, 1, 'Bob', '123-456-7890', null, '/home/bob', '/bin/zsh');
INSERT INTO passwd VALUES
  ('alice', 'xxx', 2, 1, 'Alice', '098-765-4321', null, '/home/alice', '/bin/zsh');
ALTER TABLE passwd ENABLE ROW LEVEL SECURITY;
CREATE POLICY admin_all ON passwd TO admin USING (true) WITH CHECK (true);
CREATE POLICY all_view ON passwd FOR SELECT USING (true);
CREATE POLICY user_mod ON passwd FOR UPDATE
  USING (current_user = user_name)
  WITH CHECK (
    current_user = user_name AND
    shell IN ('/bin/bash', '/bin/sh', '/bin/dash', '/bin/zsh', '/bin/tcsh')
  );
GRANT SELECT, INSERT, UPDATE, DELETE ON passwd TO admin;
GRANT SELECT
  (user_name, uid, gid, real_name, home_phone, extra_info, home_dir, shell)
  ON passwd TO public;
GRANT UPDATE
  (pwhash, real_name, home_phone, extra_info, shell)
  ON passwd TO public;

set role admin;
table passwd;
set role alice;
table passwd;
select user_name, real_name, home_phone, extra_info, home_dir, shell from passwd;
update passwd set user_name = 'joe';
update passwd set real_name = 'Alice Doe';
update passwd set real_name = 'John Doe' where user_name = 'admin';
update passwd set shell = '/bin/xx';
delete from passwd;
insert into passwd (user_name) values ('xxx');
update passwd set pwhash = 'abc';
reset role;
table passwd;

-- A restrictive policy on top: an administrator changes the file only from the machine itself.
CREATE POLICY admin_local_only ON passwd AS RESTRICTIVE TO admin
  USING (pg_catalog.inet_client_addr() IS NULL);
set role admin;
select current_user;
select inet_client_addr();
table passwd;
update passwd set pwhash = NULL where user_name = 'bob';
reset role;

-- And the other way round, as it would be over the network.
DROP POLICY admin_local_only ON passwd;
CREATE POLICY admin_remote_only ON passwd AS RESTRICTIVE TO admin
  USING (pg_catalog.inet_client_addr() IS NOT NULL);
set role admin;
table passwd;
update passwd set pwhash = NULL;
insert into passwd values ('eve', 'x', 9, 9, 'Eve', null, null, '/home/eve', '/bin/sh');
reset role;
select user_name, pwhash from passwd;
DROP TABLE passwd;
