-- The chapter "Role Membership": joe, admin and wheel.
CREATE ROLE joe LOGIN INHERIT;
CREATE ROLE admin NOINHERIT;
CREATE ROLE wheel NOINHERIT;
CREATE ROLE stranger;
GRANT admin TO joe;
GRANT wheel TO admin;
CREATE TABLE joes (a int);
CREATE TABLE admins (a int);
CREATE TABLE wheels (a int);
GRANT ALL ON joes TO joe;
GRANT ALL ON admins TO admin;
GRANT ALL ON wheels TO wheel;

-- as joe
SELECT current_user, session_user;
SELECT * FROM joes;
SELECT * FROM admins;
SELECT * FROM wheels;
SET ROLE admin;
SELECT current_user, session_user;
SELECT * FROM joes;
SELECT * FROM admins;
SELECT * FROM wheels;
SET ROLE wheel;
SELECT current_user, session_user;
SELECT * FROM joes;
SELECT * FROM admins;
SELECT * FROM wheels;
SET ROLE stranger;
SELECT current_user;
SET ROLE nobody_there;
SET ROLE joe;
SELECT current_user;
SET ROLE NONE;
SELECT current_user;
RESET ROLE;
SELECT current_user;
SELECT pg_has_role('joe', 'admin', 'MEMBER'), pg_has_role('joe', 'wheel', 'MEMBER'), pg_has_role('stranger', 'MEMBER');
SELECT pg_has_role('admin', 'USAGE'), pg_has_role('wheel', 'USAGE');
CREATE ROLE mine;
GRANT admin TO stranger;
DROP ROLE stranger;
ALTER ROLE joe SUPERUSER;

-- as stranger
SELECT * FROM admins;
SET ROLE joe;
SET ROLE admin;

-- as owner
REVOKE admin FROM joe;
-- as joe
SELECT * FROM admins;
SET ROLE admin;
SET ROLE wheel;

-- as owner
-- Memberships make no circles, and what is granted with the option may be passed on.
GRANT joe TO joe;
GRANT admin TO wheel;
GRANT admin TO joe WITH ADMIN OPTION;
-- as joe
GRANT admin TO stranger;
-- as stranger
SELECT * FROM admins;
-- as joe
REVOKE admin FROM stranger;
-- as stranger
SELECT * FROM admins;

-- as owner
CREATE ROLE joe;
DROP ROLE nobody_there;
DROP ROLE IF EXISTS nobody_there;
DROP ROLE joe;
DROP TABLE joes;
DROP ROLE joe;
DROP ROLE admin;
DROP TABLE admins;
DROP ROLE admin;
DROP ROLE stranger;
