"""The reference interpreter says what PostgreSQL does: the same rows, the same refusals."""

from __future__ import annotations

from copy import deepcopy
from typing import TYPE_CHECKING

import pytest

from security.cases import case, reduced
from security.hunting import differences, on_postgres, on_reference

if TYPE_CHECKING:
    from security.cases import Case
    from security.postgres import Postgres

STATEMENTS = 15
pytestmark = pytest.mark.timeout(900)  # the long mode


def test_postgres_and_the_reference_agree(postgres_session: Postgres, long_mode: bool) -> None:
    def wrong(made: Case) -> list[str]:
        expected = list(on_reference(deepcopy(made.world), made.attempts))
        return differences(made, expected, on_postgres(postgres_session, made), unread=True)

    for seed in range(1_000 if long_mode else 70):
        made = case(seed, STATEMENTS)
        if wrong(made):
            smaller = reduced(made, lambda candidate: bool(wrong(candidate)))
            raise AssertionError("\n".join([f"seed {seed}", repr(smaller), *wrong(smaller)]))
