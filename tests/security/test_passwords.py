"""Passwords: PostgreSQL's own verifiers are ours, and what is kept gives nothing away."""

from __future__ import annotations

import base64
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from avila import errors
from avila.security.passwords import Password, Verifier, make, verify

# Made by PostgreSQL 15, in a database of UTF-8.
POSTGRESQL = {
    "pencil": "SCRAM-SHA-256$4096:zpsJf662OnOrHn2mYvBqcA==$ejfMZjthXNG9fvJmEhMf3ZiIQ+WKyMlLQ5L60LMLLks=:mksd6BgArU97lQWwhwfbKKy5oQAk6yNokBANmHSfGaQ=",
    "Ünïcode ﬁ pass": "SCRAM-SHA-256$4096:b4oboPBcG9WO8r0uc3Re+g==$DjUPXdHEGiUEq6aLoDPmXp2c+27VllLbsHUC8ytwP+M=:0QCxkRBZ8nL2ZKWqz/Mc6uqk7NrcBOQn7glXTTjWxuY=",
    "x\u00a0y\u00adz": "SCRAM-SHA-256$4096:bYFK7XU6PgbMxYqEXnz7fQ==$CsuMytHtfYpZFVIHx+CbPPTRKf9Q1IZApQqWn16of6s=:T9HkKYCptgcmSPceBcXyQSpJUJKKr2eZiQEhGuJXFXE=",
    "אב1": "SCRAM-SHA-256$4096:ivj3VNHpr16jT/jxWEDBSg==$gC0snJMioHF9Sd976/XT2sBUSJcphMdobrpHwSU989o=:IJVr/30Ja/fpHEUS5wrWvE+blnkgiHEN53NSJKjantE=",
    "a\u0007é": "SCRAM-SHA-256$4096:Au+bD5rII9skhus8OdJKqg==$4XEfY5hnnIDXJxpJ5tZJlc2gAiw78eWr8v6MIioa6Zg=:XAHpe48F9fHPy4vMZmxSeHoJAvqU7Nit5iKCB24quAI=",
}
EMPTY = "SCRAM-SHA-256$4096:hpFyHTUsSWcR7O9P$LgZFIt6Oqdo27ZFKbZ2nV+vtnYM995pDh9ca6WSi120=:qVV5NeluNfUPkwm7Vqat25RjSPLkGeoZBQs6wVv+um4="


@pytest.mark.parametrize("password", POSTGRESQL)
def test_the_verifier_is_postgresqls(password: str) -> None:
    theirs = Verifier.parse(POSTGRESQL[password])
    assert theirs is not None
    assert str(Verifier.of(password, theirs.salt, theirs.iterations)) == POSTGRESQL[password]
    assert not theirs.accepts(password + "x")


def test_the_keys_are_those_of_rfc_7677() -> None:
    verifier = Verifier.of("pencil", base64.b64decode("W22ZaJ0SNY7soEsUEjb6gQ=="))
    message = (
        "n=user,r=rOprNGfwEbeRWgbNEkqO,"
        "r=rOprNGfwEbeRWgbNEkqO%hvYDpWUa2RaTCAfuxFIlj)hNlF$k0,s=W22ZaJ0SNY7soEsUEjb6gQ==,i=4096,"
        "c=biws,r=rOprNGfwEbeRWgbNEkqO%hvYDpWUa2RaTCAfuxFIlj)hNlF$k0"
    )
    import hmac

    signature = hmac.digest(verifier.server_key, message.encode(), "sha256")
    assert base64.b64encode(signature).decode() == "6rriTRBi23WpRR/wtup+mMhUZUn/dB5nLTJRsjl95G4="


@settings(max_examples=10, deadline=None)
@given(st.text(st.characters(codec="utf-8"), min_size=1, max_size=40))
def test_what_was_made_accepts_its_password_and_no_other(password: str) -> None:
    kept = make(password)
    assert kept.argon2id is not None
    assert kept.argon2id.startswith("$argon2id$")
    for stored in (kept, replace(kept, argon2id=None)):
        assert verify(password, stored)
        assert not verify(password + "x", stored)
    assert password not in repr(kept) or len(password) < 3
    assert kept != make(password), "the salt is not random"


def test_a_verifier_is_kept_as_it_is() -> None:
    kept = make(POSTGRESQL["pencil"])
    assert kept == Password(POSTGRESQL["pencil"], None)
    assert verify("pencil", kept)
    assert not verify("Pencil", kept)
    assert not verify(POSTGRESQL["pencil"], kept), "who read the verifier can log in with it"


@pytest.mark.parametrize(
    "text",
    [
        "SCRAM-SHA-256$4096:c2FsdA==$c2hvcnQ=:c2hvcnQ=",
        "SCRAM-SHA-256$0:c2FsdA==$" + EMPTY.split("$")[2],
        "SCRAM-SHA-256$4096:c2FsdA==",
        EMPTY[:-1],
    ],
)
def test_what_only_looks_like_a_verifier_is_a_password(text: str) -> None:
    assert Verifier.parse(text) is None
    assert verify(text, make(text))


@pytest.mark.parametrize("password", ["", "x" * 1_025, EMPTY, "md5" + "0" * 32])
def test_what_is_no_password_is_refused(password: str) -> None:
    with pytest.raises(errors.InvalidParameterValue) as caught:
        make(password)
    assert not password or password not in str(caught.value)


def test_damage_is_no_wrong_password() -> None:
    for damaged in (Password("SCRAM-SHA-256$"), Password("", "$argon2id$v=19$m=1")):
        with pytest.raises(errors.CorruptedDatabase):
            verify("pencil", damaged)


def test_an_endless_password_is_not_even_hashed() -> None:
    assert not verify("x" * 10_000_000, make("x"))


def test_characters_that_are_none_match_only_themselves() -> None:
    kept = make("a\udc80é")
    assert verify("a\udc80é", kept)
    assert not verify("a\udc81é", kept)
