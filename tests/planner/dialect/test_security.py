"""The statements of security: read whole, written back word for word, every part where the nodes say it is."""

from __future__ import annotations

from pathlib import Path

import pytest
from sqlglot import exp

from avila.errors import FeatureNotSupported, StatementNotAllowed
from avila.errors import SyntaxError as SqlSyntaxError
from avila.planner.classify import COMMANDS, classify
from avila.planner.dialect import generate, nodes, parse, position
from avila.planner.plan import Kind, Statement

CORPUS = Path(__file__).parent / "security"


def corpus() -> list[str]:
    """Return the statements of security, one a line."""
    return [line for path in sorted(CORPUS.glob("*.sql")) for line in path.read_text().splitlines()]


def one(sql: str) -> exp.Expr:
    """Return the tree of one statement."""
    (tree,) = parse(sql)
    return tree


def names(items: list[exp.Expr] | None) -> list[str]:
    """Return the names of identifiers."""
    assert items is not None
    assert all(isinstance(item, exp.Identifier) for item in items)
    return [item.name for item in items]


@pytest.mark.parametrize("sql", corpus())
def test_what_is_read_is_written(sql: str) -> None:
    assert generate(one(sql)) == sql
    assert generate(one(sql.lower())).lower() == sql.lower()


@pytest.mark.parametrize("sql", corpus())
def test_trees_hold_what_their_nodes_declare(sql: str) -> None:
    for node in one(sql).walk():
        if not type(node).__module__.startswith(f"{nodes.__name__}.security"):
            continue
        present = {key for key, value in node.args.items() if value not in (None, [])}
        required = {key for key, needed in node.arg_types.items() if needed}
        assert present <= set(node.arg_types), type(node).__name__
        # The objects of GRANT and the like may be empty lists, but what is required is there.
        assert required <= present, type(node).__name__


@pytest.mark.parametrize("sql", corpus())
def test_a_statement_knows_its_place(sql: str) -> None:
    tree = parse(f"SELECT 1; {sql}")[1]
    assert position(tree) == len("SELECT 1; ")
    assert tree.meta["end"] == len(f"SELECT 1; {sql}")


@pytest.mark.parametrize("sql", corpus())
def test_a_statement_cut_short_is_another_statement_or_a_syntax_error(sql: str) -> None:
    words = sql.split(" ")
    for count in range(1, len(words)):
        try:
            cut = parse(" ".join(words[:count]))
        except (SqlSyntaxError, FeatureNotSupported) as error:
            assert error.position is not None
        else:
            assert generate(cut[0]) != sql


def test_every_node_of_security_is_tried() -> None:
    tried = {type(node) for sql in corpus() for node in one(sql).walk()}
    declared = {
        node
        for node in vars(nodes).values()
        if isinstance(node, type) and node.__module__.startswith(f"{nodes.__name__}.security")
    }
    assert declared - tried == set()


@pytest.mark.parametrize("sql", [sql for sql in corpus() if not isinstance(one(sql), exp.Create)])
def test_no_statement_of_security_reaches_the_kernel(sql: str) -> None:
    try:
        made = classify(Statement(sql, one(sql)))
    except StatementNotAllowed as refused:
        assert type(one(sql)) not in COMMANDS
        assert refused.position == 0
    except FeatureNotSupported:
        assert isinstance(one(sql), nodes.ExplainPermission), (
            "a command is asked about, which asks for rights itself"
        )
    else:
        assert made.kind is Kind.COMMAND


# --- roles ---


def test_options_of_roles() -> None:
    tree = one("CREATE USER a ENCRYPTED PASSWORD 'x' CONNECTION LIMIT -1 NOLOGIN PASSWORD NULL IN ROLE b, C")
    assert isinstance(tree, nodes.CreateRole)
    assert (tree.name, tree.args["kind"], tree.args["exists"]) == ("a", "USER", None)
    password, limit, login, none, member = tree.expressions
    assert (password.args["this"], password.expression.name) == ("PASSWORD", "x")
    assert (limit.args["this"], limit.expression.name) == ("CONNECTION LIMIT", "-1")
    assert (login.args["this"], login.args.get("expression")) == ("NOLOGIN", None)
    assert isinstance(none.expression, exp.Null)
    assert (member.args["this"], names(member.expressions)) == ("IN ROLE", ["b", "C"])


def test_noise_words_are_only_noise() -> None:
    with_word, without = one("CREATE ROLE a WITH LOGIN"), one("CREATE ROLE a LOGIN")
    assert with_word.expressions == without.expressions
    grouped, plain = one("GRANT a TO GROUP b"), one("GRANT a TO b")
    assert grouped == plain
    assert one("CREATE ROLE a SYSID 1 LOGIN").expressions[1] == one("CREATE ROLE a LOGIN").expressions[0]


@pytest.mark.parametrize("word", ["PUBLIC", "CURRENT_USER", "CURRENT_ROLE", "SESSION_USER"])
def test_words_for_roles_are_unquoted_identifiers(word: str) -> None:
    role, quoted = one(f'GRANT a TO {word}, "{word}"').args["principals"]
    assert (role.name, role.args["quoted"]) == (word, False)
    assert (quoted.name, quoted.args["quoted"]) == (word, True)


def test_set_role() -> None:
    for sql, role, scope in (
        ("SET ROLE a", "a", None),
        ("SET LOCAL ROLE 'A b'", "A b", "LOCAL"),
        ("SET SESSION ROLE TO a", "a", "SESSION"),
    ):
        tree = one(sql)
        assert isinstance(tree, nodes.SetRole)
        assert (tree.name, tree.args.get("scope")) == (role, scope)
    assert one("SET ROLE none").args.get("this") is None
    assert one('SET ROLE "none"').name == "none"
    assert one("SET SESSION AUTHORIZATION DEFAULT").args.get("this") is None


def test_settings_of_roles() -> None:
    tree = one("ALTER ROLE a SET search_path TO x, 'y'")
    assert isinstance(tree, nodes.SetRoleSetting)
    assert tree.args["setting"].name == "search_path"
    assert [value.name for value in tree.expressions] == ["x", "y"]
    (default,) = one("ALTER ROLE ALL SET a = DEFAULT").expressions
    assert default == exp.Var(this="DEFAULT")
    assert one("ALTER ROLE ALL SET a = 1").args.get("this") is None
    assert one("ALTER ROLE a RESET ALL").args.get("setting") is None


# --- rights ---


def test_rights_on_columns() -> None:
    tree = one("GRANT select (a, B), Update ON s.t TO x WITH GRANT OPTION GRANTED BY y")
    assert isinstance(tree, nodes.GrantPrivileges)
    select, update = tree.expressions
    assert (select.args["this"], names(select.expressions)) == ("SELECT", ["a", "B"])
    assert (update.args["this"], update.expressions) == ("UPDATE", [])
    (table,) = tree.args["objects"]
    assert isinstance(table, exp.Table)
    assert (table.db, table.name) == ("s", "t")
    assert (tree.args["kind"], tree.args["grant_option"], tree.args["granted_by"].name) == (
        "TABLE",
        True,
        "y",
    )


@pytest.mark.parametrize(
    ("objects", "kind", "first"),
    [
        ("t", "TABLE", exp.Table),
        ("SEQUENCE s.q", "SEQUENCE", exp.Table),
        ("SCHEMA s", "SCHEMA", exp.Table),
        ("ALL TABLES IN SCHEMA s", "ALL TABLES", exp.Table),
        ("DATABASE d", "DATABASE", exp.Identifier),
        ("EXTENSION e", "EXTENSION", exp.Identifier),
        ("FUNCTION f(INT)", "FUNCTION", nodes.RoutineReference),
        ("TYPE m", "TYPE", exp.Table),
    ],
)
def test_kinds_of_objects(objects: str, kind: str, first: type[exp.Expr]) -> None:
    for sql in (f"GRANT ALL ON {objects} TO a", f"REVOKE ALL ON {objects} FROM a"):
        tree = one(sql)
        assert tree.args["kind"] == kind
        assert type(tree.args["objects"][0]) is first
    if "SCHEMA" in kind or "ALL" in kind:
        assert (tree.args["objects"][0].db, tree.args["objects"][0].name) == ("s", "")


def test_a_table_may_have_the_name_of_a_kind() -> None:
    for word in ("schema", "sequence", "database", "language", "domain", "extension"):
        (table,) = one(f"GRANT SELECT ON {word} TO a").args["objects"]
        assert table.name == word


def test_roles_are_granted_without_on() -> None:
    tree = one("GRANT a, b TO c WITH ADMIN OPTION, INHERIT FALSE, SET TRUE")
    assert isinstance(tree, nodes.GrantRoles)
    assert names(tree.expressions) == ["a", "b"]
    options = [(option.args["this"], option.args.get("expression")) for option in tree.args["options"]]
    assert options == [
        ("ADMIN", None),
        ("INHERIT", exp.Boolean(this=False)),
        ("SET", exp.Boolean(this=True)),
    ]


def test_default_rights() -> None:
    tree = one("ALTER DEFAULT PRIVILEGES FOR ROLE a IN SCHEMA s REVOKE ALL ON TABLES FROM b CASCADE")
    assert isinstance(tree, nodes.AlterDefaultPrivileges)
    assert names(tree.args["roles"]) == ["a"]
    assert [schema.db for schema in tree.args["schemas"]] == ["s"]
    assert isinstance(tree.this, nodes.RevokePrivileges)
    assert (tree.this.args["kind"], tree.this.args["behaviour"]) == ("TABLES", "CASCADE")
    assert tree.this.args.get("objects") is None


def test_owners() -> None:
    assert one("ALTER SCHEMA c.s OWNER TO a").this == exp.Table(
        db=exp.Identifier(this="s", quoted=False), catalog=exp.Identifier(this="c", quoted=False)
    )
    create = one("CREATE SCHEMA s AUTHORIZATION a")
    owner = create.find(nodes.SchemaOwner)
    assert owner is not None
    assert (create.this.db, owner.name, owner.args.get("alone")) == ("s", "a", None)
    assert one("CREATE SCHEMA AUTHORIZATION a").this.db == "a"


# --- rows, tags, masks, keys ---


def test_policies() -> None:
    tree = one("CREATE POLICY p ON s.t AS restrictive FOR update TO a USING (b) WITH CHECK (c)")
    assert isinstance(tree, nodes.CreatePolicy)
    assert tree.args["table"].db == "s"
    assert (tree.args["permissive"], tree.args["command"]) == ("RESTRICTIVE", "UPDATE")
    assert (tree.args["using"].name, tree.args["check"].name) == ("b", "c")
    on_tag = one("DROP POLICY p ON TAG pii")
    assert (on_tag.args["tag"].name, on_tag.args.get("table")) == ("pii", None)


def test_what_is_altered_is_said_alike() -> None:
    for change in (
        "SET TAG a = 'b'",
        "UNSET TAG a",
        "SET MASKING POLICY m",
        "UNSET MASKING POLICY",
        "SET ENCRYPTION",
        "DROP ENCRYPTION",
    ):
        tree = one(f"ALTER TABLE IF EXISTS s.t MODIFY COLUMN c {change}")
        assert (tree.this.name, tree.args["kind"], tree.args["exists"]) == ("t", "TABLE", True)
        assert tree.args["column"].name == "c"


def test_the_body_of_a_mask() -> None:
    tree = one("CREATE MASKING POLICY m AS (val TEXT, other INT) RETURNS TEXT -> f(val) || other USING VALUE")
    assert isinstance(tree, nodes.CreateMaskingPolicy)
    assert [(parameter.name, generate(parameter.args["kind"])) for parameter in tree.expressions] == [
        ("val", "TEXT"),
        ("other", "INT"),
    ]
    assert {column.name for column in tree.args["body"].find_all(exp.Column)} == {"val", "other"}
    assert tree.args["using_value"] is True


def test_views_keep_their_options_apart_from_being_temporary() -> None:
    for sql, temporary in (("CREATE VIEW", False), ("CREATE TEMP VIEW", True)):
        tree = one(f"{sql} v WITH (security_barrier, security_invoker = false) AS SELECT 1")
        assert (tree.find(exp.TemporaryProperty) is not None) == temporary
        options = tree.find(nodes.ViewOptions)
        assert options is not None
        assert [option.name for option in options.expressions] == ["security_barrier", "security_invoker"]


@pytest.mark.parametrize(
    "sql",
    [
        "CREATE POLICY p ON t USING (f(1) IN (SELECT x FROM hidden))",
        "CREATE POLICY p ON t WITH CHECK (f(1) = (SELECT max(x) FROM hidden))",
        "ALTER POLICY p ON t USING (EXISTS (SELECT f(1) FROM hidden))",
        "CREATE MASKING POLICY m AS (v INT) RETURNS INT -> (SELECT f(v) FROM hidden)",
        "ALTER MASKING POLICY m SET BODY -> (SELECT f(v) FROM hidden)",
        "CREATE RETENTION POLICY r ON t COLUMN c KEEP INTERVAL 1 DAY WHERE (f(1) IN (FROM hidden))",
        "EXPLAIN PERMISSION FOR ROLE a DELETE FROM hidden WHERE f(1)",
        "CREATE VIEW v WITH (security_barrier) AS SELECT f(1) FROM hidden",
        "ALTER ROLE a SET x = (SELECT f(1) FROM hidden)",
        "CREATE TENANT t WITH (a = (SELECT f(1) FROM hidden))",
    ],
)
def test_nothing_hides_from_a_walk(sql: str) -> None:
    tree = one(sql)
    assert any(table.name == "hidden" for table in tree.find_all(exp.Table))
    assert any(call.name == "f" for call in tree.find_all(exp.Anonymous))


# --- what is refused, and what stays free ---


@pytest.mark.parametrize(
    ("sql", "at"),
    [
        ("GRANT SELECT ON t", 17),
        ("GRANT ON t TO a", 6),
        ('GRANT "select" ON t TO a', 6),
        ("GRANT SELECT ON TABLE TO a", 16),
        ("GRANT a (b) TO c", 8),
        ("GRANT a TO b WITH ADMIN", 23),
        ("GRANT SELECT ON t TO a GRANTED c", 23),
        ("REVOKE SELECT ON t TO a", 19),
        ("REVOKE ADMIN OPTION FOR SELECT ON t FROM a", 13),
        ("ALTER DEFAULT PRIVILEGES GRANT SELECT ON t TO a", 41),
        ("ALTER ROLE ALL LOGIN", 15),
        ("ALTER ROLE a FOO", 13),
        ("ALTER ROLE a IN ROLE b", 13),
        ("ALTER ROLE a ADD USER b", 13),
        ("CREATE ROLE a FOO", 14),
        ("CREATE ROLE a PASSWORD", 22),
        ("CREATE OR REPLACE ROLE a", 18),
        ("CREATE TEMP TAG a", 12),
        ("SET ROLE", 8),
        ("SET SESSION AUTHORIZATION NULL", 26),
        ("CREATE POLICY p ON t FOR TRUNCATE", 25),
        ("CREATE POLICY p ON t AS STRICT", 24),
        ("CREATE POLICY p ON t USING a", 27),
        ("CREATE POLICY p ON t WITH CHECK (a) USING (b)", 36),
        ("CREATE POLICY p", 15),
        ("ALTER VIEW v ENABLE ROW LEVEL SECURITY", 13),
        ("ALTER TABLE t ENABLE ROW SECURITY", 25),
        ("ALTER TABLE t SET TAG a", 23),
        ("ALTER TABLE t SET MASKING POLICY m", 18),
        ("ALTER TAG t SET TAG a = 'b'", 12),
        ("CREATE TAG t ALLOWED_VALUES a", 28),
        ("CREATE MASKING POLICY m AS () RETURNS INT -> 1", 28),
        ("CREATE MASKING POLICY m AS (v) RETURNS INT -> 1", 29),
        ("ALTER TABLE t ALTER c SET ENCRYPTION KEY", 40),
        ("KILL", 4),
        ("KILL 'x'", 5),
        ("EXPLAIN PERMISSION", 18),
        ("CREATE RETENTION POLICY r ON t COLUMN c KEEP '1 day'", 45),
        ("APPLY RETENTION POLICY", 0),
    ],
)
def test_errors_say_where(sql: str, at: int) -> None:
    with pytest.raises((SqlSyntaxError, FeatureNotSupported)) as caught:
        parse(sql)
    assert caught.value.position == at, caught.value.message


@pytest.mark.parametrize(
    "sql",
    [
        "GRANT USAGE ON LANGUAGE sql TO a",
        "GRANT CREATE ON TABLESPACE x TO a",
        "CREATE ROLE a UNENCRYPTED PASSWORD 'x'",
    ],
)
def test_what_is_understood_but_not_offered_is_refused(sql: str) -> None:
    with pytest.raises(FeatureNotSupported):
        parse(sql)


def test_the_words_of_security_stay_names() -> None:
    for word in (
        *("policy", "tag", "tenant", "role", "mask", "masking", "encryption", "key", "resource", "retention"),
        *("kill", "apply", "permission", "owner", "admin", "public", "subject", "keep", "grant_", "revoke"),
    ):
        written = f"SELECT {word}.{word}, {word} AS {word} FROM {word} WHERE {word} = 1"
        assert generate(one(written)) == written
        assert generate(one(f"CREATE TABLE {word} ({word} INT)")) == f"CREATE TABLE {word} ({word} INT)"
        assert generate(one(f"ALTER TABLE {word} DROP COLUMN {word}")).endswith(word)
        assert isinstance(one(f"GRANT SELECT ({word}) ON {word} TO {word}"), nodes.GrantPrivileges)
        assert isinstance(one(f"CREATE POLICY {word} ON {word} TO {word}"), nodes.CreatePolicy)


def test_other_changes_of_tables_are_read_as_before() -> None:
    for sql in (
        "ALTER TABLE t ALTER COLUMN c SET DEFAULT 1",
        "ALTER TABLE t ALTER c TYPE BIGINT",
        "ALTER TABLE t RENAME TO u",
        "ALTER SEQUENCE s OWNED BY t",
        "ALTER VIEW v RENAME TO w",
    ):
        assert type(one(sql)) is exp.Alter
    assert isinstance(one("SET SESSION threads = 1"), nodes.SetOption)
    assert isinstance(one("RESET SESSION threads"), nodes.ResetOption)
