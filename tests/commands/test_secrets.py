"""Secrets are kept, handed to the kernel, and shown to nobody."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

import avila
from avila import errors

if TYPE_CHECKING:
    from pathlib import Path

HIDDEN = "t0p-s3cret"
CREATE = f"CREATE SECRET Store (TYPE s3, KEY_ID 'someone', SECRET '{HIDDEN}', SCOPE 's3://bucket')"


def kernels(db: avila.Database) -> list[tuple[str, str]]:
    """Return what the kernel has, which the kernel itself redacts."""
    engine = db.line().instance.engine  # type: ignore[attr-defined]
    rows: list[tuple[str, str]] = engine.execute(
        "SELECT name, secret_string FROM duckdb_secrets() ORDER BY name"
    )
    return rows


def test_a_secret_outlives_the_process_and_nobody_sees_it(tmp_path: Path) -> None:
    target = tmp_path / "db"
    with avila.connect(target) as db:
        db.execute(CREATE)
        assert db.execute("FROM avila.secrets").fetchall() == [("store", "s3")]
        assert [name for name, _ in kernels(db)] == ["store"]
        assert "key_id=someone" in kernels(db)[0][1]
        history = [entry.text for entry in db.line().instance.history.entries()]  # type: ignore[attr-defined]
        assert any("CREATE SECRET" in text for text in history)
        assert not any(HIDDEN in text for text in history)
        body = db.execute(
            "SELECT body::VARCHAR FROM native.avila.changes WHERE kind = 'CreateSecret'"
        ).fetchall()
        assert HIDDEN not in str(body)
    for path in target.rglob("*"):
        if path.is_file():
            assert HIDDEN.encode() not in path.read_bytes(), path
    with avila.connect(target) as db:
        assert "key_id=someone" in kernels(db)[0][1]
        db.execute("DROP SECRET store")
        assert kernels(db) == []
    with avila.connect(target) as db:
        assert kernels(db) == []


def test_a_secret_outlives_a_rotation(tmp_path: Path) -> None:
    with avila.connect(tmp_path / "db") as db:
        db.execute(CREATE)
        db.execute("ALTER DATABASE ROTATE DATA KEYS")
        db.execute("ALTER DATABASE ROTATE WRAPPING KEY")
    with avila.connect(tmp_path / "db") as db:
        assert "key_id=someone" in kernels(db)[0][1]


def test_secrets_are_replaced_and_dropped(db: avila.Database) -> None:
    db.execute(CREATE)
    with pytest.raises(errors.DuplicateObject):
        db.execute(CREATE)
    db.execute(CREATE.replace("SECRET S", "SECRET IF NOT EXISTS S", 1).replace("someone", "nobody"))
    assert "key_id=someone" in kernels(db)[0][1]
    db.execute(CREATE.replace("CREATE", "CREATE OR REPLACE PERSISTENT", 1).replace("someone", "else"))
    assert "key_id=else" in kernels(db)[0][1]
    db.execute(
        "CREATE SECRET web (TYPE http, EXTRA_HTTP_HEADERS MAP {'A': 'b'}, SCOPE ['https://a', 'https://b'])"
    )
    assert [name for name, _ in kernels(db)] == ["store", "web"]
    db.execute("DROP SECRET STORE")
    with pytest.raises(errors.UndefinedObject):
        db.execute("DROP SECRET store")
    db.execute("DROP SECRET IF EXISTS store")


@pytest.mark.parametrize(
    ("statement", "condition"),
    [
        (f"CREATE SECRET x (TYPE s3, USE_SSL '{HIDDEN}')", errors.BindingError),
        (f"CREATE SECRET x (TYPE nothing, SECRET '{HIDDEN}')", errors.Error),
        (f"CREATE SECRET x (SECRET '{HIDDEN}')", errors.InvalidParameterValue),
        (f"CREATE SECRET x (TYPE s3, SECRET concat('{HIDDEN}'))", errors.InvalidParameterValue),
        (f"CREATE SECRET x (TYPE s3, SECRET (SELECT '{HIDDEN}'))", errors.InvalidParameterValue),
        (f"CREATE TEMPORARY SECRET x (TYPE s3, SECRET '{HIDDEN}')", errors.FeatureNotSupported),
        (f"CREATE SECRET x IN local_file (TYPE s3, SECRET '{HIDDEN}')", errors.FeatureNotSupported),
        (f"CREATE SECRET (TYPE s3, SECRET '{HIDDEN}')", errors.SyntaxError),
        (f"CREATE SECRET store (TYPE s3, USE_SSL '{HIDDEN}')", errors.DuplicateObject),
        (f"CREATE OR REPLACE SECRET store (TYPE s3, USE_SSL '{HIDDEN}')", errors.BindingError),
    ],
)
def test_what_is_refused_changes_nothing_and_tells_nothing(
    db: avila.Database, statement: str, condition: type[errors.Error]
) -> None:
    db.execute("CREATE SECRET store (TYPE s3, KEY_ID 'someone')")
    with pytest.raises(condition) as caught:
        db.execute(statement)
    assert HIDDEN not in str(caught.value)
    assert HIDDEN not in str(caught.value.statement)
    assert db.execute("FROM avila.secrets").fetchall() == [("store", "s3")]
    assert [(name, "key_id=someone" in text) for name, text in kernels(db)] == [("store", True)]


def test_secrets_are_a_superusers(db: avila.Database) -> None:
    db.execute(CREATE)
    db.execute("CREATE ROLE analyst LOGIN")
    with db.session(role="analyst") as analyst:
        assert analyst.execute("FROM avila.secrets").fetchall() == []
        for statement in (
            CREATE,
            "DROP SECRET store",
            "FROM duckdb_secrets()",
            "SELECT * FROM which_secret('s3://bucket/a', 's3')",
        ):
            with pytest.raises(errors.Error):
                analyst.execute(statement)
    assert [name for name, _ in kernels(db)] == ["store"]


def test_secrets_know_no_transactions(db: avila.Database) -> None:
    db.execute("BEGIN")
    with pytest.raises(errors.ActiveSqlTransaction):
        db.execute(CREATE)
    db.execute("ROLLBACK")
    assert kernels(db) == []


def test_a_secret_that_was_tampered_with_keeps_nobody_from_opening(tmp_path: Path) -> None:
    target = tmp_path / "db"
    with avila.connect(target) as db:
        db.execute(CREATE)
        db.execute("CREATE SECRET other (TYPE s3, KEY_ID 'b')")
        db.line().instance.engine.execute(  # type: ignore[attr-defined]
            "UPDATE native.avila.changes SET body = replace(body::VARCHAR, '\"store\"', '\"swapped\"')::JSON "
            "WHERE kind = 'CreateSecret'"
        )
    with avila.connect(target) as db:
        assert [name for name, _ in kernels(db)] == ["other"]
