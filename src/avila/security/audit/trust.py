"""Which key a log is checked with: the one that was expected, or the one that its files agree on."""

from __future__ import annotations

from typing import TYPE_CHECKING

from avila.security.audit import frames
from avila.security.audit.head import SignedHead
from avila.security.audit.report import Damage

if TYPE_CHECKING:
    from collections.abc import Iterator

    from avila.security.audit.folder import Folder
    from avila.security.audit.report import Findings
    from avila.security.audit.signing import PublicKey


class Trust:
    """The key and the head file of a log, compared with each other and with what was expected."""

    def __init__(self, folder: Folder, fingerprint: str | None, findings: Findings) -> None:
        self._folder = folder
        self._fingerprint = fingerprint
        self._findings = findings
        self.head = self._read_head()  # None when there is none that the key signed
        self.key = self._choose()  # None when there is none at all
        if self.key is not None:
            self._compare(self.key)

    def _read_head(self) -> SignedHead | None:
        try:
            return self._folder.read_head()
        except FileNotFoundError:
            self._damage("the head file is missing", self._folder.head.name)
        except ValueError as error:
            self._damage(f"the head file was changed: {error}", self._folder.head.name)
        return None

    def _choose(self) -> PublicKey | None:
        """Return the key that was expected, or that signed a segment, or else the first there is."""
        candidates = [] if self.head is None else [self.head.key]
        name = self._folder.key.name
        try:
            candidates.insert(0, self._folder.read_key())
        except FileNotFoundError:
            self._damage("the file of the public key is missing", name)
        except ValueError:
            self._damage("the file of the public key was changed", name)
        for key in candidates:
            if key.fingerprint == self._fingerprint:
                return key
        if len({key.text for key in candidates}) > 1:
            signing = next((signed.key.classical.text for signed in self._signed_in_segments()), None)
            ours = [key for key in candidates if key.classical.text == signing]
            return next((key for key in ours if self._signed_head_file(key)), (ours or candidates)[0])
        return candidates[0] if candidates else None

    def _compare(self, key: PublicKey) -> None:
        name, wanted = self._folder.key.name, self._fingerprint
        try:
            if self._folder.read_key().text != key.text:
                self._damage("the file of the public key is not that of the key that signed the log", name)
        except (FileNotFoundError, ValueError):
            pass  # that is told already
        if wanted is not None and key.fingerprint != wanted:
            self._damage(f"the log is signed with key {key.fingerprint}, and not with {wanted}", name)
        if self.head is not None and not self._signed_head_file(key):
            self._damage("the head file was changed: the key did not sign it", self._folder.head.name)
            self.head = None
        if not key.checkable:
            self._findings.note(
                "The ML-DSA signatures were not checked: the installed cryptography lacks it. The Ed25519 ones were."
            )

    def _signed_head_file(self, key: PublicKey) -> bool:
        if self.head is None:
            return False
        try:
            self.head.check(key)
        except ValueError:
            return False
        return True

    def _signed_in_segments(self) -> Iterator[SignedHead]:
        for path in self._folder.segments():
            data = path.read_bytes()
            for piece in frames.pieces(data):
                if isinstance(piece, frames.Frame) and piece.type in {frames.HEAD, frames.SEAL}:
                    try:
                        signed = SignedHead.parse(piece.body(data))
                        signed.check(signed.key.classical)
                    except ValueError:
                        continue  # it says nothing about the key; what is wrong with it comes later
                    yield signed

    def _damage(self, what: str, file: str) -> None:
        self._findings.damage(Damage(what, file))
