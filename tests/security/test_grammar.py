"""What PostgreSQL's grammar takes for a statement about roles, rights or policies, Avila's takes as well."""

from __future__ import annotations

from typing import TYPE_CHECKING

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from avila.planner.dialect import generate, parse

if TYPE_CHECKING:
    from security.postgres import Postgres

Words = st.SearchStrategy[str]

# --- PostgreSQL's grammar, as its reference prints it ---


def joined(*parts: Words | str) -> Words:
    """Return parts one after the other."""
    return st.tuples(*(st.just(part) if isinstance(part, str) else part for part in parts)).map(
        lambda words: " ".join(word for word in words if word)
    )


def any_of(*words: str) -> Words:
    """Return one of some words."""
    return st.sampled_from(words)


def maybe(*parts: Words | str) -> Words:
    """Return parts, or nothing."""
    return st.just("") | joined(*parts)


def listed(item: Words) -> Words:
    """Return items between commas."""
    return st.lists(item, min_size=1, max_size=3).map(", ".join)


NAME = any_of("a", "b", "role_c", '"D e"', "admin", "owner", "policy", "temp_x")
ROLE = NAME | any_of("PUBLIC", "CURRENT_USER", "SESSION_USER", "CURRENT_ROLE")
GRANTEE = joined(maybe("GROUP"), ROLE)
TABLE = NAME | st.builds("{}.{}".format, NAME, NAME)
BEHAVIOUR = any_of("", "CASCADE", "RESTRICT")
GRANTED_BY = maybe("GRANTED BY", ROLE)
COLUMNS = listed(NAME).map("({})".format)
RIGHT = joined(any_of("SELECT", "INSERT", "UPDATE", "REFERENCES"), maybe(COLUMNS)) | any_of(
    *("DELETE", "TRUNCATE", "TRIGGER", "USAGE", "CREATE", "CONNECT", "TEMP", "TEMPORARY", "EXECUTE")
)
RIGHTS = listed(RIGHT) | joined("ALL", maybe("PRIVILEGES"), maybe(COLUMNS))
ROUTINE = joined(TABLE, any_of("", "()", "(integer)", "(text, numeric(10, 2), int[])"))
OBJECTS = st.one_of(
    joined(maybe("TABLE"), listed(TABLE)),
    joined("SEQUENCE", listed(TABLE)),
    joined(any_of("DATABASE", "SCHEMA"), listed(NAME)),
    joined(any_of("FUNCTION", "PROCEDURE", "ROUTINE"), listed(ROUTINE)),
    joined("TYPE", listed(TABLE)),
    joined(
        "ALL", any_of("TABLES", "SEQUENCES", "FUNCTIONS", "PROCEDURES", "ROUTINES"), "IN SCHEMA", listed(NAME)
    ),
)
FUTURE = any_of("TABLES", "SEQUENCES", "FUNCTIONS", "ROUTINES", "TYPES", "SCHEMAS")
ATTRIBUTE = st.one_of(
    any_of(
        *("SUPERUSER", "NOSUPERUSER", "CREATEDB", "NOCREATEDB", "CREATEROLE", "NOCREATEROLE", "INHERIT"),
        *("NOINHERIT", "LOGIN", "NOLOGIN", "REPLICATION", "NOREPLICATION", "BYPASSRLS", "NOBYPASSRLS"),
    ),
    joined("CONNECTION LIMIT", any_of("-1", "0", "12")),
    joined(maybe("ENCRYPTED"), "PASSWORD", any_of("'it''s'", "E'a\\nb'")),
    any_of("PASSWORD NULL", "VALID UNTIL 'infinity'", "VALID UNTIL '2027-01-01'"),
)
MEMBERSHIP = joined(any_of("IN ROLE", "IN GROUP", "ROLE", "USER", "ADMIN"), listed(ROLE))
ATTRIBUTES = st.lists(ATTRIBUTE, min_size=1, max_size=3).map(" ".join)
OPTIONS = st.lists(ATTRIBUTE | MEMBERSHIP | st.just("SYSID 7"), max_size=3).map(" ".join)
VALUES = any_of("1", "'x'", "on", "DEFAULT", "a, b", "-1", "1.5", "TRUE")
SETTING = joined("SET", any_of("work_mem", "search_path", "a.b"), any_of("TO", "="), VALUES) | any_of(
    *("SET TIME ZONE 'UTC'", "RESET ALL", "RESET work_mem")
)
CONDITION = any_of(
    *("(true)", "(a = current_user)", "((a) OR b IN (SELECT c FROM d))", "(x > 1 AND NOT EXISTS (SELECT 1))")
)
RULES = joined(maybe("TO", listed(ROLE)), maybe("USING", CONDITION), maybe("WITH CHECK", CONDITION))
IF_EXISTS = maybe("IF EXISTS")
KIND = any_of("ROLE", "USER", "GROUP")

STATEMENTS = st.one_of(
    joined("CREATE", KIND, NAME, maybe("WITH"), OPTIONS),
    joined("ALTER", any_of("ROLE", "USER"), ROLE, maybe("WITH"), ATTRIBUTES),
    joined("ALTER", KIND, NAME, "RENAME TO", NAME),
    joined("ALTER", any_of("ROLE", "USER"), ROLE | st.just("ALL"), maybe("IN DATABASE", NAME), SETTING),
    joined("ALTER GROUP", ROLE, any_of("ADD", "DROP"), "USER", listed(ROLE)),
    joined("DROP", KIND, IF_EXISTS, listed(ROLE)),
    joined("SET", any_of("", "LOCAL", "SESSION"), "ROLE", NAME | any_of("NONE", "'a'")),
    joined("SET", any_of("", "LOCAL", "SESSION"), "SESSION AUTHORIZATION", NAME | any_of("DEFAULT", "'a'")),
    any_of("RESET ROLE", "RESET SESSION AUTHORIZATION"),
    joined("REASSIGN OWNED BY", listed(ROLE), "TO", ROLE),
    joined("DROP OWNED BY", listed(ROLE), BEHAVIOUR),
    joined("GRANT", RIGHTS, "ON", OBJECTS, "TO", listed(GRANTEE), maybe("WITH GRANT OPTION"), GRANTED_BY),
    joined(
        *("REVOKE", maybe("GRANT OPTION FOR"), RIGHTS, "ON", OBJECTS),
        *("FROM", listed(GRANTEE), GRANTED_BY, BEHAVIOUR),
    ),
    joined("GRANT", listed(NAME), "TO", listed(ROLE), maybe("WITH ADMIN OPTION"), GRANTED_BY),
    joined(
        *("REVOKE", maybe("ADMIN OPTION FOR"), listed(NAME)),
        *("FROM", listed(ROLE), GRANTED_BY, BEHAVIOUR),
    ),
    joined(
        "ALTER DEFAULT PRIVILEGES",
        maybe("FOR", any_of("ROLE", "USER"), listed(ROLE)),
        maybe("IN SCHEMA", listed(NAME)),
        joined("GRANT", RIGHTS, "ON", FUTURE, "TO", listed(GRANTEE), maybe("WITH GRANT OPTION"))
        | joined(
            *("REVOKE", maybe("GRANT OPTION FOR"), RIGHTS, "ON", FUTURE),
            *("FROM", listed(GRANTEE), BEHAVIOUR),
        ),
    ),
    joined("ALTER", any_of("TABLE", "VIEW", "SEQUENCE"), IF_EXISTS, TABLE, "OWNER TO", ROLE),
    joined("ALTER", any_of("SCHEMA", "DATABASE"), NAME, "OWNER TO", ROLE),
    joined("ALTER", any_of("FUNCTION", "PROCEDURE", "ROUTINE"), ROUTINE, "OWNER TO", ROLE),
    joined("ALTER TYPE", TABLE, "OWNER TO", ROLE),
    joined("CREATE SCHEMA", maybe("IF NOT EXISTS"), maybe(NAME), "AUTHORIZATION", ROLE),
    joined(
        *("CREATE POLICY", NAME, "ON", TABLE, maybe("AS", any_of("PERMISSIVE", "RESTRICTIVE"))),
        *(maybe("FOR", any_of("ALL", "SELECT", "INSERT", "UPDATE", "DELETE")), RULES),
    ),
    joined("ALTER POLICY", NAME, "ON", TABLE, RULES | joined("RENAME TO", NAME)),
    joined("DROP POLICY", IF_EXISTS, NAME, "ON", TABLE, BEHAVIOUR),
    joined(
        *("ALTER TABLE", IF_EXISTS, TABLE, any_of("ENABLE", "DISABLE", "FORCE", "NO FORCE")),
        "ROW LEVEL SECURITY",
    ),
    joined(
        *("CREATE VIEW", NAME, maybe(COLUMNS)),
        *("WITH (", listed(any_of("security_barrier", "security_invoker = true")), ") AS SELECT 1"),
    ),
    joined(
        *("ALTER VIEW", IF_EXISTS, TABLE),
        any_of("SET (security_invoker = false)", "SET (security_barrier)", "RESET (security_barrier)"),
    ),
)


def is_read(postgres: Postgres, sql: str) -> bool:
    """Return whether PostgreSQL can read a statement, whatever it then says to it."""
    with postgres.undone():
        outcome = postgres.attempt(sql, keep=False)
    return "syntax error at" not in outcome.message


@settings(max_examples=300, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(STATEMENTS)
def test_statements_of_postgresql_are_read(postgres_session: Postgres, sql: str) -> None:
    assert is_read(postgres_session, sql)
    (tree,) = parse(sql)
    assert is_read(postgres_session, generate(tree)), generate(tree)
