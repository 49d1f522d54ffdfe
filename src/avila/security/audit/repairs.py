"""What a log tells of its own repairs, and whether what was set aside by them is as it was."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from hashlib import sha256
from typing import TYPE_CHECKING

from avila.security.audit.record import RECORD_BYTES_MAX
from avila.security.audit.report import Damage

if TYPE_CHECKING:
    from avila.security.audit.folder import Folder
    from avila.security.audit.report import Findings

TOLD_MAX = 20  # avila audit show lists them all
_OF_ITSELF = b'{"kind":"log",'  # cannot stand inside a text of a record, where quotes are escaped


class Repairs:
    """The records of a log about itself, as they are come across."""

    def __init__(self, findings: Findings) -> None:
        self._findings = findings
        self._told = 0
        self._aside: dict[str, str] = {}  # the hash of each file

    def look(self, data: bytes) -> None:
        """Look for repairs in a segment."""
        place = data.find(_OF_ITSELF)
        while place >= 0:
            self._read(data[place : place + RECORD_BYTES_MAX].decode("utf-8", "replace"))
            place = data.find(_OF_ITSELF, place + 1)

    def compare(self, folder: Folder) -> None:
        """Compare the files that were set aside with what the log says of them."""
        told = dict(self._aside)
        for path in folder.aside():
            digest = told.pop(path.name, None)
            if digest is None:
                self._findings.damage(Damage("no record tells of this file", path.name))
            elif sha256(path.read_bytes()).hexdigest() != digest:
                self._findings.damage(Damage("what was set aside was changed", path.name))
        pending = {path.stem for path in folder.pending()}
        for name in told:
            if name.rpartition(".")[0] not in pending:
                self._findings.damage(Damage("what was set aside is missing", name))

    def _read(self, text: str) -> None:
        try:
            fields = json.JSONDecoder().raw_decode(text)[0]
            if fields["action"] != "repair":
                return
            detail = json.loads(fields["detail"])
            when = datetime.fromtimestamp(fields["time_us"] / 1e6, UTC)
            if "file" in detail:
                self._aside[detail["file"]] = detail["sha256"]
            what = str(detail["what"])
        except (ValueError, KeyError, TypeError, OverflowError):
            return  # it was changed, and that is found by its hash
        self._told += 1
        if self._told <= TOLD_MAX:
            self._findings.note(f"The log tells of a repair on {when:%Y-%m-%d %H:%M:%S} UTC: {what}.")
