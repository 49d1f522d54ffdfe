"""The data keys that every database has."""

from __future__ import annotations

NATIVE = "native"
LAKE = "lake"

STORES = (NATIVE, LAKE)
"""The stores' files are encrypted with these; they can be rotated while the database is open."""

SECRETS = {
    "audit": "signs the audit log",
    "columns": "the root of the keys of encrypted columns",
    "masks": "the key of masks that hash",
    "secrets": "encrypts what CREATE SECRET keeps",
}
"""Secrets of the house's other parts. What they protect outlives every file, so rotating stores leaves them."""

NAMES = (*STORES, *SECRETS)

KEY_BYTES = 32
