-- The accounts and users of the chapter "Row Security Policies", and what enabling, forcing and bypassing mean.
CREATE ROLE managers;
CREATE ROLE joe;
CREATE ROLE jane;
CREATE ROLE auditor BYPASSRLS;
GRANT managers TO joe, jane;
CREATE TABLE accounts (manager text, company text, contact_email text);
INSERT INTO accounts VALUES ('joe', 'Acme', 'a@acme.example'), ('jane', 'Bolt', 'b@bolt.example');
GRANT ALL ON accounts TO managers;
GRANT SELECT ON accounts TO auditor;
ALTER TABLE accounts ENABLE ROW LEVEL SECURITY;

-- No policy yet: nothing is seen, and nothing may be added.
set role joe;
SELECT * FROM accounts;
INSERT INTO accounts VALUES ('joe', 'Cask', 'c@cask.example');
UPDATE accounts SET company = 'None';
DELETE FROM accounts;
reset role;

CREATE POLICY account_managers ON accounts TO managers USING (manager = current_user);
set role joe;
SELECT * FROM accounts;
INSERT INTO accounts VALUES ('joe', 'Cask', 'c@cask.example');
INSERT INTO accounts VALUES ('jane', 'Dune', 'd@dune.example');
INSERT INTO accounts VALUES ('joe', 'Eden', 'e@eden.example'), ('jane', 'Dune', 'd@dune.example');
UPDATE accounts SET manager = 'jane' WHERE company = 'Acme';
UPDATE accounts SET company = 'Acme & Co' WHERE company IN ('Acme', 'Bolt');
DELETE FROM accounts WHERE company IN ('Bolt', 'Cask');
SELECT * FROM accounts;
set role auditor;
SELECT * FROM accounts ORDER BY company;
set role managers;
SELECT * FROM accounts;
reset role;

-- The owner is exempt, until the policies are forced on it.
ALTER TABLE accounts OWNER TO jane;
set role jane;
SELECT * FROM accounts ORDER BY company;
ALTER TABLE accounts FORCE ROW LEVEL SECURITY;
SELECT * FROM accounts ORDER BY company;
ALTER TABLE accounts NO FORCE ROW LEVEL SECURITY;
SELECT * FROM accounts ORDER BY company;
set role joe;
ALTER TABLE accounts DISABLE ROW LEVEL SECURITY;
DROP POLICY account_managers ON accounts;
CREATE POLICY mine ON accounts USING (true);
ALTER POLICY account_managers ON accounts USING (true);
set role jane;
ALTER POLICY account_managers ON accounts RENAME TO theirs;
ALTER POLICY theirs ON accounts TO public USING (company = 'Bolt');
set role joe;
SELECT * FROM accounts;
set role jane;
DROP POLICY account_managers ON accounts;
DROP POLICY IF EXISTS account_managers ON accounts;
CREATE POLICY theirs ON accounts USING (true);
DROP POLICY theirs ON accounts;
set role joe;
SELECT * FROM accounts;
set role jane;
ALTER TABLE accounts DISABLE ROW LEVEL SECURITY;
set role joe;
SELECT * FROM accounts ORDER BY company;
reset role;

-- Everybody sees all users, and changes only the own record.
CREATE TABLE users (user_name text, shell text);
INSERT INTO users VALUES ('joe', 'sh'), ('jane', 'zsh');
GRANT ALL ON users TO public;
ALTER TABLE users ENABLE ROW LEVEL SECURITY;
CREATE POLICY user_sel_policy ON users FOR SELECT USING (true);
CREATE POLICY user_mod_policy ON users USING (user_name = current_user);
set role joe;
SELECT * FROM users ORDER BY user_name;
UPDATE users SET shell = 'bash';
UPDATE users SET user_name = 'jane';
DELETE FROM users WHERE user_name = 'jane';
INSERT INTO users VALUES ('jane', 'fish');
reset role;
SELECT * FROM users ORDER BY user_name;
