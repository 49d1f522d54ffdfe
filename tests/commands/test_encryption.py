"""SET and DROP ENCRYPTION of columns: transparent to who reads, nothing of it in what is stored."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

import avila
from avila import errors
from avila.catalog.names import Object
from avila.catalog.tags import CreateTag, SetTag

if TYPE_CHECKING:
    from pathlib import Path

    from commands.conftest import Acting, World

PEOPLE = Object.table("native", "main", "people")
ROWS = [(1, "Ada", "ada@x.org", 10), (2, "Bob", None, 20), (3, "Ada", "a3@x.org", None)]


@pytest.fixture
def people(world: World) -> World:
    """Return a database with a table of persons."""
    make(world.owner)
    return world


def make(owner: Acting) -> None:
    """Make the table."""
    owner("CREATE TABLE people (id INTEGER, name VARCHAR NOT NULL, mail VARCHAR, debt INTEGER)")
    owner(f"INSERT INTO people VALUES {', '.join(map(str, ROWS)).replace('None', 'NULL')}")


def stored(acting: Acting, columns: str = "*", table: str = "people") -> list[tuple[Any, ...]]:
    """Return what the kernel holds."""
    return acting.executor.connection.run(f"SELECT {columns} FROM native.main.{table} ORDER BY id").fetchall()


def read(acting: Acting, columns: str = "*", table: str = "people") -> list[tuple[Any, ...]]:
    """Return what a statement reads."""
    return acting.rows(f"SELECT {columns} FROM {table} ORDER BY id")


@pytest.mark.parametrize("how", ["", "RANDOMIZED", "DETERMINISTIC", "KEY k", "RANDOMIZED KEY k SUBJECT id"])
def test_reading_and_the_columns_place_stay_as_they_were(people: World, how: str) -> None:
    """Rows, order and types of the columns are the same; what is stored is not."""
    people.owner("CREATE ENCRYPTION KEY k")
    before = [row[:2] for row in people.owner.rows("DESCRIBE people")]
    people.owner(f"ALTER TABLE people ALTER COLUMN name SET ENCRYPTION {how}")
    people.owner(f"ALTER TABLE people ALTER debt SET ENCRYPTION {how}")
    assert read(people.owner) == ROWS
    assert [row[:2] for row in people.owner.rows("DESCRIBE people")] == before
    names = [name for (name,) in stored(people.owner, "name")]
    assert all(isinstance(name, bytes) and b"Ada" not in name for name in names)
    assert stored(people.owner, "debt")[2] == (None,)
    people.owner("ALTER TABLE people ALTER COLUMN name DROP ENCRYPTION")
    people.owner("ALTER TABLE people ALTER COLUMN debt DROP ENCRYPTION")
    assert stored(people.owner) == ROWS


def test_equality_of_a_deterministic_column(people: World) -> None:
    """Only there are equal values equal in the store."""
    people.owner("ALTER TABLE people ALTER name SET ENCRYPTION DETERMINISTIC")
    one, _, three = stored(people.owner, "name")
    assert one == three
    people.owner("ALTER TABLE people ALTER name SET ENCRYPTION RANDOMIZED")
    one, _, three = stored(people.owner, "name")
    assert one != three
    assert read(people.owner) == ROWS


def test_what_is_written_is_encrypted(people: World) -> None:
    """INSERT and UPDATE, with persons' keys made for who is new."""
    people.owner("ALTER TABLE people ALTER name SET ENCRYPTION SUBJECT id")
    people.owner(
        "INSERT INTO people VALUES (4, 'Dora', 'd@x.org', 1)", "UPDATE people SET name = 'Bill' WHERE id = 2"
    )
    assert read(people.owner, "name") == [("Ada",), ("Bill",), ("Ada",), ("Dora",)]
    assert all(isinstance(name, bytes) for (name,) in stored(people.owner, "name"))
    assert people.owner.rows("SELECT count(*) FROM native.avila.subjects") == [(4,)]


def test_it_is_still_readable_after_opening_again(tmp_path: Path) -> None:
    """Keys, persons and the catalog are kept."""
    with avila.connect(tmp_path / "db") as db:
        db.execute("CREATE ENCRYPTION KEY k")
        db.execute("CREATE TABLE t AS SELECT i AS id, 'v' || i AS v, 'w' || i AS w FROM range(3000) r(i)")
        db.execute("ALTER TABLE t ALTER v SET ENCRYPTION DETERMINISTIC KEY k")
        db.execute("ALTER TABLE t ALTER w SET ENCRYPTION KEY k SUBJECT id")
    with avila.connect(tmp_path / "db") as db:
        assert db.execute("SELECT count(DISTINCT v), min(w), max(w) FROM t").fetchall() == [
            (3000, "w0", "w999")
        ]
        db.execute("INSERT INTO t VALUES (0, 'v0', 'again')")
        assert db.execute("SELECT count(*) FROM t WHERE v = 'v0'").fetchall() == [(2,)]


def test_a_column_goes_over_to_another_key(people: World) -> None:
    """It is rewritten, and the old key is not needed any more."""
    people.owner("CREATE ENCRYPTION KEY old", "CREATE ENCRYPTION KEY new")
    people.owner("ALTER TABLE people ALTER name SET ENCRYPTION KEY old")
    assert people.owner.fails("DROP ENCRYPTION KEY old") == errors.DependentObjectsStillExist.sqlstate
    people.owner("ALTER TABLE people ALTER name SET ENCRYPTION KEY new", "DROP ENCRYPTION KEY old")
    assert read(people.owner) == ROWS


def test_dropping_a_key_with_cascade_shreds(people: World) -> None:
    """What was under it reads NULL everywhere, and a new key of the name does not bring it back."""
    people.owner("CREATE ENCRYPTION KEY k", "ALTER TABLE people ALTER mail SET ENCRYPTION KEY k")
    people.owner("DROP ENCRYPTION KEY k CASCADE")
    assert read(people.owner, "mail") == [(None,)] * 3
    assert people.owner.rows("SELECT count(*) FROM native.avila.column_keys") == [(0,)]
    assert isinstance(people.owner.error("UPDATE people SET mail = 'x'"), errors.InvalidKey)
    people.owner("CREATE ENCRYPTION KEY k", "ALTER TABLE people ALTER mail SET ENCRYPTION KEY k")
    assert read(people.owner, "mail") == [(None,)] * 3
    people.owner("UPDATE people SET mail = 'x'")
    assert read(people.owner, "mail") == [("x",)] * 3


def test_an_error_of_a_key_shows_nothing_of_the_machine(people: World) -> None:
    """The kernel adds where in Python it was raised, which is nobody's business."""
    people.owner("CREATE ENCRYPTION KEY k", "ALTER TABLE people ALTER mail SET ENCRYPTION KEY k")
    people.owner("DROP ENCRYPTION KEY k CASCADE")
    assert ".py" not in str(people.owner.error("UPDATE people SET mail = 'x'"))


def test_a_key_made_in_a_transaction_is_gone_with_it(people: World) -> None:
    """Its row and its name are undone together."""
    people.owner("BEGIN", "CREATE ENCRYPTION KEY k", "ROLLBACK", "CREATE ENCRYPTION KEY k")
    assert people.owner.rows("SELECT count(*) FROM native.avila.column_keys") == [(1,)]


@pytest.mark.parametrize(
    ("statement", "condition"),
    [
        ("ALTER TABLE people ALTER nothing SET ENCRYPTION", errors.UndefinedColumn),
        ("ALTER TABLE nothing ALTER name SET ENCRYPTION", errors.UndefinedTable),
        ("ALTER TABLE people ALTER name SET ENCRYPTION KEY nothing", errors.UndefinedObject),
        ("ALTER TABLE people ALTER name SET ENCRYPTION SUBJECT nothing", errors.UndefinedColumn),
        ("ALTER TABLE people ALTER name SET ENCRYPTION SUBJECT name", errors.InvalidParameterValue),
        (
            "ALTER TABLE people ALTER name SET ENCRYPTION DETERMINISTIC SUBJECT id",
            errors.InvalidParameterValue,
        ),
        ("ALTER TABLE people ALTER name DROP ENCRYPTION", errors.UndefinedObject),
        ("ALTER VIEW shown ALTER name SET ENCRYPTION", errors.WrongObjectType),
        ("ALTER TABLE odd ALTER a SET ENCRYPTION", errors.DependentObjectsStillExist),
        ("ALTER TABLE odd ALTER b SET ENCRYPTION", errors.DependentObjectsStillExist),
        ("ALTER TABLE odd ALTER c SET ENCRYPTION", errors.DependentObjectsStillExist),
        ("ALTER TABLE odd ALTER d SET ENCRYPTION", errors.FeatureNotSupported),
        ("ALTER TABLE odd ALTER e SET ENCRYPTION", errors.FeatureNotSupported),
        ("ALTER TABLE odd ALTER f SET ENCRYPTION", errors.FeatureNotSupported),
        ("ALTER TABLE odd ALTER f SET ENCRYPTION SUBJECT g", errors.FeatureNotSupported),
        ("ALTER TABLE odd ALTER g SET ENCRYPTION DETERMINISTIC", errors.FeatureNotSupported),
        ("ALTER TABLE indexed ALTER b SET ENCRYPTION", errors.DependentObjectsStillExist),
        ("DROP ENCRYPTION KEY columns CASCADE", errors.DependentObjectsStillExist),
        ("DROP ENCRYPTION KEY nothing", errors.UndefinedObject),
        ("CREATE ENCRYPTION KEY columns", errors.DuplicateObject),
    ],
)
def test_what_cannot_be_encrypted_says_why(
    people: World, statement: str, condition: type[errors.Error]
) -> None:
    """And nothing has changed."""
    people.owner(
        "CREATE VIEW shown AS FROM people",
        "CREATE TABLE odd (a INTEGER PRIMARY KEY, b INTEGER UNIQUE, c INTEGER CHECK (c > 0), d INTEGER DEFAULT 7, "
        "e INTEGER GENERATED ALWAYS AS (b + 1), f INTEGER[], g DOUBLE)",
        "CREATE TABLE indexed (a INTEGER, b INTEGER)",
        "CREATE INDEX i ON indexed (a)",
    )
    assert type(people.owner.error(statement)) is condition
    assert people.owner.catalog.encryption.columns == {}


def test_only_the_owner_encrypts_and_only_superusers_make_keys(people: World) -> None:
    """Whoever else is denied."""
    joe = people.role("joe")
    for statement in (
        "ALTER TABLE people ALTER name SET ENCRYPTION",
        "ALTER TABLE people ALTER name DROP ENCRYPTION",
        "CREATE ENCRYPTION KEY k",
        "DROP ENCRYPTION KEY columns",
        "ALTER TAG pii SET ENCRYPTION",
    ):
        assert joe.fails(statement) == errors.InsufficientPrivilege.sqlstate
    people.owner("ALTER TABLE people OWNER TO joe")
    joe("ALTER TABLE people ALTER name SET ENCRYPTION")
    assert read(joe) == ROWS


@pytest.mark.parametrize(
    "statement", ["ALTER TABLE people ALTER name SET ENCRYPTION", "DROP ENCRYPTION KEY k CASCADE"]
)
def test_what_cannot_be_undone_does_not_run_in_a_transaction(people: World, statement: str) -> None:
    """A rollback would bring neither back."""
    people.owner("CREATE ENCRYPTION KEY k", "BEGIN")
    assert people.owner.fails(statement) == errors.ActiveSqlTransaction.sqlstate
    people.owner("ROLLBACK")


def test_it_follows_the_table_and_its_columns(people: World) -> None:
    """Renamed, they stay encrypted; dropped, they are forgotten."""
    people.owner(
        "ALTER TABLE people ALTER name SET ENCRYPTION SUBJECT id",
        "ALTER TABLE people RENAME COLUMN name TO called",
        "ALTER TABLE people RENAME COLUMN id TO number",
        "ALTER TABLE people RENAME TO persons",
        "INSERT INTO persons VALUES (4, 'Dora', NULL, NULL)",
    )
    assert people.owner.rows("SELECT called FROM persons ORDER BY number") == [
        ("Ada",),
        ("Bob",),
        ("Ada",),
        ("Dora",),
    ]
    assert people.owner.rows("SELECT count(*) FROM native.avila.subjects") == [(4,)]
    people.owner("DROP TABLE persons")
    assert people.owner.catalog.encryption.columns == {}


def test_names_in_quotes(world: World) -> None:
    """Whatever a table and its columns are called."""
    world.owner(
        'CREATE SCHEMA "My Schema"', 'CREATE TABLE "My Schema"."T t" ("Id x" INTEGER, "a ""b" VARCHAR)'
    )
    world.owner("""INSERT INTO "My Schema"."T t" VALUES (1, 'x')""")
    world.owner('ALTER TABLE "My Schema"."T t" ALTER "a ""b" SET ENCRYPTION SUBJECT "Id x"')
    assert world.owner.rows('SELECT * FROM "My Schema"."T t"') == [(1, "x")]


def test_columns_of_the_lake_are_refused(db_with_lake: World) -> None:
    """Its snapshots would keep what was readable."""
    db_with_lake.owner("CREATE TABLE lake.t (a VARCHAR)")
    assert (
        db_with_lake.owner.fails("ALTER TABLE lake.t ALTER a SET ENCRYPTION")
        == errors.FeatureNotSupported.sqlstate
    )


def tagged(people: World) -> None:
    """Tag two columns."""
    people.owner.executor.change(
        CreateTag("pii"), SetTag("pii", PEOPLE, "name", "yes"), SetTag("pii", PEOPLE, "mail", "yes")
    )


def test_encryption_by_tag(people: World) -> None:
    """Every column that carries the tag is encrypted, and stays so when the tag asks for it no more."""
    tagged(people)
    people.owner("CREATE ENCRYPTION KEY k", "ALTER TAG pii SET ENCRYPTION DETERMINISTIC KEY k")
    assert people.owner.catalog.encryption.of(PEOPLE).keys() == {"name", "mail"}
    assert read(people.owner) == ROWS
    people.owner("ALTER TAG pii DROP ENCRYPTION")
    assert people.owner.catalog.encryption.of(PEOPLE).keys() == {"name", "mail"}


def test_a_tag_encrypts_all_its_columns_or_none(people: World) -> None:
    """One that cannot be encrypted keeps the others as they are."""
    people.owner("CREATE INDEX i ON people (mail)")
    tagged(people)
    assert people.owner.fails("ALTER TAG pii SET ENCRYPTION") == errors.DependentObjectsStillExist.sqlstate
    assert people.owner.catalog.encryption.columns == {}


def test_a_column_that_is_tagged_later_is_encrypted_then(people: World) -> None:
    """And is not tagged when it cannot be."""
    tagged(people)
    people.owner("ALTER TAG pii SET ENCRYPTION", "ALTER TABLE people ALTER debt SET TAG pii = 'yes'")
    assert people.owner.catalog.encryption.of(PEOPLE).keys() == {"name", "mail", "debt"}
    assert read(people.owner) == ROWS
    people.owner("CREATE INDEX i ON people (id)")
    assert people.owner.fails("ALTER TABLE people ALTER id SET TAG pii = 'yes'") == "2BP01"
    assert "pii" not in people.owner.catalog.tags.of(PEOPLE, "id")


def test_a_tag_by_which_columns_are_encrypted_is_not_dropped(people: World) -> None:
    """It would be forgotten that later columns are to be encrypted."""
    tagged(people)
    people.owner("ALTER TAG pii SET ENCRYPTION")
    assert people.owner.fails("DROP TAG pii") == errors.DependentObjectsStillExist.sqlstate
    people.owner("ALTER TAG pii DROP ENCRYPTION", "DROP TAG pii")


def test_a_row_that_comes_to_name_another_person_is_under_that_persons_key(people: World) -> None:
    """So that erasing the one erases it, and erasing the other does not."""
    people.owner(
        "ALTER TABLE people ALTER name SET ENCRYPTION SUBJECT id",
        "UPDATE people SET id = 100 WHERE id = 1",
        "ERASE SUBJECT '1'",
    )
    assert read(people.owner, "name") == [("Bob",), ("Ada",), ("Ada",)]
    people.owner("ERASE SUBJECT '100'")
    assert read(people.owner, "id, name") == [(2, "Bob"), (3, "Ada"), (100, None)]


@pytest.mark.parametrize(
    "statement",
    [
        "ALTER TABLE people ALTER name SET DATA TYPE BLOB",
        "ALTER TABLE people ALTER name SET DEFAULT 'x'",
        "ALTER TABLE people ALTER id SET DATA TYPE VARCHAR",
        "ALTER TABLE people ADD CONSTRAINT c CHECK (name <> '')",
        "ALTER TABLE people ADD COLUMN g VARCHAR GENERATED ALWAYS AS (name)",
        "CREATE INDEX i ON people (name)",
        "CREATE UNIQUE INDEX i ON people (lower(mail))",
        "CREATE OR REPLACE TABLE people (id INTEGER, name VARCHAR)",
        "COPY people FROM 'people.csv'",
    ],
)
def test_definitions_that_do_not_go_with_encrypted_columns(people: World, statement: str) -> None:
    """They would judge ciphertext, or leave values that are not encrypted."""
    people.owner(
        "ALTER TABLE people ALTER name SET ENCRYPTION SUBJECT id",
        "ALTER TABLE people ALTER mail SET ENCRYPTION DETERMINISTIC",
    )
    assert people.owner.fails(statement) == errors.FeatureNotSupported.sqlstate
    assert read(people.owner) == ROWS


def test_other_definitions_go_with_them(people: World) -> None:
    """An index on a deterministic column keeps its values apart."""
    people.owner(
        "ALTER TABLE people ALTER mail SET ENCRYPTION DETERMINISTIC",
        "ALTER TABLE people ADD COLUMN note VARCHAR DEFAULT 'n'",
        "ALTER TABLE people DROP COLUMN note",
        "ALTER TABLE people ALTER mail DROP DEFAULT",
        "CREATE UNIQUE INDEX i ON people (mail)",
    )
    assert (
        people.owner.fails("INSERT INTO people VALUES (9, 'x', 'ada@x.org', 0)")
        == errors.UniqueViolation.sqlstate
    )
    assert read(people.owner) == ROWS


def test_a_copy_to_a_file_is_readable(people: World, tmp_path: Path) -> None:
    """Whoever may read the table may copy what it means."""
    people.owner(
        "ALTER TABLE people ALTER name SET ENCRYPTION", f"COPY people (id, name) TO '{tmp_path / 'p.csv'}'"
    )
    assert (tmp_path / "p.csv").read_text().splitlines() == ["id,name", "1,Ada", "2,Bob", "3,Ada"]
