"""Providers that keep their key to themselves, and the rotation of wrapping keys at every provider."""

from __future__ import annotations

import datetime
import ipaddress
import json
import os
import ssl
from contextlib import contextmanager
from typing import TYPE_CHECKING

import pytest
from softhsm_token import NoSoftHSM, library, make_token
from transit_server import TOKEN, Transit, serving

import avila
from avila import errors
from avila.storage.keys import KeyFile, Keys, provider

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


@pytest.fixture(scope="session")
def softhsm() -> str:
    """Return SoftHSM's library; where it cannot be had tests are skipped, and in CI they fail."""
    pytest.importorskip("pkcs11", reason="the extra avila[pkcs11] is not installed")
    try:
        return library()
    except NoSoftHSM as reason:
        if os.environ.get("CI") == "true":
            raise
        pytest.skip(str(reason))


@pytest.fixture(scope="session")
def hsm_environment(softhsm: str, tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """Return one token for all tests: SoftHSM reads where its tokens are once a process."""
    return make_token(tmp_path_factory.mktemp("softhsm"))


@pytest.fixture
def hsm(hsm_environment: dict[str, str], monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in hsm_environment.items():
        monkeypatch.setenv(name, value)


@pytest.fixture
def vault(monkeypatch: pytest.MonkeyPatch) -> Iterator[Transit]:
    with serving() as server:
        monkeypatch.setenv("VAULT_ADDR", f"http://127.0.0.1:{server.server_port}")
        monkeypatch.setenv("VAULT_TOKEN", TOKEN)
        yield server


@pytest.fixture(params=["file", "environment", "pkcs11", "vault"])
def name(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> str:
    """Return the name of a provider that is ready."""
    if request.param == "environment":
        monkeypatch.setenv("AVILA_KEY", os.urandom(32).hex())
    elif request.param != "file":
        request.getfixturevalue({"pkcs11": "hsm", "vault": "vault"}[request.param])
    return str(request.param)


def test_what_was_wrapped_is_unwrapped_with_its_label_only(name: str) -> None:
    keeper, key = provider(name), os.urandom(32)
    reference = keeper.make("5c5f", 1)
    blob = keeper.wrap(reference, key, b"d/native/1")
    assert keeper.unwrap(reference, blob, b"d/native/1") == key
    assert key not in blob
    assert blob != keeper.wrap(reference, key, b"d/native/1"), "the same nonce twice"
    with pytest.raises(errors.InvalidKey):
        keeper.unwrap(reference, blob, b"d/lake/1")
    with pytest.raises(errors.InvalidKey):
        keeper.unwrap(reference, blob[:-5] + b"AAAA=", b"d/native/1")
    keeper.destroy(reference)
    keeper.destroy("unknown")


def test_a_database_lives_with_every_provider(tmp_path: Path, name: str) -> None:
    with avila.connect(tmp_path / "db", key_provider=name) as db:
        db.sql("CREATE TABLE t AS SELECT 42 AS n")
    with avila.connect(tmp_path / "db") as db:
        assert db.sql("FROM t").fetchall() == [(42,)]


def test_rotating_the_wrapping_key_leaves_the_data_keys(
    tmp_path: Path, name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "avila.keys"
    made = KeyFile.create(path, name)
    before = path.read_text()
    following = os.urandom(32).hex()
    if name == "environment":
        monkeypatch.setenv("AVILA_KEY_NEXT", following)
    made.rewrap(destroy=True)
    again = KeyFile.open(path)
    assert again.keys == made.keys
    assert again.document.wrapping.number == 2
    if name == "environment":
        monkeypatch.delenv("AVILA_KEY_NEXT")
        with pytest.raises(errors.InvalidKey):
            KeyFile.open(path)
        monkeypatch.setenv("AVILA_KEY", following)
        assert KeyFile.open(path).keys == made.keys
    path.write_text(before)
    with pytest.raises(errors.InvalidKey):
        KeyFile.open(path)


def test_the_old_wrapping_key_opens_old_copies_until_it_is_destroyed(tmp_path: Path) -> None:
    path, copy = tmp_path / "avila.keys", tmp_path / "copy"
    made = KeyFile.create(path, "file")
    copy.write_text(path.read_text())
    made.rewrap()
    assert KeyFile.open(copy).keys == made.keys
    made.rewrap(destroy=True)
    assert KeyFile.open(copy).keys == made.keys, "only the key before was to be destroyed"


def test_keys_move_to_another_provider(tmp_path: Path, vault: Transit) -> None:
    path = tmp_path / "avila.keys"
    made = KeyFile.create(path, "file")
    made.rewrap("vault")
    assert json.loads(path.read_text())["wrapping"]["provider"] == "vault"
    assert KeyFile.open(path).keys == made.keys
    with pytest.raises(errors.ConfigurationError, match="no key provider 'safe'"):
        made.rewrap("safe")


def test_an_environment_without_a_new_key_is_not_rotated(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("AVILA_KEY", os.urandom(32).hex())
    made = KeyFile.create(tmp_path / "avila.keys", "environment")
    with pytest.raises(errors.InvalidKey, match="holds no new key"):
        made.rewrap()


def test_a_key_that_stands_in_for_the_providers_is_not_rotated(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = KeyFile.create(tmp_path / "avila.keys", "file")
    monkeypatch.setenv("AVILA_KEY", os.urandom(32).hex())
    with pytest.raises(errors.InvalidKey, match="comes before the provider 'file'"):
        made.rewrap()


def test_a_renewed_key_lasts_and_the_old_one_cannot_come_back(tmp_path: Path) -> None:
    path = tmp_path / "avila.keys"
    made = KeyFile.create(path, "file")
    old = json.loads(path.read_text())["keys"]["native"]["wrapped"]
    new, before = made.next("native"), made.held("native")
    made.renew(new)
    assert KeyFile.open(path).secret("native") == new.key == made.secret("native")
    assert repr(new.key) not in repr(new)
    document = json.loads(path.read_text())
    assert document["keys"]["native"]["version"] == 2
    document["keys"]["native"]["wrapped"] = old
    path.write_text(json.dumps(document))
    with pytest.raises(errors.InvalidKey):
        KeyFile.open(path)
    made.renew(before)
    assert KeyFile.open(path).secret("native") == before.key


def test_a_key_that_was_wrapped_before_the_wrapping_key_changed_is_wrapped_again(tmp_path: Path) -> None:
    path = tmp_path / "avila.keys"
    made = KeyFile.create(path, "file")
    new = made.next("lake")
    made.rewrap(destroy=True)
    made.renew(new)
    assert KeyFile.open(path).secret("lake") == new.key


def test_the_house_has_its_secrets(tmp_path: Path) -> None:
    made = KeyFile.create(tmp_path / "avila.keys", "file")
    secrets = {made.secret(name) for name in ("audit", "columns", "masks", "secrets", "native", "lake")}
    assert len(secrets) == 6
    assert {len(secret) for secret in secrets} == {32}
    with pytest.raises(errors.CorruptedDatabase, match="no key 'other'"):
        made.secret("other")
    assert "b'" not in repr(Keys.random("d"))


def test_a_key_file_of_another_format_is_said_to_be_one(tmp_path: Path) -> None:
    path = tmp_path / "avila.keys"
    KeyFile.create(path, "file")
    path.write_text(json.dumps({**json.loads(path.read_text()), "format": 99}))
    with pytest.raises(errors.CorruptedDatabase, match="does not know"):
        KeyFile.open(path)


def test_a_reference_does_not_lead_out_of_the_folder(tmp_path: Path) -> None:
    with pytest.raises(errors.CorruptedDatabase, match="which is no name"):
        provider("file").unwrap("../../secret", b"", b"")


def test_a_token_refuses_a_wrong_pin_and_an_unknown_key(hsm: None, monkeypatch: pytest.MonkeyPatch) -> None:
    keeper = provider("pkcs11")
    with pytest.raises(errors.InvalidKey, match="missing from its provider 'pkcs11'"):
        keeper.wrap("nobody", b"k" * 32, b"")
    monkeypatch.setenv("AVILA_PKCS11_PIN", "0000")
    with pytest.raises(errors.InvalidKey, match="refuses"):
        keeper.make("d", 1)
    monkeypatch.delenv("AVILA_PKCS11_PIN")
    with pytest.raises(errors.InvalidKey, match="AVILA_PKCS11_PIN is not set"):
        keeper.make("d", 1)


def test_a_pin_may_lie_in_a_file(hsm: None, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "pin").write_text(os.environ["AVILA_PKCS11_PIN"] + "\n")
    monkeypatch.delenv("AVILA_PKCS11_PIN")
    monkeypatch.setenv("AVILA_PKCS11_PIN_FILE", str(tmp_path / "pin"))
    assert provider("pkcs11").make("pin", 1) == "pin"
    monkeypatch.setenv("AVILA_PKCS11_PIN_FILE", str(tmp_path / "nothing"))
    with pytest.raises(errors.InvalidKey, match="cannot be read"):
        provider("pkcs11").make("pin", 1)


def test_a_library_that_is_none_is_named(hsm: None, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AVILA_PKCS11_MODULE", "/nowhere/lib.so")
    with pytest.raises(errors.ConfigurationError, match="AVILA_PKCS11_MODULE cannot be loaded"):
        provider("pkcs11").make("d", 1)


def test_the_key_of_a_token_cannot_be_had(hsm: None) -> None:
    import pkcs11

    provider("pkcs11").make("sealed", 1)
    token = pkcs11.lib(os.environ["AVILA_PKCS11_MODULE"]).get_token(token_label="avila tests")
    with token.open(user_pin=os.environ["AVILA_PKCS11_PIN"]) as session:
        key = session.get_key(label="avila-sealed")
        with pytest.raises(pkcs11.PKCS11Error):
            _ = key[pkcs11.Attribute.VALUE]


def test_the_key_service_sees_data_keys_only_when_it_must(tmp_path: Path, vault: Transit) -> None:
    made = KeyFile.create(tmp_path / "avila.keys", "vault")
    vault.requests.clear()
    KeyFile.open(tmp_path / "avila.keys")
    reference = f"avila-{made.document.database}"
    assert vault.requests == [f"POST /v1/transit/decrypt/{reference}"] * 6
    assert vault.keys.keys() == {reference}


def test_the_key_service_says_why_it_refuses(vault: Transit, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("VAULT_TOKEN", "s.wrong")
    with pytest.raises(errors.InvalidKey, match="403 permission denied"):
        provider("vault").make("d", 1)


def test_a_key_service_that_is_away_may_be_asked_again(monkeypatch: pytest.MonkeyPatch) -> None:
    with serving() as gone:
        address = f"http://127.0.0.1:{gone.server_port}"
    monkeypatch.setenv("VAULT_ADDR", address)
    monkeypatch.setenv("VAULT_TOKEN", TOKEN)
    with pytest.raises(errors.ConnectionFailure, match="cannot be asked") as caught:
        provider("vault").make("d", 1)
    assert caught.value.retryable


@pytest.mark.parametrize(
    ("address", "message"),
    [("", "no address"), ("vault:8200", "no address"), ("http://vault.example:8200", "unencrypted")],
)
def test_an_unsafe_address_is_refused(address: str, message: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("VAULT_ADDR", address)
    with pytest.raises(errors.ConfigurationError, match=message):
        provider("vault").make("d", 1)


def test_a_token_may_lie_in_the_home_folder(
    vault: Transit, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("VAULT_TOKEN")
    monkeypatch.setenv("HOME", str(tmp_path))
    with pytest.raises(errors.InvalidKey, match="no token for the key service"):
        provider("vault").make("d", 1)
    (tmp_path / ".vault-token").write_text(TOKEN + "\n")
    assert provider("vault").make("d", 1) == "avila-d"


def test_the_key_service_is_known_by_its_certificate(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("VAULT_TOKEN", TOKEN)
    with _tls(tmp_path) as (address, certificate):
        monkeypatch.setenv("VAULT_ADDR", address)
        with pytest.raises(errors.ConnectionFailure, match="certificate"):
            provider("vault").make("d", 1)
        monkeypatch.setenv("VAULT_CACERT", str(certificate))
        reference = provider("vault").make("d", 1)
        blob = provider("vault").wrap(reference, b"k" * 32, b"d/native/1")
        assert provider("vault").unwrap(reference, blob, b"d/native/1") == b"k" * 32


@contextmanager
def _tls(folder: Path) -> Iterator[tuple[str, Path]]:
    """Run a server with a certificate that nobody signed, and yield its address and where the certificate is."""
    from cryptography import x509
    from cryptography.hazmat.primitives import hashes, serialization
    from cryptography.hazmat.primitives.asymmetric import ec

    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "127.0.0.1")])
    now = datetime.datetime.now(datetime.UTC)
    address = x509.SubjectAlternativeName([x509.IPAddress(ipaddress.ip_address("127.0.0.1"))])
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(now - datetime.timedelta(days=1))
        .not_valid_after(now + datetime.timedelta(days=1))
        .add_extension(address, critical=False)
        .sign(key, hashes.SHA256())
    )
    pem = folder / "certificate.pem"
    pem.write_bytes(certificate.public_bytes(serialization.Encoding.PEM))
    secret = folder / "key.pem"
    secret.write_bytes(
        key.private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption(),
        )
    )
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(pem, secret)
    with serving(context) as server:
        yield f"https://127.0.0.1:{server.server_port}", pem
