"""Keys: where they come from, and one clear error for each way they can be wrong."""

from __future__ import annotations

import base64
import json
import os
import stat
from typing import TYPE_CHECKING

import pytest

import avila
from avila import errors
from avila.storage import keys

if TYPE_CHECKING:
    from pathlib import Path
from typing import ClassVar


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("AVILA_CONFIG_DIR", str(tmp_path / "configuration"))
    return tmp_path / "configuration" / "keys"


def make(target: Path, **settings: object) -> str:
    """Make a database with one row, and return its identity."""
    with avila.connect(target, **settings) as db:
        db.sql("CREATE TABLE t AS SELECT 'a secret text' AS s")
        db.sql("CREATE TABLE lake.t AS SELECT 'a secret text of the lake' AS s")
    return str(json.loads((target / "avila.keys").read_text())["database"])


def test_the_default_is_a_key_file_for_its_user_alone(tmp_path: Path, folder: Path) -> None:
    identity = make(tmp_path / "db")
    key = folder / f"{identity}.key"
    assert stat.S_IMODE(key.stat().st_mode) == 0o600
    assert stat.S_IMODE((tmp_path / "db" / "avila.keys").stat().st_mode) == 0o600
    with avila.connect(tmp_path / "db") as db:
        assert db.sql("FROM t").fetchall() == [("a secret text",)]


def test_nothing_readable_lies_in_the_directory(tmp_path: Path, folder: Path) -> None:
    identity = make(tmp_path / "db")
    wrapping = (folder / f"{identity}.key").read_text().strip()
    for path in (tmp_path / "db").rglob("*"):
        if path.is_file():
            content = path.read_bytes()
            assert b"a secret text" not in content, path
            assert wrapping.encode() not in content, path


def test_a_missing_key_is_named(tmp_path: Path, folder: Path) -> None:
    identity = make(tmp_path / "db")
    (folder / f"{identity}.key").unlink()
    with pytest.raises(errors.InvalidKey, match=f"{identity} is missing from its provider 'file'"):
        avila.connect(tmp_path / "db")


def test_another_key_does_not_open(tmp_path: Path, folder: Path) -> None:
    identity = make(tmp_path / "db")
    (folder / f"{identity}.key").write_text(base64.b64encode(os.urandom(32)).decode())
    with pytest.raises(errors.InvalidKey, match="does not open the database"):
        avila.connect(tmp_path / "db")


def test_a_key_that_others_can_read_is_refused(tmp_path: Path, folder: Path) -> None:
    identity = make(tmp_path / "db")
    (folder / f"{identity}.key").chmod(0o640)
    with pytest.raises(errors.InvalidKey, match="can be read by others") as caught:
        avila.connect(tmp_path / "db")
    assert "chmod 600" in str(caught.value)


@pytest.mark.parametrize("text", ["", "zz", "AAAA", "0" * 63, "é" * 44])
def test_a_malformed_key_is_refused(tmp_path: Path, folder: Path, text: str) -> None:
    identity = make(tmp_path / "db")
    (folder / f"{identity}.key").write_text(text, encoding="utf-8")
    with pytest.raises(errors.InvalidKey, match="does not hold a key of 32 bytes"):
        avila.connect(tmp_path / "db")


@pytest.mark.parametrize("encode", [bytes.hex, lambda key: base64.b64encode(key).decode()])
def test_the_environment_gives_the_key(
    tmp_path: Path, folder: Path, monkeypatch: pytest.MonkeyPatch, encode
) -> None:
    monkeypatch.setenv("AVILA_KEY", encode(os.urandom(32)))
    make(tmp_path / "db", key_provider="environment")
    assert not folder.exists()
    avila.connect(tmp_path / "db").close()
    monkeypatch.delenv("AVILA_KEY")
    with pytest.raises(errors.InvalidKey, match="AVILA_KEY"):
        avila.connect(tmp_path / "db")


def test_the_environment_opens_what_another_provider_locked(
    tmp_path: Path, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    identity = make(tmp_path / "db")
    key = folder / f"{identity}.key"
    monkeypatch.setenv("AVILA_KEY", key.read_text().strip())
    key.unlink()
    avila.connect(tmp_path / "db").close()


def test_an_environment_without_a_key_makes_no_database(tmp_path: Path, folder: Path) -> None:
    with pytest.raises(errors.InvalidKey, match="AVILA_KEY is not set"):
        avila.connect(tmp_path / "db", key_provider="environment")
    assert not (tmp_path / "db" / "avila.db").exists()


def test_the_keyring_keeps_the_key(tmp_path: Path, folder: Path) -> None:
    keyring = pytest.importorskip("keyring", reason="the extra avila[keyring] is not installed")

    class Memory(keyring.backend.KeyringBackend):
        """A keyring in memory: a real one needs a desktop session, which a test machine does not have."""

        priority = 1
        kept: ClassVar[dict[tuple[str, str], str]] = {}

        def get_password(self, service: str, username: str) -> str | None:
            return self.kept.get((service, username))

        def set_password(self, service: str, username: str, password: str) -> None:
            self.kept[service, username] = password

        def delete_password(self, service: str, username: str) -> None:
            del self.kept[service, username]

    before = keyring.get_keyring()
    keyring.set_keyring(Memory())
    try:
        identity = make(tmp_path / "db", key_provider="keyring")
        assert Memory.kept.keys() == {("avila", identity)}
        avila.connect(tmp_path / "db").close()
        Memory.kept.clear()
        with pytest.raises(errors.InvalidKey, match="missing from its provider 'keyring'"):
            avila.connect(tmp_path / "db")
    finally:
        keyring.set_keyring(before)


def test_a_damaged_key_document_is_said_to_be_damaged(tmp_path: Path, folder: Path) -> None:
    make(tmp_path / "db")
    document = tmp_path / "db" / "avila.keys"
    document.write_text(document.read_text()[:40])
    with pytest.raises(errors.CorruptedDatabase, match=r"avila\.keys is damaged"):
        avila.connect(tmp_path / "db")


def test_keys_of_one_store_do_not_pass_for_anothers(tmp_path: Path, folder: Path) -> None:
    make(tmp_path / "db")
    path = tmp_path / "db" / "avila.keys"
    document = json.loads(path.read_text())
    kept = document["keys"]
    kept["native"], kept["lake"] = kept["lake"], kept["native"]
    path.write_text(json.dumps(document))
    with pytest.raises(errors.InvalidKey):
        avila.connect(tmp_path / "db")


def test_keys_do_not_show_themselves() -> None:
    kept = keys.Keys("d", {"native": b"k" * 32})
    assert "kkk" not in repr(kept)
    assert base64.b64encode(b"k" * 32).decode() not in repr(kept)
