"""What statements of security change is kept: a database that is opened again knows all of it."""

from __future__ import annotations

import dataclasses
from typing import TYPE_CHECKING

import avila
from avila.catalog.changes import KINDS, from_json, to_json
from commands.conftest import Acting

if TYPE_CHECKING:
    from pathlib import Path

STATEMENTS = """
CREATE ROLE a LOGIN PASSWORD 'x' CONNECTION LIMIT 3 VALID UNTIL '2030-01-01';
CREATE ROLE b CREATEROLE;
CREATE ROLE gone;
DROP ROLE gone;
ALTER ROLE a INHERIT;
ALTER ROLE b RENAME TO c;
GRANT a TO c WITH ADMIN OPTION;
REVOKE ADMIN OPTION FOR a FROM c;
CREATE TABLE t (x INTEGER, y VARCHAR);
CREATE TABLE lake.u (x INTEGER);
CREATE SCHEMA s;
CREATE VIEW v AS SELECT * FROM t;
GRANT SELECT (x), UPDATE ON t TO a WITH GRANT OPTION;
REVOKE UPDATE ON t FROM a;
GRANT SELECT ON lake.u TO PUBLIC;
ALTER DEFAULT PRIVILEGES IN SCHEMA s GRANT SELECT ON TABLES TO c;
ALTER DEFAULT PRIVILEGES REVOKE EXECUTE ON FUNCTIONS FROM PUBLIC;
ALTER TABLE t OWNER TO c;
CREATE POLICY p ON t AS RESTRICTIVE TO a USING (x > 0) WITH CHECK (x > 1);
ALTER POLICY p ON t RENAME TO q;
CREATE POLICY r ON t;
DROP POLICY r ON t;
ALTER TABLE t ENABLE ROW LEVEL SECURITY;
CREATE TAG pii ALLOWED_VALUES 'name', 'email';
CREATE TAG other;
DROP TAG other;
ALTER TABLE t ALTER COLUMN y SET TAG pii = 'name';
ALTER ROLE a SET TAG pii = 'email';
CREATE MASKING POLICY m AS (val VARCHAR, n INTEGER) RETURNS VARCHAR -> mask_partial(val, n, 0) USING VALUE;
CREATE MASKING POLICY k AS (val VARCHAR) RETURNS VARCHAR -> mask_hash(val);
CREATE MASKING POLICY l AS (val VARCHAR) RETURNS VARCHAR -> '*';
DROP MASKING POLICY l;
ALTER TABLE t ALTER COLUMN y SET MASKING POLICY m USING (y, x);
ALTER TAG pii SET MASKING POLICY k;
ALTER VIEW v SET (security_invoker);
CREATE ROLE d;
GRANT SELECT ON t TO d;
DROP OWNED BY d;
ALTER TABLE t RENAME COLUMN y TO z;
ALTER TABLE t RENAME TO t2
"""


def test_opened_again(tmp_path: Path) -> None:
    with avila.connect(tmp_path / "db") as database:
        owner = Acting(database)
        owner(*STATEMENTS.split(";"))
        before = owner.catalog
    with avila.connect(tmp_path / "db") as database:
        after = Acting(database).catalog
    for section in dataclasses.fields(before):
        assert getattr(after, section.name) == getattr(before, section.name), section.name


def test_every_kind_of_change_is_among_them(tmp_path: Path) -> None:
    """The statements above make each change of roles, rights, policies, tags and masks at least once."""
    with avila.connect(tmp_path / "db") as database:
        owner = Acting(database)
        owner(*STATEMENTS.split(";"))
        rows = owner.rows("SELECT kind, body FROM avila.changes")
    modules = ("role_changes", "membership", "grant_changes", "policies", "tags", "masking", "views")
    wanted = {name for name, kind in KINDS.items() if kind.__module__.rsplit(".", 1)[-1].startswith(modules)}
    assert wanted - {kind for kind, _ in rows} == set()
    for kind, body in rows:
        assert to_json(from_json(kind, body)) == (kind, body)
