"""The keys of the persons that values are about: made with the first value about one, dropped to erase the person.

Each is random and lies wrapped under the column's named key in ``native.avila.subjects``, beside a keyed digest of what
the subject's column says: the table names nobody. A value holds the random number of its person's key, so that a person
who comes back after being erased is another one to whatever was left.
"""

from __future__ import annotations

import hmac
import secrets
import threading
from collections import OrderedDict
from typing import TYPE_CHECKING, Any, NamedTuple

from avila import errors
from avila.security.columns.ciphertext import PERSON_BYTES, derive
from avila.security.columns.named import SCHEMA, unwrap, wrap

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from avila.security.columns.named import NamedKeys, Store

TABLE = f"{SCHEMA}.subjects"
DEFINITIONS = (
    f"CREATE SCHEMA IF NOT EXISTS {SCHEMA}",
    f"CREATE TABLE IF NOT EXISTS {TABLE} "
    "(person BLOB NOT NULL, digest BLOB NOT NULL, key VARCHAR NOT NULL, wrapped BLOB NOT NULL)",
)
"""Without an index: it would keep the kernel from giving the space of dropped rows back."""

HELD_MAX = 65_536
"""How many persons' keys are held unwrapped."""


class Person(NamedTuple):
    """A person to one named key: a random number, and the key."""

    number: bytes
    key: bytes


class SubjectKeys:
    """The persons' keys of one open database. It alone writes their table, one call at a time."""

    def __init__(self, root: bytes, named: NamedKeys, store: Store) -> None:
        self._store = store
        self._named = named
        self._digesting = derive(root, "subjects")
        self._by_digest: OrderedDict[tuple[str, bytes], Person] = OrderedDict()
        self._by_number: OrderedDict[bytes, bytes] = OrderedDict()
        self._lock = threading.Lock()

    def digest(self, subject: str) -> bytes:
        """Return what stands for a person in the table."""
        return hmac.digest(self._digesting, subject.encode(), "sha256")

    def of(self, key_id: str, subjects: Iterable[str]) -> dict[str, Person]:
        """Return persons by how they are named, to encrypt values about them; who is new gets a key."""
        digests = {subject: self.digest(subject) for subject in subjects}
        with self._lock:
            known = {digest: self._by_digest.get((key_id, digest)) for digest in digests.values()}
            unknown = [digest for digest, person in known.items() if person is None]
            if unknown:
                known.update(self._read(key_id, unknown))
                known.update(self._make(key_id, [digest for digest in unknown if known[digest] is None]))
        return {subject: person for subject, digest in digests.items() if (person := known[digest])}

    def keys(self, key_id: str, numbers: Sequence[bytes]) -> dict[bytes, bytes]:
        """Return the keys of persons by their numbers, to decrypt; who was erased is not among them."""
        with self._lock:
            known = {number: self._by_number[number] for number in numbers if number in self._by_number}
            unknown = [number for number in numbers if number not in known]
            wrapping = self._named.get(key_id) if unknown else None
            if wrapping is None:
                return known
            for number, wrapped in self._rows("person, wrapped", "person", unknown):
                known[number] = self._by_number[number] = unwrap(wrapping, wrapped, number)
            _limit(self._by_number)
            return known

    def count(self, subject: str) -> int:
        """Return how many keys a person has: one a named key under which there are values."""
        return len(self._rows("person", "digest", [self.digest(subject)]))

    def erase(self, subject: str) -> int:
        """Drop every key of a person, and return how many there were. The caller passes the gate, and checkpoints.

        The table is made anew without them: the kernel would leave a deleted row where it was.
        """
        digest = self.digest(subject)
        with self._lock:
            erased = self._rows("person", "digest", [digest])
            if erased:
                self._store.execute(
                    f"CREATE OR REPLACE TABLE {TABLE} AS SELECT * FROM {TABLE} WHERE digest <> ?", [digest]
                )
            self._unlearn()
            return len(erased)

    def forget(self) -> None:
        """Unlearn every key, as the named key of some was dropped."""
        with self._lock:
            self._unlearn()

    def _unlearn(self) -> None:
        self._by_digest.clear()
        self._by_number.clear()

    def _read(self, key_id: str, digests: Sequence[bytes]) -> dict[bytes, Person]:
        """Return the persons of digests that have keys under a named key."""
        wrapping = self._named.require(key_id)
        found = {
            digest: Person(number, unwrap(wrapping, wrapped, number))
            for digest, key, number, wrapped in self._rows("digest, key, person, wrapped", "digest", digests)
            if key == key_id
        }
        return self._hold(key_id, found)

    def _make(self, key_id: str, digests: Sequence[bytes]) -> dict[bytes, Person]:
        """Make keys and keep them, in a transaction of its own: whoever else names the person finds the same."""
        if not digests:
            return {}
        wrapping = self._named.require(key_id)
        made = {
            digest: Person(secrets.token_bytes(PERSON_BYTES), secrets.token_bytes(32)) for digest in digests
        }
        self._store.execute(
            f"INSERT INTO {TABLE} SELECT unnest(?), unnest(?), ?, unnest(?)",
            [
                [person.number for person in made.values()],
                list(made),
                key_id,
                [wrap(wrapping, person.key, person.number) for person in made.values()],
            ],
        )
        return self._hold(key_id, made)

    def _hold(self, key_id: str, persons: dict[bytes, Person]) -> dict[bytes, Person]:
        self._by_digest.update({(key_id, digest): person for digest, person in persons.items()})
        _limit(self._by_digest)
        return persons

    def _rows(self, columns: str, by: str, wanted: Sequence[bytes]) -> list[tuple[Any, ...]]:
        try:
            return self._store.execute(
                f"SELECT {columns} FROM {TABLE} WHERE {by} IN (SELECT unnest(?))", [list(wanted)]
            )
        except errors.UndefinedTable:
            return []  # it is made with the first column that has a subject


def _limit(held: OrderedDict[Any, Any]) -> None:
    while len(held) > HELD_MAX:
        held.popitem(last=False)
