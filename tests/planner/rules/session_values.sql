-- Who asks.
SELECT current_user, session_user, current_role, user;
SELECT 'alice' AS "current_user", 'alice' AS "session_user", 'alice' AS "current_role", 'alice' AS "user";;

SELECT v FROM open WHERE v = current_user;
SELECT v FROM open WHERE v = 'alice';;

SELECT pg_catalog.current_user(), "current_user" FROM own;
SELECT 'alice' AS "current_user", "current_user" FROM own;;

SELECT own.current_user FROM own;
SELECT own.current_user FROM own;;

-- Settings and attributes.
SELECT current_setting('app.customer') AS c, current_setting('app.none', true) AS n;
SELECT '17' AS c, CAST(NULL AS TEXT) AS n;;

SELECT session_attribute('purpose'), session_attribute('nothing');
SELECT 'care' AS "session_attribute", CAST(NULL AS TEXT) AS "session_attribute";;

SELECT current_setting('app.none');
UndefinedObject: unrecognized configuration parameter "app.none";;

SELECT current_setting(v) FROM open;
FeatureNotSupported: current_setting() takes a constant, so that it can be checked;;

-- Privileges are answered while the statement is planned.
SELECT has_table_privilege('open', 'SELECT'), has_table_privilege('carol', 'own', 'UPDATE');
SELECT TRUE AS "has_table_privilege", FALSE AS "has_table_privilege";;

SELECT has_column_privilege('partly', 'secret', 'SELECT') AS h;
SELECT FALSE AS h;;

SELECT has_table_privilege(v, 'INSERT') FROM open;
SELECT (lower(CAST(v AS TEXT)) IN ('lake.main.own', 'main.open', 'main.own', 'main.person', 'native.main.open', 'native.main.own', 'native.main.person', 'open', 'own', 'person')) AS "has_table_privilege" FROM open;;

SELECT pg_has_role('carol', 'MEMBER');
SELECT FALSE AS "pg_has_role";;

SELECT has_table_privilege('nothing', 'SELECT');
UndefinedTable: relation "nothing" does not exist;;

SELECT has_table_privilege('open', 'READ');
InvalidParameterValue: unrecognized privilege type: "READ";;

-- What is kept stays as it is.
CREATE VIEW w AS SELECT current_user AS u;
CREATE VIEW w AS SELECT current_user AS u;;

CREATE TEMP TABLE w AS SELECT current_user AS u;
CREATE TEMPORARY TABLE w AS SELECT 'alice' AS u;;
