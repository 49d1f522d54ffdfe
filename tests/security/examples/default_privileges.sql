-- ALTER DEFAULT PRIVILEGES: what is granted on what is made later.
CREATE ROLE webuser;
CREATE ROLE admin;
CREATE ROLE maker;
CREATE SCHEMA myschema;
GRANT ALL ON SCHEMA myschema TO admin, maker;
GRANT USAGE ON SCHEMA myschema TO webuser;
ALTER DEFAULT PRIVILEGES IN SCHEMA myschema GRANT SELECT ON TABLES TO PUBLIC;
ALTER DEFAULT PRIVILEGES IN SCHEMA myschema GRANT INSERT ON TABLES TO webuser;
CREATE TABLE myschema.one (a int);
CREATE TABLE elsewhere (a int);
-- as webuser
SELECT * FROM myschema.one;
INSERT INTO myschema.one VALUES (1);
DELETE FROM myschema.one;
SELECT * FROM elsewhere;
-- as maker
CREATE TABLE myschema.makers (a int);
-- as webuser
SELECT * FROM myschema.makers;
-- as owner
ALTER DEFAULT PRIVILEGES IN SCHEMA myschema REVOKE SELECT ON TABLES FROM PUBLIC;
ALTER DEFAULT PRIVILEGES IN SCHEMA myschema REVOKE INSERT ON TABLES FROM webuser;
CREATE TABLE myschema.two (a int);
-- as webuser
SELECT * FROM myschema.one;
SELECT * FROM myschema.two;
-- as owner
ALTER DEFAULT PRIVILEGES FOR ROLE maker GRANT SELECT ON TABLES TO webuser;
-- as maker
CREATE TABLE myschema.later (a int);
-- as webuser
SELECT * FROM myschema.later;
SELECT * FROM myschema.makers;
-- as maker
ALTER DEFAULT PRIVILEGES FOR ROLE owner GRANT SELECT ON TABLES TO maker;
-- as owner
ALTER DEFAULT PRIVILEGES FOR ROLE nobody_there GRANT SELECT ON TABLES TO webuser;
