"""The files that the commands of the audit log are given: its folder, heads that were kept, and keys."""

from __future__ import annotations

from typing import TYPE_CHECKING

from avila import errors
from avila.storage.layout import Layout

if TYPE_CHECKING:
    from pathlib import Path

    from avila.security.audit.head import SignedHead

FINGERPRINT = "SHA256:"


def log_folder(directory: Path) -> Path:
    """Return the folder of the log in a database directory; or the directory, when it is a log itself.

    Raises UndefinedFile when there is neither.
    """
    from avila.security.audit.folder import Folder

    for path in (Layout(directory.expanduser().absolute()).audit, directory):
        if path.is_dir() and (Folder(path).segments() or Folder(path).head.exists()):
            return path
    raise errors.UndefinedFile(
        f"there is no audit log in {directory}",
        hint="Give a database directory, or a copy of its folder audit.",
    )


def kept_head(file: Path) -> SignedHead:
    """Return a signed head from a file; BadCopyFileFormat when it holds none."""
    from avila.security.audit.head import SignedHead

    try:
        return SignedHead.parse(file.read_bytes())
    except ValueError as error:
        raise errors.BadCopyFileFormat(
            f"{file} holds no signed head: {error}",
            hint="It is a copy of the file audit/head.json of a database.",
        ) from error


def fingerprint(key: str | None) -> str | None:
    """Return the fingerprint that a fingerprint or the file of a public key says; BadCopyFileFormat for other files."""
    from pathlib import Path

    from avila.security.audit.signing import PublicKey

    if key is None or key.startswith(FINGERPRINT):
        return key
    try:
        return PublicKey.parse(Path(key).read_text(encoding="ascii").rstrip("\n")).fingerprint
    except ValueError as error:
        raise errors.BadCopyFileFormat(
            f"{key} holds no public key of an audit log",
            hint=f"Give a copy of the file audit/public.key, or the fingerprint, {FINGERPRINT}….",
        ) from error
