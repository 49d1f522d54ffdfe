"""Errors in messages: by the name of their condition, with all that the user is shown."""

from __future__ import annotations

import logging
from typing import Any

from avila import errors

log = logging.getLogger("avila")


def encode(error: Exception) -> dict[str, Any]:
    """Return what stands for an error; what is not one of Avila's is a KernelError, and its trace stays in our log."""
    if not isinstance(error, errors.Error):
        log.error("a statement of another process failed in an unexpected way", exc_info=error)
        error = errors.KernelError(f"{type(error).__name__}: {error}")
    return {
        "class": type(error).__name__,
        "message": error.message,
        "hint": error.hint,
        "statement": error.statement,
        "position": error.position,
    }


def decode(told: dict[str, Any]) -> errors.Error:
    """Return the error that a message tells of."""
    condition = getattr(errors, str(told.get("class")), None)
    if not (isinstance(condition, type) and issubclass(condition, errors.Error)):
        condition = errors.KernelError
    error = condition(
        str(told.get("message")), statement=told.get("statement"), position=told.get("position")
    )
    error.hint = told.get("hint")
    return error
