"""What governs each class of statement for a role that is no superuser, with examples that must be refused.

``harmless`` says why a class, or some form of it, is for everybody: then ``allowed`` has examples of that form.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from sqlglot import exp

from avila.planner.dialect import nodes

if TYPE_CHECKING:
    from collections.abc import Mapping

_RULE = "avila.planner.rules.govern:"
_GOVERNANCE = "avila.planner.governance."
_COMMANDS = "avila.commands."

PREPARED = """
    CREATE TABLE t (id INTEGER, secret VARCHAR);
    INSERT INTO t VALUES (1, 'SECRET_row');
    CREATE TABLE referred (id INTEGER PRIMARY KEY);
    CREATE TABLE lake.main.lt (id INTEGER, secret VARCHAR);
    INSERT INTO lake.main.lt VALUES (1, 'SECRET_row');
    CREATE SCHEMA s;
    CREATE TABLE s.inside (id INTEGER);
    CREATE VIEW v AS SELECT * FROM t;
    CREATE SEQUENCE q;
    CREATE TYPE mood AS ENUM ('SECRET_mood');
    CREATE MACRO shown() AS TABLE SELECT * FROM t;
    CREATE MACRO told() AS (SELECT max(secret) FROM t);
    CREATE POLICY p ON t USING (true);
    CREATE TAG pii;
    CREATE MASKING POLICY m AS (val VARCHAR) RETURNS VARCHAR -> NULL;
    ALTER TABLE t ALTER COLUMN secret SET TAG pii = 'x';
    CREATE ROLE other;
    CREATE ROLE member;
    GRANT other TO member;
    CREATE RESOURCE GROUP g;
    CREATE TENANT hotel;
    CREATE ENCRYPTION KEY k;
    ATTACH ':memory:' AS extra;
"""
"""What there is, none of it for the stranger."""


class Case(NamedTuple):
    """What governs a class, statements that a stranger is refused, and what a stranger may do.

    ``{owner}`` stands for the number of a session of the owner's.
    """

    governed_by: str
    refused: tuple[str, ...] = ()
    allowed: tuple[str, ...] = ()
    harmless: str = ""


CASES: Mapping[type[exp.Expr], Case] = {
    # --- what the rule governs ---
    exp.Query: Case(
        _GOVERNANCE + "reads:Reader.source",
        (
            "SELECT * FROM t",
            "SELECT 1 FROM t",
            "TABLE t",
            "FROM lake.main.lt",
            "FROM s.inside",
            "FROM v",
            "FROM shown()",
            "SELECT told()",
            "SELECT nextval('q')",
            "SELECT (SELECT count(*) FROM t)",
            "WITH x AS (FROM t) FROM x",
            "FROM (VALUES (1)) EXCEPT FROM (SELECT id FROM t)",
            "FROM query('FROM t')",
            "FROM query_table('t')",
            "FROM lake.table_changes('lt', 0, 9)",
            "FROM ducklake_list_files('lake', 'lt')",
            "FROM read_csv('x.csv')",
            "FROM 'x.csv'",
            "FROM duckdb_settings()",
            "FROM pragma_storage_info('t')",
            "SELECT stats(1)",
            "FROM avila.changes",
        ),
        ("SELECT 1", "FROM avila.sessions", "FROM information_schema.tables", "FROM range(3)"),
        "It reads nothing, or only what listings and Avila's own views show to everybody: one's own.",
    ),
    nodes.ShowStatement: Case(
        _RULE + "_shown",
        ("DESCRIBE t", "SUMMARIZE t", "SHOW t", "SUMMARIZE FROM v", "SHOW ALL TABLES", "SHOW TABLES FROM s"),
        ("SHOW TABLES", "SHOW DATABASES", "SHOW lock_timeout", "SHOW ALL"),
        "Listings show what one may see, and settings hold no secrets.",
    ),
    nodes.Call: Case(
        _RULE + "_check_statement",
        ("CALL ducklake_expire_snapshots('lake')", "CALL pragma_version()", "CALL lake.options()"),
    ),
    nodes.PragmaStatement: Case(
        _RULE + "_check_statement",
        ("PRAGMA database_list", "PRAGMA storage_info('t')", "PRAGMA table_info('t')", "PRAGMA show_tables"),
        ("PRAGMA version", "PRAGMA platform"),
        "It tells of the kernel alone.",
    ),
    nodes.Explain: Case(
        _RULE + "_check_statement",
        ("EXPLAIN SELECT 1", "EXPLAIN ANALYZE SELECT 1", "EXPLAIN (FORMAT json) FROM t", "EXPLAIN ANALYZE DELETE FROM t"),
    ),
    exp.Insert: Case(
        _GOVERNANCE + "inserts:insert",
        (
            "INSERT INTO t VALUES (1, 'x')",
            "INSERT INTO lake.main.lt VALUES (1, 'x')",
            "INSERT INTO s.inside VALUES (1)",
            "INSERT INTO t SELECT * FROM t",
            "INSERT INTO t (id) VALUES (1) RETURNING *",
        ),
    ),
    exp.Update: Case(
        _GOVERNANCE + "updates:update", ("UPDATE t SET id = 2", "UPDATE lake.main.lt SET id = 2 WHERE id = 1")
    ),
    exp.Delete: Case(_GOVERNANCE + "updates:delete", ("DELETE FROM t", "DELETE FROM lake.main.lt WHERE id = 1")),
    exp.Merge: Case(
        _GOVERNANCE + "merges:merge",
        ("MERGE INTO t USING (SELECT 1 AS id) AS n ON t.id = n.id WHEN MATCHED THEN DELETE",),
    ),
    exp.TruncateTable: Case(_GOVERNANCE + "targets:Target.require", ("TRUNCATE t", "TRUNCATE lake.main.lt")),
    nodes.CopyStatement: Case(
        _RULE + "_check_statement",
        (
            "COPY t TO 'x.csv'",
            "COPY (FROM t) TO 'x.csv'",
            "COPY (SELECT 1) TO 'x.csv'",
            "COPY t FROM 'x.csv'",
        ),
    ),
    nodes.AnalyzeTable: Case(_GOVERNANCE + "targets:Target.require", ("ANALYZE t", "ANALYZE")),
    # --- definitions ---
    exp.Create: Case(
        _GOVERNANCE + "definitions:define",
        (
            "CREATE TABLE mine (i INTEGER)",
            "CREATE TABLE mine AS FROM t",
            "CREATE OR REPLACE TABLE t (i INTEGER)",
            "CREATE TEMP TABLE mine AS FROM t",
            "CREATE TEMP TABLE mine (id INTEGER REFERENCES referred (id))",
            "CREATE VIEW mine AS SELECT 1",
            "CREATE OR REPLACE VIEW v AS SELECT 1",
            "CREATE SCHEMA mine",
            "CREATE INDEX i ON t (id)",
            "CREATE TABLE lake.main.mine (i INTEGER)",
            "CREATE SCHEMA lake.mine",
            "CREATE TABLE s.mine (i INTEGER)",
        ),
        ("CREATE TEMP TABLE own (i INTEGER)", "CREATE TEMP VIEW kept AS SELECT * FROM t"),
        "What is temporary is the session's own, and a view is asked for rights when it is read.",
    ),
    exp.Drop: Case(
        _GOVERNANCE + "definitions:define",
        ("DROP TABLE t", "DROP VIEW v", "DROP SCHEMA s CASCADE", "DROP SEQUENCE q", "DROP TYPE mood", "DROP MACRO told",
         "DROP TABLE lake.main.lt"),
        ("DROP TABLE IF EXISTS nothing",),
        "Nothing is dropped.",
    ),
    exp.Alter: Case(
        _GOVERNANCE + "definitions:define",
        (
            "ALTER TABLE t ADD COLUMN i INTEGER",
            "ALTER TABLE t RENAME TO u",
            "ALTER TABLE t DROP COLUMN id",
            "ALTER VIEW v RENAME TO w",
            "ALTER TABLE lake.main.lt ADD COLUMN i INTEGER",
            "ALTER SEQUENCE q OWNED BY t",
        ),
    ),
    nodes.CreateType: Case(
        _GOVERNANCE + "definitions:define",
        ("CREATE TYPE mine AS ENUM ('a')", "CREATE TYPE mine AS ENUM (SELECT secret FROM t)"),
    ),
    nodes.CreateMacro: Case(
        _GOVERNANCE + "definitions:define",
        ("CREATE MACRO mine() AS 1", "CREATE OR REPLACE MACRO told() AS 1", "CREATE MACRO s.mine() AS TABLE FROM t"),
        ("CREATE TEMP MACRO own() AS 1",),
        "What is temporary is the session's own.",
    ),
    nodes.CreateSequence: Case(_GOVERNANCE + "definitions:define", ("CREATE SEQUENCE mine",)),
    nodes.CommentOn: Case(
        _GOVERNANCE + "definitions:define", ("COMMENT ON TABLE t IS 'x'", "COMMENT ON COLUMN t.id IS 'x'")
    ),
    nodes.AttachDatabase: Case(
        _GOVERNANCE + "definitions:define", ("ATTACH 'x.db' AS x (TYPE duckdb)", "ATTACH ':memory:' AS x")
    ),
    nodes.DetachDatabase: Case(_GOVERNANCE + "definitions:define", ("DETACH extra", "DETACH IF EXISTS nothing")),
    # --- commands: the session's own ---
    nodes.TransactionStatement: Case(
        _COMMANDS + "transaction:run", (), ("BEGIN", "COMMIT"), "It bounds what other statements do."
    ),
    nodes.SetOption: Case(
        _COMMANDS + "settings:set_",
        ("SET memory_limit = '1GB'", "SET schema = 's'", "SET search_path = 's'"),
        ("SET lock_timeout = 1000", "SET app.tenant = 'x'"),
        "A session's settings hold for it alone, and bounds can only be made tighter.",
    ),
    nodes.ResetOption: Case(
        _COMMANDS + "settings:reset", ("RESET memory_limit",), ("RESET lock_timeout", "RESET app.tenant"),
        "A session's settings hold for it alone.",
    ),
    nodes.SetVariable: Case(
        _GOVERNANCE + "reads:Reader.source", ("SET VARIABLE x = (SELECT max(secret) FROM t)",), ("SET VARIABLE x = 1",),
        "Variables are the session's own.",
    ),
    nodes.ResetVariable: Case(_RULE + "govern", (), ("RESET VARIABLE x",), "Variables are the session's own."),
    nodes.UseSchema: Case(_COMMANDS + "names:change", ("USE s", "USE native.s"), ("USE native.main",), "USAGE is PUBLIC's."),
    nodes.Prepare: Case(
        _COMMANDS + "prepared:prepare", ("PREPARE x AS FROM t", "PREPARE x AS DELETE FROM t"), ("PREPARE y AS SELECT 1",),
        "What is prepared is planned, with all that is checked there.",
    ),
    nodes.ExecutePrepared: Case(
        _COMMANDS + "prepared:execute", (), ("EXECUTE y",), "What is executed is planned anew, with all that is checked there."
    ),
    nodes.Deallocate: Case(
        _COMMANDS + "prepared:deallocate", (), ("DEALLOCATE y", "DEALLOCATE ALL"), "It is the session's own."
    ),
    nodes.SetRole: Case(
        _COMMANDS + "session_role:set_role", ("SET ROLE owner", "SET ROLE other", "SET ROLE pg_read_all_data"),
        ("SET ROLE NONE",), "It goes back to oneself.",
    ),
    nodes.ResetRole: Case(_COMMANDS + "session_role:reset_role", (), ("RESET ROLE",), "It goes back to oneself."),
    nodes.SetSessionAuthorization: Case(
        _COMMANDS + "session_role:set_authorization",
        ("SET SESSION AUTHORIZATION owner", "SET SESSION AUTHORIZATION other"),
        ("SET SESSION AUTHORIZATION DEFAULT",),
        "It goes back to oneself.",
    ),
    nodes.ResetSessionAuthorization: Case(
        _COMMANDS + "session_role:reset_authorization", (), ("RESET SESSION AUTHORIZATION",), "It goes back to oneself."
    ),
    nodes.ExplainPermission: Case(
        _GOVERNANCE + "explain:require_may_ask",
        ("EXPLAIN PERMISSION FOR ROLE owner FROM t", "EXPLAIN PERMISSION FOR ROLE other FROM t"),
        ("EXPLAIN PERMISSION FROM t",),
        "It tells what one may do oneself.",
    ),
    # --- commands: the database's ---
    nodes.Checkpoint: Case(_COMMANDS + "maintenance:checkpoint", ("CHECKPOINT",)),
    nodes.Vacuum: Case(_COMMANDS + "maintenance:vacuum", ("VACUUM", "VACUUM t", "VACUUM ANALYZE t")),
    nodes.CreateExtension: Case(_COMMANDS + "extension:create", ("CREATE EXTENSION signal", "CREATE EXTENSION IF NOT EXISTS x")),
    nodes.DropExtension: Case(_COMMANDS + "extension:drop", ("DROP EXTENSION signal", "DROP EXTENSION IF EXISTS x")),
    nodes.KillStatement: Case(
        _COMMANDS + "kill:run", ("KILL {owner}", "KILL QUERY {owner}"), (), "",
    ),
    nodes.RotateDataKeys: Case(_COMMANDS + "keys:rotate_data_keys", ("ALTER DATABASE ROTATE DATA KEYS",)),
    nodes.RotateWrappingKey: Case(_COMMANDS + "keys:rotate_wrapping_key", ("ALTER DATABASE ROTATE WRAPPING KEY",)),
    # --- commands: roles and rights ---
    nodes.CreateRole: Case(
        _COMMANDS + "roles:create", ("CREATE ROLE mine", "CREATE USER mine SUPERUSER", "CREATE ROLE IF NOT EXISTS mine")
    ),
    nodes.AlterRole: Case(
        _COMMANDS + "roles:alter",
        ("ALTER ROLE stranger SUPERUSER", "ALTER ROLE stranger BYPASSRLS", "ALTER ROLE owner PASSWORD 'x'",
         "ALTER ROLE other LOGIN"),
        ("ALTER ROLE stranger PASSWORD 'x'",),
        "One may change one's own password.",
    ),
    nodes.RenameRole: Case(_COMMANDS + "roles:rename", ("ALTER ROLE other RENAME TO mine",)),
    nodes.DropRole: Case(_COMMANDS + "roles:drop", ("DROP ROLE other", "DROP ROLE owner", "DROP ROLE IF EXISTS nothing")),
    nodes.AlterGroup: Case(_COMMANDS + "memberships:alter_group", ("ALTER GROUP other ADD USER stranger",)),
    nodes.GrantRoles: Case(
        _COMMANDS + "memberships:grant", ("GRANT other TO stranger", "GRANT owner TO stranger", "GRANT pg_monitor TO stranger")
    ),
    nodes.RevokeRoles: Case(_COMMANDS + "memberships:revoke", ("REVOKE other FROM member",)),
    nodes.GrantPrivileges: Case(
        _COMMANDS + "privileges:grant",
        ("GRANT SELECT ON t TO stranger", "GRANT SELECT (id) ON t TO stranger", "GRANT CREATE ON SCHEMA main TO stranger",
         "GRANT ALL ON DATABASE native TO stranger", "GRANT EXECUTE ON FUNCTION told TO other",
         "GRANT SELECT ON lake.main.lt TO stranger"),
    ),
    nodes.RevokePrivileges: Case(
        _COMMANDS + "privileges:revoke", ("REVOKE SELECT ON t FROM other", "REVOKE USAGE ON SCHEMA main FROM PUBLIC")
    ),
    nodes.AlterDefaultPrivileges: Case(
        _COMMANDS + "default_privileges:alter",
        ("ALTER DEFAULT PRIVILEGES FOR ROLE owner GRANT SELECT ON TABLES TO stranger",),
        ("ALTER DEFAULT PRIVILEGES GRANT SELECT ON TABLES TO other",),
        "It is about what one makes oneself.",
    ),
    nodes.ChangeOwner: Case(
        _COMMANDS + "owners:change",
        ("ALTER TABLE t OWNER TO stranger", "ALTER SCHEMA s OWNER TO stranger", "ALTER VIEW v OWNER TO stranger",
         "ALTER SEQUENCE q OWNER TO stranger", "ALTER TABLE lake.main.lt OWNER TO stranger"),
    ),
    nodes.ReassignOwned: Case(_COMMANDS + "owned:reassign", ("REASSIGN OWNED BY other TO stranger",)),
    nodes.DropOwned: Case(
        _COMMANDS + "owned:drop", ("DROP OWNED BY other",), ("DROP OWNED BY stranger",),
        "One's own are one's own.",
    ),
    nodes.SetRoleSetting: Case(
        _COMMANDS + "role_settings:set_", ("ALTER ROLE other SET lock_timeout = 1", "ALTER ROLE ALL SET lock_timeout = 1",
                                           "ALTER ROLE stranger SET statement_timeout = 0"),
        ("ALTER ROLE stranger SET app.tenant = 'x'",), "One's own sessions may start as one likes.",
    ),
    nodes.ResetRoleSetting: Case(
        _COMMANDS + "role_settings:reset", ("ALTER ROLE other RESET lock_timeout", "ALTER ROLE ALL RESET ALL"),
        ("ALTER ROLE stranger RESET app.tenant",), "One's own sessions may start as one likes.",
    ),
    nodes.SetRoleResourceGroup: Case(
        _COMMANDS + "resource_groups:assign",
        ("ALTER ROLE stranger SET RESOURCE GROUP NONE", "ALTER ROLE other SET RESOURCE GROUP g"),
    ),
    # --- commands: policies, masks, tags, encryption ---
    nodes.CreatePolicy: Case(
        _COMMANDS + "policies:create", ("CREATE POLICY mine ON t", "CREATE POLICY mine ON v", "CREATE POLICY mine ON TAG pii")
    ),
    nodes.AlterPolicy: Case(_COMMANDS + "policies:alter", ("ALTER POLICY p ON t USING (false)",)),
    nodes.RenamePolicy: Case(_COMMANDS + "policies:rename", ("ALTER POLICY p ON t RENAME TO mine",)),
    nodes.DropPolicy: Case(_COMMANDS + "policies:drop", ("DROP POLICY p ON t", "DROP POLICY IF EXISTS nothing ON t")),
    nodes.AlterRowSecurity: Case(_COMMANDS + "policies:switch", ("ALTER TABLE t DISABLE ROW LEVEL SECURITY",)),
    nodes.AlterViewOptions: Case(_COMMANDS + "view_options:alter", ("ALTER VIEW v SET (security_invoker = false)",)),
    nodes.CreateTag: Case(_COMMANDS + "tags:create", ("CREATE TAG mine",)),
    nodes.DropTag: Case(_COMMANDS + "tags:drop", ("DROP TAG pii",)),
    nodes.SetTags: Case(
        _COMMANDS + "tags:set_",
        ("ALTER TABLE t SET TAG pii = 'x'", "ALTER TABLE t ALTER COLUMN id SET TAG pii = 'x'",
         "ALTER ROLE stranger SET TAG pii = 'x'", "ALTER SCHEMA s SET TAG pii = 'x'"),
    ),
    nodes.UnsetTags: Case(
        _COMMANDS + "tags:unset", ("ALTER TABLE t ALTER COLUMN secret UNSET TAG pii", "ALTER ROLE other UNSET TAG pii")
    ),
    nodes.CreateMaskingPolicy: Case(
        _COMMANDS + "masking:create",
        ("CREATE MASKING POLICY mine AS (v INTEGER) RETURNS INTEGER -> 0",
         "CREATE OR REPLACE MASKING POLICY m AS (val VARCHAR) RETURNS VARCHAR -> val"),
    ),
    nodes.AlterMaskingPolicy: Case(_COMMANDS + "masking:alter", ("ALTER MASKING POLICY m SET BODY -> val",)),
    nodes.DropMaskingPolicy: Case(_COMMANDS + "masking:drop", ("DROP MASKING POLICY m",)),
    nodes.SetMaskingPolicy: Case(
        _COMMANDS + "masking:attach",
        ("ALTER TABLE t ALTER COLUMN secret SET MASKING POLICY m", "ALTER TAG pii SET MASKING POLICY m"),
    ),
    nodes.UnsetMaskingPolicy: Case(
        _COMMANDS + "masking:detach",
        ("ALTER TABLE t ALTER COLUMN secret UNSET MASKING POLICY", "ALTER TAG pii UNSET MASKING POLICY"),
    ),
    nodes.CreateEncryptionKey: Case(_COMMANDS + "encryption_keys:create", ("CREATE ENCRYPTION KEY mine",)),
    nodes.DropEncryptionKey: Case(
        _COMMANDS + "encryption_keys:drop", ("DROP ENCRYPTION KEY k", "DROP ENCRYPTION KEY IF EXISTS nothing")
    ),
    nodes.SetEncryption: Case(
        _COMMANDS + "encryption:set_", ("ALTER TABLE t ALTER COLUMN secret SET ENCRYPTION", "ALTER TAG pii SET ENCRYPTION")
    ),
    nodes.DropEncryption: Case(
        _COMMANDS + "encryption:drop", ("ALTER TABLE t ALTER COLUMN secret DROP ENCRYPTION", "ALTER TAG pii DROP ENCRYPTION")
    ),
    nodes.CreateSecret: Case(_COMMANDS + "secrets:create", ("CREATE SECRET mine (TYPE s3)",)),
    nodes.DropSecret: Case(_COMMANDS + "secrets:drop", ("DROP SECRET mine", "DROP SECRET IF EXISTS mine")),
    nodes.CreateRetentionPolicy: Case(
        _COMMANDS + "retention:create",
        ("CREATE RETENTION POLICY mine ON t COLUMN id KEEP INTERVAL 1 DAY",),
    ),
    nodes.DropRetentionPolicy: Case(_COMMANDS + "retention:drop", ("DROP RETENTION POLICY IF EXISTS mine ON t",)),
    nodes.ApplyRetentionPolicies: Case(
        _COMMANDS + "retention:apply", (), ("APPLY RETENTION POLICIES",), "It deletes from tables that one owns."
    ),
    nodes.SubjectStatement: Case(
        _COMMANDS + "privacy:run",
        (
            "REPORT SUBJECT 'SECRET_row' ON t (secret)",
            "EXPORT SUBJECT 'SECRET_row' ON t (secret)",
            "ERASE SUBJECT 'SECRET_row' ON t (secret) DELETE ROWS",
        ),
    ),
    # --- commands: bounds and tenants ---
    nodes.CreateResourceGroup: Case(_COMMANDS + "resource_groups:create", ("CREATE RESOURCE GROUP mine",)),
    nodes.AlterResourceGroup: Case(_COMMANDS + "resource_groups:alter", ("ALTER RESOURCE GROUP g SET (concurrency = 1)",)),
    nodes.DropResourceGroup: Case(_COMMANDS + "resource_groups:drop", ("DROP RESOURCE GROUP g",)),
    nodes.CreateTenant: Case(_COMMANDS + "tenants:create", ("CREATE TENANT mine",)),
    nodes.AlterTenant: Case(_COMMANDS + "tenants:alter", ("ALTER TENANT hotel SET (concurrency = 1)",)),
    nodes.DropTenant: Case(_COMMANDS + "tenants:drop", ("DROP TENANT hotel CASCADE",)),
}  # fmt: skip
"""Every class of statement that classify lets through."""
