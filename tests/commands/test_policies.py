"""CREATE, ALTER and DROP POLICY, row security of tables, and the options of views."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from avila.catalog.names import Object
from avila.catalog.policies import Policy
from avila.catalog.views import ViewOptions

if TYPE_CHECKING:
    from commands.conftest import World

ACCOUNTS = Object.table("native", "main", "accounts")


@pytest.fixture
def accounts(world: World) -> World:
    """Return a database with tables that policies can be on."""
    world.owner(
        "CREATE TABLE accounts (manager VARCHAR, company VARCHAR, balance INTEGER, open BOOLEAN)",
        "CREATE TABLE groups (manager VARCHAR, level INTEGER)",
        "CREATE VIEW shown AS SELECT * FROM accounts",
        "CREATE ROLE managers",
        "CREATE ROLE holder LOGIN",
    )
    return world


def policy(world: World, name: str, target: Object = ACCOUNTS) -> Policy:
    """Return a policy as it is kept."""
    return world.owner.catalog.row_security.policies[target, name]


def test_a_policy_is_kept_as_it_was_said(accounts: World) -> None:
    accounts.owner(
        "CREATE POLICY p ON accounts AS RESTRICTIVE FOR UPDATE TO managers, holder "
        "USING (manager = current_user) WITH CHECK (balance > 0)"
    )
    assert policy(accounts, "p") == Policy(
        "p", ACCOUNTS, False, "UPDATE", ("managers", "holder"), "manager = current_user", "balance > 0"
    )
    accounts.owner("CREATE POLICY q ON accounts", "CREATE POLICY r ON accounts TO managers, PUBLIC")
    assert policy(accounts, "q") == Policy("q", ACCOUNTS)
    assert policy(accounts, "r").roles == ("public",)


def test_altering(accounts: World) -> None:
    accounts.owner("CREATE POLICY p ON accounts USING (open)", "ALTER POLICY p ON accounts TO managers")
    assert (policy(accounts, "p").roles, policy(accounts, "p").using) == (("managers",), "open")
    accounts.owner("ALTER POLICY p ON accounts USING (balance > 0) WITH CHECK (open)")
    assert (policy(accounts, "p").using, policy(accounts, "p").check) == ("balance > 0", "open")
    accounts.owner("CREATE POLICY q ON accounts", "ALTER POLICY p ON accounts RENAME TO Other")
    assert policy(accounts, "other").roles == ("managers",)
    assert accounts.owner.fails("ALTER POLICY other ON accounts RENAME TO q") == "42710"
    assert accounts.owner.fails("ALTER POLICY p ON accounts TO holder") == "42704"
    accounts.owner("CREATE POLICY s ON accounts FOR SELECT USING (open)")
    assert accounts.owner.fails("ALTER POLICY s ON accounts WITH CHECK (open)") == "42601"


def test_dropping(accounts: World) -> None:
    accounts.owner("CREATE POLICY p ON accounts", "DROP POLICY p ON accounts")
    assert not accounts.owner.catalog.row_security.policies
    assert accounts.owner.fails("DROP POLICY p ON accounts") == "42704"
    accounts.owner("DROP POLICY IF EXISTS p ON accounts", "DROP POLICY IF EXISTS p ON nothing")
    accounts.owner(
        "DROP POLICY IF EXISTS p ON TAG nothing", "CREATE POLICY p ON accounts", "DROP TABLE accounts CASCADE"
    )
    assert not accounts.owner.catalog.row_security.policies


def test_row_security_is_switched(accounts: World) -> None:
    def state() -> tuple[bool, bool]:
        section = accounts.owner.catalog.row_security
        return ACCOUNTS in section.enabled, ACCOUNTS in section.forced

    accounts.owner("ALTER TABLE accounts ENABLE ROW LEVEL SECURITY")
    assert state() == (True, False)
    accounts.owner("ALTER TABLE accounts FORCE ROW LEVEL SECURITY")
    assert state() == (True, True)
    accounts.owner("ALTER TABLE accounts NO FORCE ROW LEVEL SECURITY")
    assert state() == (True, False)
    accounts.owner("ALTER TABLE main.accounts DISABLE ROW LEVEL SECURITY")
    assert state() == (False, False)
    accounts.owner("ALTER TABLE IF EXISTS nothing ENABLE ROW LEVEL SECURITY")
    assert accounts.owner.fails("ALTER TABLE nothing ENABLE ROW LEVEL SECURITY") == "42P01"
    assert accounts.owner.fails("ALTER TABLE shown ENABLE ROW LEVEL SECURITY") == "42809"


@pytest.mark.parametrize(
    ("condition", "sqlstate"),
    [
        ("nothing = 1", "42703"),
        ("accounts.nothing = 1", "42703"),
        ("unknown(balance)", "42883"),
        ("balance IN (SELECT level FROM nothing)", "42P01"),
        ("balance IN (SELECT nothing FROM groups)", "42703"),
        ("sum(balance) > 1", "42803"),
        ("row_number() OVER () = 1", "42P20"),
        ("balance", "42804"),
        ("manager", "42804"),
        ("balance = ?", "0A000"),
        ("balance = $1", "0A000"),
        ("balance IN (SELECT * FROM 'secrets.csv')", "0A000"),
        ("balance IN (SELECT * FROM read_csv('secrets.csv'))", "0A000"),
        ("balance IN (SELECT level FROM private)", "42P16"),
        ("balance = (SELECT level FROM query('SELECT 1 AS level'))", "0A000"),
    ],
)
def test_what_is_no_condition(accounts: World, condition: str, sqlstate: str) -> None:
    accounts.owner("CREATE TEMP TABLE private (level INTEGER)")
    assert accounts.owner.fails(f"CREATE POLICY p ON accounts USING ({condition})") == sqlstate
    accounts.owner("CREATE POLICY p ON accounts")
    assert accounts.owner.fails(f"ALTER POLICY p ON accounts WITH CHECK ({condition})") is not None
    assert policy(accounts, "p").check is None


def test_clauses_that_a_command_has_no_use_for(accounts: World) -> None:
    for sql in ("FOR SELECT WITH CHECK (open)", "FOR DELETE WITH CHECK (open)", "FOR INSERT USING (open)"):
        assert accounts.owner.fails(f"CREATE POLICY p ON accounts {sql}") == "42601", sql
    accounts.owner("CREATE POLICY p ON accounts FOR INSERT WITH CHECK (open)")
    assert accounts.owner.fails("CREATE POLICY p ON accounts") == "42710"
    assert accounts.owner.fails("CREATE POLICY q ON accounts TO nobody") == "42704"
    assert accounts.owner.fails("CREATE POLICY q ON nothing") == "42P01"
    assert accounts.owner.fails("CREATE POLICY q ON shown") == "42809"


def test_an_aggregate_of_another_table_is_a_condition(accounts: World) -> None:
    accounts.owner("CREATE POLICY p ON accounts USING (balance > (SELECT max(level) FROM groups))")
    accounts.owner("CREATE POLICY q ON accounts USING (NULL)")
    accounts.owner("CREATE POLICY r ON accounts USING (balance IN (SELECT * FROM range(10)))")


def test_names_mean_the_same_to_everybody(accounts: World) -> None:
    """Whoever asks has tables and functions of the same names, perhaps, and looks for them first."""
    accounts.owner(
        "CREATE MACRO mine(name) AS name IN (SELECT manager FROM groups WHERE level > 1)",
        "CREATE POLICY p ON accounts USING (mine(accounts.manager) OR EXISTS (SELECT 1 FROM main.groups g WHERE g.manager = company))",
        "CREATE POLICY q ON accounts USING (balance IN (WITH groups AS (SELECT 1 AS level) SELECT level FROM groups))",
    )
    using = policy(accounts, "p").using
    assert using is not None
    assert "mine" not in using
    assert using.replace('"', "").count("native.main.groups") == 2
    assert '"native"' not in str(policy(accounts, "q").using)


def test_what_the_session_is_is_asked_later(accounts: World) -> None:
    accounts.owner(
        "CREATE POLICY p ON accounts USING (company = current_setting('app.company') "
        "AND manager = session_attribute('manager') AND balance < current_setting('app.most')::INTEGER)"
    )
    using = str(policy(accounts, "p").using)
    assert "current_setting('app.company')" in using
    assert "session_attribute('manager')" in using


def test_only_the_owner_of_a_table(accounts: World) -> None:
    holder = accounts.session("holder")
    accounts.owner("CREATE POLICY p ON accounts", "GRANT ALL ON accounts TO holder")
    for sql in (
        "CREATE POLICY q ON accounts",
        "ALTER POLICY p ON accounts TO holder",
        "ALTER POLICY p ON accounts RENAME TO q",
        "DROP POLICY p ON accounts",
        "DROP POLICY IF EXISTS q ON accounts",
        "ALTER TABLE accounts ENABLE ROW LEVEL SECURITY",
        "ALTER TABLE accounts NO FORCE ROW LEVEL SECURITY",
        "ALTER VIEW shown SET (security_invoker)",
    ):
        assert holder.fails(sql) == "42501", sql
    accounts.owner("ALTER TABLE accounts OWNER TO holder", "ALTER VIEW shown OWNER TO holder")
    holder(
        "CREATE POLICY q ON accounts USING (manager IN (SELECT manager FROM groups))",
        "ALTER TABLE accounts ENABLE ROW LEVEL SECURITY",
        "ALTER VIEW shown SET (security_invoker)",
        "DROP POLICY p ON accounts",
    )


def test_a_role_in_a_policy_is_needed(accounts: World) -> None:
    accounts.owner(
        "CREATE POLICY p ON accounts TO managers", "CREATE POLICY q ON accounts TO managers, holder"
    )
    assert "policy p" in str(accounts.owner.error("DROP ROLE managers"))
    accounts.owner("ALTER ROLE holder RENAME TO keeper")
    assert policy(accounts, "q").roles == ("managers", "keeper")
    accounts.owner("DROP OWNED BY managers", "DROP ROLE managers")
    assert [found.roles for found in accounts.owner.catalog.row_security.on(ACCOUNTS)] == [("keeper",)]


def test_policies_on_tags(accounts: World) -> None:
    assert accounts.owner.fails("CREATE POLICY p ON TAG tenanted USING (tenant = 1)") == "42704"
    accounts.owner("CREATE TAG tenanted", "CREATE POLICY p ON TAG tenanted USING (tenant = 1)")
    target = Object("tag", "", "", "tenanted")
    assert (
        policy(accounts, "p", target).using == "tenant = 1"
    )  # which tables will have the column is not known
    assert accounts.owner.fails("CREATE POLICY q ON TAG tenanted USING (unknown(tenant))") == "42883"
    assert accounts.owner.fails("DROP TAG tenanted") == "2BP01"
    holder = accounts.session("holder")
    assert holder.fails("DROP POLICY p ON TAG tenanted") == "42501"
    accounts.owner(
        "ALTER POLICY p ON TAG tenanted RENAME TO q", "DROP POLICY q ON TAG tenanted", "DROP TAG tenanted"
    )


def test_the_options_of_a_view(accounts: World) -> None:
    view = Object.table("native", "main", "shown")

    def options() -> ViewOptions:
        return accounts.owner.catalog.views.of(view)

    accounts.owner("ALTER VIEW shown SET (security_invoker, security_barrier = on)")
    assert options() == ViewOptions(True, True)
    accounts.owner("ALTER VIEW shown SET (security_invoker = false)")
    assert options() == ViewOptions(False, True)
    accounts.owner("ALTER VIEW shown RESET (security_barrier)")
    assert options() == ViewOptions(False, False)
    accounts.owner("ALTER VIEW IF EXISTS nothing SET (security_invoker)")
    for sql, sqlstate in (
        ("ALTER VIEW nothing SET (security_invoker)", "42P01"),
        ("ALTER VIEW accounts SET (security_invoker)", "42809"),
        ("ALTER VIEW shown SET (fillfactor = 10)", "22023"),
        ("ALTER VIEW shown SET (security_barrier = maybe)", "22023"),
    ):
        assert accounts.owner.fails(sql) == sqlstate, sql


def test_policies_follow_the_names_of_tables(accounts: World) -> None:
    """What a policy goes by stays what it was, whatever is called so afterwards."""
    accounts.owner(
        "CREATE POLICY p ON accounts USING (accounts.manager IN "
        "(SELECT groups.manager FROM groups WHERE groups.manager = accounts.company AND level > 0))",
        "INSERT INTO accounts VALUES ('a', 'a', 1, true), ('b', 'b', 1, true)",
        "INSERT INTO groups VALUES ('a', 1)",
        "ALTER TABLE accounts ENABLE ROW LEVEL SECURITY",
        "GRANT SELECT ON accounts, groups TO holder",
        "CREATE MASKING POLICY m AS (val VARCHAR) RETURNS VARCHAR -> (SELECT max(manager) FROM groups)",
        "CREATE SCHEMA s",
        "GRANT USAGE ON SCHEMA s TO holder",
    )
    holder = accounts.session("holder")
    accounts.owner(
        "ALTER TABLE groups RENAME TO teams", "CREATE TABLE groups (manager VARCHAR, level INTEGER)"
    )
    accounts.owner("INSERT INTO groups VALUES ('b', 1)", "GRANT SELECT ON groups TO holder")
    assert holder.rows("SELECT manager FROM accounts") == [("a",)]
    accounts.owner("DROP VIEW shown", "ALTER TABLE accounts RENAME TO books")
    assert holder.rows("SELECT manager FROM books AS b") == [("a",)]
    assert "teams" in accounts.owner.catalog.masking.policies["m"].body


def test_what_a_policy_names_is_needed(accounts: World) -> None:
    accounts.owner(
        "CREATE SCHEMA s",
        "CREATE TABLE s.teams (manager VARCHAR)",
        "CREATE POLICY p ON accounts USING (manager IN (FROM s.teams))",
        "CREATE MASKING POLICY m AS (val VARCHAR) RETURNS VARCHAR -> (SELECT max(manager) FROM groups)",
    )
    for sql in ("DROP TABLE s.teams", "DROP SCHEMA s", "DROP TABLE groups", "DROP TABLE groups CASCADE"):
        assert accounts.owner.fails(sql) == "2BP01", sql
    accounts.owner("DROP TABLE s.teams CASCADE")
    assert not accounts.owner.catalog.row_security.policies
    accounts.owner("DROP MASKING POLICY m", "DROP TABLE groups")


def test_policies_of_what_goes_together(accounts: World) -> None:
    accounts.owner(
        "CREATE POLICY p ON accounts USING (manager IN (SELECT manager FROM groups))",
        "CREATE POLICY q ON groups USING (manager IN (SELECT manager FROM accounts))",
        "ALTER TABLE accounts OWNER TO holder",
        "ALTER TABLE groups OWNER TO holder",
        "DROP OWNED BY holder",
        "DROP ROLE holder",
    )
    assert not accounts.owner.catalog.row_security.policies
