"""GRANT, REVOKE and OWNER TO beside PostgreSQL itself: the same statements, the same refusals, the same rights.

Where PostgreSQL only warns that nothing was granted or revoked, Avila refuses.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import avila
from avila.catalog.names import Object
from commands.conftest import Acting
from security.conftest import postgres, postgres_socket  # noqa: F401 (fixtures)

if TYPE_CHECKING:
    from collections.abc import Iterator

    from security.postgres import Postgres

ROLES = ("owner", "a", "b", "c", "d")
TABLE = Object.table("native", "main", "t")
SETUP = (
    *(f"CREATE ROLE {role}" for role in ROLES[1:]),
    "GRANT c TO a",
    "GRANT d TO c",
    "CREATE TABLE t (x INTEGER, y INTEGER)",
    "GRANT CREATE ON SCHEMA public TO c, d",
)
UNKNOWN_TO_POSTGRES = "MAINTAIN"
ACL = """
SELECT privilege_type, column_name, grantee, grantor, is_grantable FROM (
  SELECT (aclexplode(relacl)).*, NULL::text AS column_name FROM pg_class WHERE relname = 't'
  UNION ALL
  SELECT (aclexplode(attacl)).*, attname::text FROM pg_attribute
  WHERE attrelid = 't'::regclass AND attacl IS NOT NULL
) entries
"""

some = st.sampled_from(["SELECT", "UPDATE", "SELECT (x)", "UPDATE (x, y)", "SELECT (y)", "INSERT"])
privileges = st.one_of(
    st.lists(some, min_size=1, max_size=2, unique=True).map(", ".join), st.sampled_from(["ALL", "ALL (x)"])
)
grantees = st.sampled_from([*ROLES, "PUBLIC", "a, b"])
grants = st.builds(
    "GRANT {} ON t TO {}{}".format, privileges, grantees, st.sampled_from(["", "", " WITH GRANT OPTION"])
)
revokes = st.builds(
    "REVOKE {}{} ON t FROM {}{}".format,
    st.sampled_from(["", "", "GRANT OPTION FOR "]), privileges, grantees, st.sampled_from(["", " CASCADE"]),
)  # fmt: skip
owners = st.builds("ALTER TABLE t OWNER TO {}".format, st.sampled_from(ROLES))
statements = st.tuples(st.sampled_from(ROLES), st.one_of(grants, grants, revokes, owners))


@pytest.fixture(scope="module")
def database() -> Iterator[Acting]:
    """Return a database that every example leaves as it was."""
    with avila.connect(":memory:") as opened:
        owner = Acting(opened)
        owner(*SETUP)
        yield owner


def entries_of_avila(session: Acting) -> set[tuple[Any, ...]]:
    """Return the entries on the table; the owner's own are not entries in Avila."""
    grants = session.catalog.grants
    entries = {
        (key.privilege, key.column, key.grantee, key.grantor, option)
        for key, option in grants.on(TABLE)
        if key.privilege != UNKNOWN_TO_POSTGRES
    }
    owner = grants.owner(TABLE)
    kept = {
        (privilege, None, owner, owner, False)
        for privilege in ("SELECT", "INSERT", "UPDATE", "DELETE", "TRUNCATE", "REFERENCES", "TRIGGER")
        if grants.built_in(TABLE, privilege, owner)
    }
    return entries | kept


def entries_of_postgres(postgres: Postgres) -> set[tuple[Any, ...]]:  # noqa: F811 (no fixture here)
    """Return the entries on the table, with the owner's written out when PostgreSQL leaves them out."""
    names = {
        0: "public",
        **dict(postgres.must("SELECT oid, rolname FROM pg_roles").rows or ()),
    }
    acl, owner = (
        postgres.must("SELECT relacl IS NULL, relowner FROM pg_class WHERE relname = 't'").rows or []
    )[0]
    found = {
        (privilege, column, names[grantee], names[grantor], option)
        for privilege, column, grantee, grantor, option in postgres.must(ACL).rows or ()
    }
    if acl:
        for privilege in ("SELECT", "INSERT", "UPDATE", "DELETE", "TRUNCATE", "REFERENCES", "TRIGGER"):
            found.add((privilege, None, names[owner], names[owner], False))
    return found


def without_owner_options(entries: set[tuple[Any, ...]]) -> set[tuple[Any, ...]]:
    """Return entries without the options that say nothing: what one gave oneself, which only owners can."""
    return {(*entry[:4], entry[4] and entry[2] != entry[3]) for entry in entries}


def refused_for_nothing(outcome: str | None, error: avila.errors.Error | None) -> bool:
    """Whether Avila refuses what PostgreSQL does nothing for."""
    return outcome in {None, "0LP01"} and error is not None and "o privileges were" in str(error.hint)


@settings(
    max_examples=60,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(history=st.lists(statements, min_size=1, max_size=12))
def test_the_same_statements(database: Acting, postgres: Postgres, history: list[tuple[str, str]]) -> None:  # noqa: F811
    database("RESET ROLE", "BEGIN")
    postgres.must("SAVEPOINT example")
    for sql in SETUP:
        postgres.must(sql)
    try:
        for role, sql in history:
            database(f"SET ROLE {role}")
            error = None
            try:
                database.session.execute(sql)
            except avila.errors.Error as caught:
                error = caught
            postgres.must(f"SET ROLE {role}")
            outcome = postgres.attempt(sql)
            before = f"{role}: {sql} → PostgreSQL {outcome.sqlstate} {outcome.message}, Avila {error}"
            if not refused_for_nothing(outcome.sqlstate, error):
                assert (error.sqlstate if error else None) == outcome.sqlstate, before
            ours, theirs = entries_of_avila(database), entries_of_postgres(postgres)
            assert without_owner_options(ours) == without_owner_options(theirs), before
    finally:
        database("ROLLBACK")
        postgres.must("ROLLBACK TO SAVEPOINT example")
        postgres.must("RESET ROLE")
