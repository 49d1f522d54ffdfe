"""Values as JSON knows them."""

from __future__ import annotations

import datetime as dt
import json
import math
from decimal import Decimal
from typing import Any


def plain(value: Any) -> Any:
    """Return a value as JSON's own kinds: what JSON cannot say is text, and NaN and infinity are null."""
    if value is None or isinstance(value, bool | int | str):
        return value
    if isinstance(value, float):
        return value if math.isfinite(value) else None
    if isinstance(value, Decimal):
        # A number where that loses nothing, and otherwise its digits as text.
        return float(value) if value.is_finite() and Decimal(repr(float(value))) == value else str(value)
    if isinstance(value, dt.datetime | dt.date | dt.time):
        return value.isoformat()
    if isinstance(value, bytes | bytearray):
        return "\\x" + bytes(value).hex()
    if isinstance(value, dict):
        return {str(key): plain(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [plain(item) for item in value]
    return str(value)


def json_text(value: Any) -> str | None:
    """Return a nested value as JSON, and any other that CSV has no words for as text; None for NULL."""
    known = plain(value)
    if known is None or isinstance(known, str):
        return known
    return json.dumps(known, ensure_ascii=False)
