"""What encrypts and decrypts the columns of an open database, found by what a column or a value says of its key."""

from __future__ import annotations

import threading
from dataclasses import dataclass
from typing import TYPE_CHECKING

from cryptography.exceptions import InvalidTag

from avila import errors
from avila.security.columns.ciphertext import (
    DETERMINISTIC,
    HEADER_BYTES,
    PERSONAL,
    RANDOMIZED,
    Cipher,
    DeterministicCipher,
    RandomizedCipher,
    derive,
    header_of,
    nonces,
)
from avila.security.columns.named import NamedKeys
from avila.security.columns.subjects import SubjectKeys

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from avila.security.columns.named import Store

Values = list[bytes | None]


@dataclass(frozen=True)
class Reference:
    """What a column's values are encrypted under, as SQL says it: the identity of the key and the column's label."""

    key_id: str
    label: str

    @classmethod
    def parse(cls, text: str) -> Reference:
        """Read what ``str`` wrote."""
        key_id, _, label = text.partition(":")
        return cls(key_id, label)

    def __str__(self) -> str:
        return f"{self.key_id}:{self.label}"

    def header(self, kind: bytes) -> bytes:
        """Return what a value of one kind under the key begins with."""
        return kind + bytes.fromhex(self.key_id)


class ColumnKeys:
    """The keys of one open database."""

    def __init__(self, root: bytes, store: Store) -> None:
        self.named = NamedKeys(root, store)
        self.subjects = SubjectKeys(root, self.named, store)
        self._ciphers: dict[tuple[bytes, str], Cipher] = {}
        self._lock = threading.Lock()

    def seal(self, values: Iterable[bytes | None], reference: Reference) -> Values:
        """Encrypt deterministically; InvalidKey when the key was dropped."""
        cipher = self._for_writing(reference, DETERMINISTIC)
        assert isinstance(cipher, DeterministicCipher)  # noqa: S101 (so its kind says)
        conceal = cipher.conceal
        return [None if value is None else conceal(value) for value in values]

    def conceal(
        self, values: Sequence[bytes | None], subjects: Sequence[str | None], reference: Reference
    ) -> Values:
        """Encrypt with chance, each value under the key of the person it is about; InvalidKey as :meth:`seal`.

        A value about nobody is under the column's key.
        """
        named = {subject for subject, value in zip(subjects, values, strict=True) if value is not None}
        ciphers: dict[str | None, RandomizedCipher] = self._of_persons(named - {None}, reference)
        if None in named:
            cipher = self._for_writing(reference, RANDOMIZED)
            assert isinstance(cipher, RandomizedCipher)  # noqa: S101 (so its kind says)
            ciphers[None] = cipher
        return [
            None if value is None else ciphers[subject].conceal(value, nonce)
            for value, subject, nonce in zip(values, subjects, nonces(len(values)), strict=True)
        ]

    def reveal(self, blobs: Sequence[bytes | None], reference: Reference) -> Values:
        """Decrypt; what is under a key that is gone becomes None. CorruptedDatabase for what was changed."""
        headers = [None if blob is None else header_of(blob) for blob in blobs]
        ciphers = self._for_reading({header for header in headers if header is not None}, reference.label)
        try:
            return [
                None
                if blob is None or header is None or (cipher := ciphers[header]) is None
                else cipher.reveal(blob)
                for blob, header in zip(blobs, headers, strict=True)
            ]
        except (InvalidTag, ValueError) as error:
            raise errors.CorruptedDatabase(
                "an encrypted value was changed, or is another column's",
                hint="Restore the table from a backup; avila doctor looks for further damage.",
            ) from error

    def forget(self, key_id: str) -> None:
        """Unlearn a named key that was dropped, and the persons' keys under it."""
        self.named.forget(key_id)
        self.subjects.forget()
        with self._lock:
            self._ciphers.clear()

    def _for_writing(self, reference: Reference, kind: bytes) -> Cipher:
        self.named.require(reference.key_id)
        cipher = self._cipher(reference.header(kind), reference.label)
        assert cipher is not None  # noqa: S101 (its key was just there)
        return cipher

    def _for_reading(self, headers: set[bytes], label: str) -> dict[bytes, Cipher | None]:
        personal = {header for header in headers if header[:1] == PERSONAL}
        found = {header: self._cipher(header, label) for header in headers - personal}
        for key in {header[1:HEADER_BYTES] for header in personal}:
            of_key = [header for header in personal if header[1:HEADER_BYTES] == key]
            keys = self.subjects.keys(key.hex(), [header[HEADER_BYTES:] for header in of_key])
            for header in of_key:
                person = keys.get(header[HEADER_BYTES:])
                found[header] = None if person is None else RandomizedCipher(person, header, label)
        return found

    def _of_persons(
        self, subjects: set[str | None], reference: Reference
    ) -> dict[str | None, RandomizedCipher]:
        if not subjects:
            return {}
        header = reference.header(PERSONAL)
        persons = self.subjects.of(reference.key_id, [subject for subject in subjects if subject is not None])
        return {
            subject: RandomizedCipher(person.key, header + person.number, reference.label)
            for subject, person in persons.items()
        }

    def _cipher(self, header: bytes, label: str) -> Cipher | None:
        """Return what encrypts and decrypts under a named key; None when that is gone."""
        known = self._ciphers.get((header, label))
        if known is not None:
            return known
        kind, key_id = header[:1], header[1:]
        if kind not in {DETERMINISTIC, RANDOMIZED}:
            raise errors.CorruptedDatabase("an encrypted value has a form that this version does not know")
        key = self.named.get(key_id.hex())
        if key is None:
            return None
        made: Cipher = (
            DeterministicCipher(key, key_id)
            if kind == DETERMINISTIC
            else RandomizedCipher(derive(key, f"gcm {label}"), header, label)
        )
        with self._lock:
            return self._ciphers.setdefault((header, label), made)
