"""avila.secrets: which secrets the database keeps, and nothing of what is in them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from avila.system_views.view import View
from avila.system_views.visibility import sees_all

if TYPE_CHECKING:
    from collections.abc import Iterator

    from avila.executor import Executor


def _rows(executor: Executor) -> Iterator[tuple[str, str]]:
    if sees_all(executor.authority):
        for secret in executor.described().secrets.secrets.values():
            yield (secret.name, secret.type)


VIEWS = (
    View(
        "secrets",
        "name VARCHAR, type VARCHAR",
        _rows,
        "The secrets that the database keeps, by name and type, for superusers. What is in them is never shown.",
    ),
)
