-- The chapter "Rules and Privileges", and security_invoker and security_barrier of CREATE VIEW.
CREATE ROLE assistant;
CREATE ROLE boss;
CREATE ROLE nosy;
CREATE TABLE phone_data (person text, phone text, private boolean);
INSERT INTO phone_data VALUES ('Ann', '1000', false), ('Ben', '41212', true), ('Cid', '41299', false);
ALTER TABLE phone_data OWNER TO boss;
CREATE VIEW phone_number AS SELECT person, CASE WHEN NOT private THEN phone END AS phone FROM phone_data;
ALTER VIEW phone_number OWNER TO boss;
GRANT SELECT ON phone_number TO assistant;
-- as assistant
SELECT * FROM phone_number ORDER BY person;
SELECT * FROM phone_data;
-- as nosy
SELECT * FROM phone_number;
-- as owner

-- Who may look at less must not learn more by a condition that fails for what is hidden.
CREATE VIEW directory WITH (security_barrier) AS SELECT person, phone FROM phone_data WHERE phone NOT LIKE '412%';
GRANT SELECT ON directory TO nosy;
-- as nosy
SELECT * FROM directory WHERE CAST(phone AS INTEGER) * 100000 > 0;
SELECT * FROM directory;
-- as owner

-- The view's owner is who is asked for the right to what is behind it.
ALTER VIEW directory OWNER TO assistant;
-- as nosy
SELECT * FROM directory;
-- as owner
GRANT SELECT ON phone_data TO assistant;
-- as nosy
SELECT * FROM directory;
-- as owner
ALTER TABLE phone_data ENABLE ROW LEVEL SECURITY;
-- as nosy
SELECT * FROM directory;
-- as owner
CREATE POLICY by_role ON phone_data FOR SELECT TO assistant USING (person <> 'Ann');
CREATE POLICY by_name ON phone_data FOR SELECT TO assistant USING (current_user = 'nosy');
-- as nosy
SELECT * FROM directory;
SELECT * FROM phone_data;
-- as assistant
SELECT * FROM directory;
SELECT * FROM phone_data ORDER BY person;
-- as owner

-- An invoker's view asks the one who looks.
CREATE VIEW looking WITH (security_invoker = true) AS SELECT person, phone FROM phone_data;
GRANT SELECT ON looking TO nosy, assistant;
-- as nosy
SELECT * FROM looking;
-- as assistant
SELECT * FROM looking ORDER BY person;
-- as owner
GRANT SELECT (person) ON phone_data TO nosy;
-- as nosy
SELECT person FROM looking;
SELECT person FROM phone_data;
-- as owner
CREATE VIEW over_looking AS SELECT person FROM looking;
ALTER VIEW over_looking OWNER TO assistant;
GRANT SELECT ON over_looking TO nosy;
-- as nosy
SELECT * FROM over_looking ORDER BY person;
-- as owner
REVOKE SELECT ON over_looking FROM nosy;
-- as nosy
SELECT * FROM over_looking;
-- as owner
GRANT SELECT ON over_looking TO nosy;
GRANT SELECT ON phone_data TO nosy;
CREATE POLICY for_nosy ON phone_data FOR SELECT TO nosy USING (person = 'Cid');
-- as nosy
SELECT * FROM over_looking;
SELECT * FROM looking;
