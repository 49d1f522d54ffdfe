"""One suite, every surface."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from surfaces.opening import SURFACES, open_surface

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    import avila


@pytest.fixture(params=SURFACES)
def surface(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[avila.Database]:
    """Return a database over a fresh directory, reached in each of the ways."""
    with open_surface(request.param, tmp_path / "db") as database:
        yield database
