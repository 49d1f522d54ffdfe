"""Python values in messages: JSON where JSON has the value, a tagged pair where it has not."""

from __future__ import annotations

import base64
import uuid
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from typing import TYPE_CHECKING, Any

import pytz

from avila import errors

if TYPE_CHECKING:
    from collections.abc import Callable

_TAG = "$"


def encode(value: Any) -> Any:
    """Return what stands for a value in a message; InvalidParameterValue for what no SQL type holds."""
    if value is None or isinstance(value, bool | str):
        return value if not isinstance(value, str) else str(value)
    for kind, tag, convert in _ENCODERS:
        if isinstance(value, kind):
            return convert(value) if tag is None else {_TAG: tag, "v": convert(value)}
    if hasattr(value, "tolist"):  # NumPy's arrays and numbers
        return encode(value.tolist())
    if hasattr(value, "item"):
        return encode(value.item())
    raise errors.InvalidParameterValue(
        f"a {type(value).__name__} is no value of SQL",
        hint="Give a number, text, bytes, date, list, dict or None.",
    )


def decode(value: Any) -> Any:
    """Return the value that something in a message stands for."""
    if isinstance(value, list):
        return [decode(item) for item in value]
    if isinstance(value, dict):
        decoder = _DECODERS.get(str(value.get(_TAG)))
        if decoder is None:
            raise errors.ProtocolViolation(f"a message has a value of an unknown kind, {value.get(_TAG)}")
        return decoder(value["v"])
    return value


def _moment(value: datetime) -> Any:
    zone = getattr(value.tzinfo, "zone", None)
    if value.tzinfo is None or zone is None:
        return [value.isoformat(), None]
    return [value.astimezone(pytz.utc).replace(tzinfo=None).isoformat(), zone]


def _read_moment(pair: Any) -> datetime:
    text, zone = pair
    value = datetime.fromisoformat(text)
    return value if zone is None else pytz.timezone(zone).fromutc(value)


_ENCODERS: tuple[tuple[type | tuple[type, ...], str | None, Callable[[Any], Any]], ...] = (
    (int, None, int),
    (float, None, float),
    (Decimal, "decimal", str),
    (datetime, "datetime", _moment),
    (date, "date", date.isoformat),
    (time, "time", time.isoformat),
    (timedelta, "timedelta", lambda value: [value.days, value.seconds, value.microseconds]),
    (uuid.UUID, "uuid", str),
    ((bytes, bytearray, memoryview), "bytes", lambda value: base64.b64encode(value).decode()),
    (tuple, "tuple", lambda value: [encode(item) for item in value]),
    (list, None, lambda value: [encode(item) for item in value]),
    (dict, "dict", lambda value: [[encode(key), encode(item)] for key, item in value.items()]),
)
_DECODERS: dict[str, Callable[[Any], Any]] = {
    "decimal": Decimal,
    "datetime": _read_moment,
    "date": date.fromisoformat,
    "time": time.fromisoformat,
    "timedelta": lambda parts: timedelta(*parts),
    "uuid": uuid.UUID,
    "bytes": base64.b64decode,
    "tuple": lambda items: tuple(decode(item) for item in items),
    "dict": lambda pairs: {decode(key): decode(item) for key, item in pairs},
}
