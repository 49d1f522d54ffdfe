-- The functions of "Access Privilege Inquiry".
CREATE ROLE alice;
CREATE ROLE staff;
CREATE ROLE bob;
GRANT staff TO bob;
CREATE TABLE myschema_t (a int, b int);
CREATE VIEW myview AS SELECT a FROM myschema_t;
CREATE SCHEMA s;
GRANT SELECT, UPDATE (b) ON myschema_t TO staff;
GRANT INSERT ON myschema_t TO staff WITH GRANT OPTION;
GRANT SELECT (a) ON myschema_t TO alice;
GRANT SELECT ON myview TO alice;
GRANT USAGE ON SCHEMA s TO alice;
SELECT has_table_privilege('myschema_t', 'select');
SELECT has_table_privilege('joe_who_is_not_there', 'myschema_t', 'SELECT');
SELECT has_table_privilege('alice', 'not_there', 'SELECT');
SELECT has_table_privilege('alice', 'myschema_t', 'SELECT'), has_table_privilege('bob', 'myschema_t', 'SELECT');
SELECT has_table_privilege('bob', 'myschema_t', 'INSERT, SELECT WITH GRANT OPTION');
SELECT has_table_privilege('bob', 'myschema_t', 'INSERT WITH GRANT OPTION'), has_table_privilege('bob', 'myschema_t', 'DELETE');
SELECT has_table_privilege('bob', 'myschema_t', 'JUMP');
SELECT has_column_privilege('alice', 'myschema_t', 'a', 'SELECT'), has_column_privilege('alice', 'myschema_t', 'b', 'SELECT');
SELECT has_column_privilege('bob', 'myschema_t', 'a', 'SELECT'), has_column_privilege('bob', 'myschema_t', 'a', 'UPDATE');
SELECT has_any_column_privilege('alice', 'myschema_t', 'SELECT'), has_any_column_privilege('bob', 'myschema_t', 'UPDATE');
SELECT has_any_column_privilege('alice', 'myschema_t', 'INSERT');
SELECT has_schema_privilege('alice', 's', 'USAGE'), has_schema_privilege('alice', 's', 'CREATE'), has_schema_privilege('bob', 's', 'USAGE');
SELECT pg_has_role('bob', 'staff', 'MEMBER'), pg_has_role('bob', 'staff', 'USAGE'), pg_has_role('alice', 'staff', 'USAGE');
SELECT row_security_active('myschema_t');
ALTER TABLE myschema_t ENABLE ROW LEVEL SECURITY;
-- as alice
SELECT row_security_active('myschema_t');
SELECT has_table_privilege('myschema_t', 'SELECT'), has_table_privilege('myview', 'SELECT');
SELECT has_column_privilege('myschema_t', 'a', 'SELECT'), has_column_privilege('myview', 'a', 'SELECT');
-- as bob
SELECT has_table_privilege('myschema_t', 'SELECT'), has_table_privilege('myview', 'SELECT');
