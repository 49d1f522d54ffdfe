"""The kernel's encrypted database file, as far as giving it another key needs.

The file is three pages of 4 KiB and then blocks of one size. The first page is the main header, which is not encrypted:
it says how the rest is, holds the salt of the key, and a canary that only the right key opens. Each of the two other
pages, and each block, is sealed by itself: 12 bytes of nonce, 16 of tag, 4 unused, and the rest encrypted with
AES-256-GCM. What is sealed is the same under any key, so another key means to open and seal every page again; what the
tables are made of is not looked at, and nothing of them can change.

This is written for the kernel version that Avila is pinned to. Its marks are checked; anything else is refused.
"""

from __future__ import annotations

import hashlib
import os
import struct
from dataclasses import dataclass
from typing import TYPE_CHECKING

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from avila import errors

if TYPE_CHECKING:
    from pathlib import Path

PAGE_BYTES = 4096
BLOCKS_AT = 3 * PAGE_BYTES
NONCE_BYTES, TAG_BYTES, SEALED_AT = 12, 16, 32

_MAGIC = (8, b"DUCK")
_ENCRYPTED_FLAG = (20, 1)
_SEALING = (116, bytes([1, 0, 1, 1, 32, 0, 0, 0]))  # SHA-256 of salt and key; version 1; AES-256-GCM
_SALT = slice(124, 140)
_CANARY, _CANARY_NONCE, _CANARY_TAG = slice(140, 148), slice(148, 160), slice(160, 176)
_CANARY_TEXT = b"DUCKKEY\0"
_CHECKSUM_SEED, _CHECKSUM_FACTOR, _WORD = 5381, 0xBF58476D1CE4E5B9, 2**64 - 1


class Unreadable(Exception):
    """A page or block that the key does not open: it is torn, was never written, or is another key's."""


@dataclass(frozen=True)
class Geometry:
    """How many blocks the file has that count, and their size."""

    block_count: int
    block_bytes: int

    def offset(self, block: int) -> int:
        """Return where a block begins."""
        return BLOCKS_AT + block * self.block_bytes

    @property
    def file_bytes(self) -> int:
        """How large the file is without what lies behind its last block."""
        return self.offset(self.block_count)


class Sealing:
    """How one file is sealed: its salt and one key."""

    def __init__(self, header: bytes, key: bytes) -> None:
        """Raise FeatureNotSupported for a file that is sealed in another way than this version knows."""
        if not _known(header):
            raise errors.FeatureNotSupported(
                "the file is encrypted in a way that this version of Avila does not know"
            )
        self._header = header
        self._cipher = AESGCM(hashlib.sha256(header[_SALT] + key).digest())

    @property
    def fits(self) -> bool:
        """Whether the key is the file's."""
        try:
            canary = self._cipher.decrypt(
                self._header[_CANARY_NONCE], self._header[_CANARY] + self._header[_CANARY_TAG], None
            )
        except InvalidTag:
            return False
        return canary == _CANARY_TEXT

    def open(self, page: bytes) -> bytes:
        """Return what a page or block holds; Unreadable when this key did not seal it."""
        try:
            return self._cipher.decrypt(
                page[:NONCE_BYTES], page[SEALED_AT:] + page[NONCE_BYTES : NONCE_BYTES + TAG_BYTES], None
            )
        except (InvalidTag, ValueError) as error:
            raise Unreadable from error

    def seal(self, content: bytes) -> bytes:
        """Return the page or block that holds ``content``."""
        nonce = os.urandom(NONCE_BYTES)
        sealed = self._cipher.encrypt(nonce, content, None)
        unused = bytes(SEALED_AT - NONCE_BYTES - TAG_BYTES)
        return nonce + sealed[-TAG_BYTES:] + unused + sealed[:-TAG_BYTES]

    def header(self) -> bytes:
        """Return the main header with a canary of this key."""
        header = bytearray(self._header)
        nonce = os.urandom(NONCE_BYTES)
        sealed = self._cipher.encrypt(nonce, _CANARY_TEXT, None)
        header[_CANARY], header[_CANARY_NONCE] = sealed[: len(_CANARY_TEXT)], nonce
        header[_CANARY_TAG] = sealed[len(_CANARY_TEXT) :]
        header[:8] = _checksum(bytes(header[8:]))
        return bytes(header)

    def geometry(self, pages: tuple[bytes, bytes]) -> Geometry:
        """Read the newer of the two database headers; Unreadable when neither can be read."""
        newest: tuple[int, Geometry] | None = None
        for page in pages:
            try:
                _, iteration, _, _, block_count, block_bytes = struct.unpack("<6Q", self.open(page)[:48])
            except Unreadable:
                continue  # the kernel writes one of them at each checkpoint, so one may be torn
            if newest is None or iteration > newest[0]:
                newest = (iteration, Geometry(block_count, block_bytes))
        if newest is None:
            raise Unreadable
        return newest[1]


def fits(path: Path, key: bytes) -> bool:
    """Whether a key is that of a file; a file that is not there, or not whole, has none."""
    try:
        with path.open("rb") as stream:
            header = stream.read(PAGE_BYTES)
    except FileNotFoundError:
        return False
    return _known(header) and Sealing(header, key).fits


def _known(header: bytes) -> bool:
    at, magic = _MAGIC
    flag_at, flag = _ENCRYPTED_FLAG
    sealing_at, sealing = _SEALING
    return (
        len(header) == PAGE_BYTES
        and header[at : at + len(magic)] == magic
        and header[flag_at] == flag
        and header[sealing_at : sealing_at + len(sealing)] == sealing
        and header[:8] == _checksum(header[8:])
    )


def _checksum(content: bytes) -> bytes:
    total = _CHECKSUM_SEED
    for (word,) in struct.iter_unpack("<Q", content):
        total ^= (word * _CHECKSUM_FACTOR) & _WORD
    return struct.pack("<Q", total)
