"""``avila privacy``: a person is found wherever one is named, given all of it, and erased."""

from __future__ import annotations

import json
import zipfile
from typing import TYPE_CHECKING, Any

import pytest

import avila

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from click.testing import Result

    Command = Callable[..., Result]


@pytest.fixture
def shop(tmp_path: Path) -> Path:
    """Return a database with persons in three tables: one encrypted under their keys, one plain, one in the lake."""
    with avila.connect(tmp_path / "shop") as db:
        for sql in (
            "CREATE TABLE guests AS SELECT 'p' || i AS mail, 'secret ' || i AS note, i AS debt FROM range(5) r(i)",
            "CREATE TABLE orders AS SELECT i AS number, 'p' || (i % 5) AS buyer, 'p' || (i % 2) AS receiver, "
            "DATE '2026-01-01' + i::INTEGER AS day FROM range(20) r(i)",
            "CREATE TABLE lake.clicks AS SELECT 'p' || (i % 5) AS who, i AS n FROM range(10) r(i)",
            "CREATE TABLE numbers AS SELECT i AS person FROM range(10) r(i)",
            "CREATE TAG subject",
            "ALTER TABLE orders ALTER buyer SET TAG subject = 'customer'",
            "ALTER TABLE orders ALTER receiver SET TAG subject = 'customer'",
            "ALTER TABLE lake.clicks ALTER who SET TAG subject = 'customer'",
            "CREATE ENCRYPTION KEY guests",
            "ALTER TABLE guests ALTER note SET ENCRYPTION KEY guests SUBJECT mail",
        ):
            db.execute(sql)
    return tmp_path / "shop"


def lines(result: Result) -> list[dict[str, Any]]:
    """Return the objects that a command wrote."""
    assert result.exit_code == 0, result.output
    return [json.loads(line) for line in result.stdout.splitlines()]


def found(shop: Path, person: str) -> dict[str, int]:
    """Return in how many rows of which tables a person is."""
    with avila.connect(shop) as db:
        return {row[0]: row[2] for row in db.execute("REPORT SUBJECT $1", [person]).fetchall()}


def test_report_says_where_a_person_is(cli: Command, shop: Path) -> None:
    """In every column that names persons, once a row."""
    result = cli("privacy", "report", shop, "p1")
    assert result.exit_code == 0
    assert found(shop, "p1") == {"native.main.guests": 1, "native.main.orders": 12, "lake.main.clicks": 2}
    assert found(shop, "nobody") == {}
    for table in found(shop, "p1"):
        assert table in result.stdout


def test_export_gives_every_row_decrypted(cli: Command, shop: Path) -> None:
    """As JSON that says from which table it is."""
    rows = lines(cli("privacy", "export", shop, "p3"))
    assert {"table": "native.main.guests", "row": {"mail": "p3", "note": "secret 3", "debt": 3}} in rows
    assert len(rows) == sum(found(shop, "p3").values())


def test_export_gives_what_masks_and_policies_hide(cli: Command, shop: Path) -> None:
    """A person has a right to all that is known."""
    with avila.connect(shop) as db:
        db.execute("CREATE MASKING POLICY stars AS (v VARCHAR) RETURNS VARCHAR -> '***'")
        db.execute("ALTER TABLE orders ALTER buyer SET MASKING POLICY stars")
        db.execute("ALTER TABLE orders ENABLE ROW LEVEL SECURITY")
        db.execute("ALTER TABLE orders FORCE ROW LEVEL SECURITY")
    rows = [
        line["row"]
        for line in lines(cli("privacy", "export", shop, "p3"))
        if line["table"] == "native.main.orders"
    ]
    assert [row["buyer"] for row in rows] == ["p3"] * 4


def test_export_to_an_archive(cli: Command, shop: Path, tmp_path: Path) -> None:
    """A file for each table."""
    assert cli("privacy", "export", shop, "p1", "--to", tmp_path / "p1.zip").exit_code == 0
    with zipfile.ZipFile(tmp_path / "p1.zip") as archive:
        sizes = {name: archive.read(name).count(b"\n") for name in archive.namelist()}
    assert sizes == {
        "native.main.guests.jsonl": 1,
        "native.main.orders.jsonl": 12,
        "lake.main.clicks.jsonl": 2,
    }


def test_erase_makes_what_was_encrypted_unreadable(cli: Command, shop: Path) -> None:
    """The rows stay, and so do other persons' values."""
    assert cli("privacy", "erase", shop, "p1", "--yes").exit_code == 0
    with avila.connect(shop) as db:
        notes = db.execute("SELECT mail, note FROM guests ORDER BY mail").fetchall()
        assert notes == [(f"p{i}", None if i == 1 else f"secret {i}") for i in range(5)]
        assert db.execute("SELECT count(*) FROM orders").fetchall() == [(20,)]
        assert db.execute("SELECT count(*) FROM native.avila.subjects").fetchall() == [(4,)]


def test_erase_deletes_other_rows_when_asked(cli: Command, shop: Path) -> None:
    """In the lake too; an order between two persons goes with either."""
    assert cli("privacy", "erase", shop, "p1", "--delete", "--yes").exit_code == 0
    assert found(shop, "p1") == {"native.main.guests": 1}
    assert found(shop, "p3") == {"native.main.guests": 1, "native.main.orders": 2, "lake.main.clicks": 2}


def test_erase_asks_first(cli: Command, shop: Path) -> None:
    """Without a yes nothing happens."""
    assert cli("privacy", "erase", shop, "p1", stdin="n\n").exit_code == 1
    assert (
        lines(cli("privacy", "export", shop, "p1", "--column", "guests.mail"))[0]["row"]["note"] == "secret 1"
    )
    assert cli("privacy", "erase", shop, "p1", stdin="y\n").exit_code == 0
    assert lines(cli("privacy", "export", shop, "p1", "--column", "guests.mail"))[0]["row"]["note"] is None


def test_a_column_may_be_named(cli: Command, shop: Path) -> None:
    """Of whatever type; nothing else is looked at."""
    assert lines(cli("privacy", "export", shop, "7", "--column", "numbers.person")) == [
        {"table": "native.main.numbers", "row": {"person": 7}}
    ]
    assert cli("privacy", "report", shop, "7", "--column", "person").exit_code == 2


def test_each_use_is_an_event_that_does_not_name_the_person(cli: Command, shop: Path) -> None:
    """The digest is keyed: who has the log cannot try names."""
    cli("privacy", "report", shop, "p1")
    cli("privacy", "export", shop, "p1")
    cli("privacy", "erase", shop, "p1", "--yes")
    log = cli("audit", "show", shop, "--kind", "privacy", "--rows", "0", "--format", "jsonl")
    records = lines(log)
    assert [record["action"] for record in records] == ["report", "export", "erase"]
    details = [json.loads(record["detail"]) for record in records]
    assert len({detail["subject"] for detail in details}) == 1
    assert details[0]["rows"]["native.main.orders"] == 12
    everything = cli("audit", "show", shop, "--rows", "0", "--format", "jsonl").stdout
    assert "SUBJECT" in everything
    assert "p1" not in everything


def test_only_superusers_may(shop: Path) -> None:
    """An owner of one table does not see the others."""
    with avila.connect(shop) as db:
        db.execute("CREATE ROLE joe LOGIN")
        joe = db.session(role="joe")
        for verb in ("REPORT", "EXPORT", "ERASE"):
            with pytest.raises(avila.errors.InsufficientPrivilege):
                joe.execute(f"{verb} SUBJECT 'p1'")


def test_erasing_in_a_transaction_is_refused(shop: Path) -> None:
    """A rollback would not bring it back."""
    with avila.connect(shop) as db:
        db.execute("BEGIN")
        with pytest.raises(avila.errors.ActiveSqlTransaction):
            db.execute("ERASE SUBJECT 'p1'")
        db.execute("ROLLBACK")


def test_a_database_that_names_nobody_says_how_to(cli: Command, tmp_path: Path) -> None:
    """Otherwise an empty report would look like a clean one."""
    with avila.connect(tmp_path / "new"):
        pass
    result = cli("privacy", "report", tmp_path / "new", "p1")
    assert result.exit_code == 1
    assert "SET TAG subject" in result.stderr
