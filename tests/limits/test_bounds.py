"""Bounds: the tightest of what the database, the role, its group and the session say."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from avila import errors
from avila.catalog.changes import fold
from avila.catalog.membership_changes import GrantRole
from avila.catalog.resource_groups import CreateResourceGroup, SetRoleSetting
from avila.catalog.role_changes import AlterRole, CreateRole
from avila.limits.bounds import NONE, bounds, require_tighter
from avila.limits.quantities import duration_ms, size_bytes, size_text
from avila.settings import SETTINGS

amounts = st.one_of(st.just(0), st.integers(1, 10**6))


def _setting(values: dict[str, Any]) -> Any:
    return lambda name: values.get(name, SETTINGS[name].default)


@given(amounts, amounts, amounts, amounts)
def test_the_tightest_holds(session: int, role: int, everybody: int, group: int) -> None:
    catalog = fold(
        [
            CreateResourceGroup("g", {"statement_ms": group}),
            CreateRole("a", {"resource_group": "g"}),
            SetRoleSetting(None, "statement_timeout", str(everybody)),
            SetRoleSetting("a", "statement_timeout", str(role)),
        ]
    )
    found = bounds(catalog, "a", "a", _setting({"statement_timeout": session}))
    said = [
        bound for bound in (session, role, group) if bound
    ]  # what is set for a role stands for what is for all
    assert found.time_ms.amount == (min(said) if said else 0)
    assert found.none is (not said)


def test_nothing_is_bounded_by_itself() -> None:
    assert bounds(fold([]), "owner", "owner", _setting({})) == NONE


def test_a_group_comes_with_membership_and_is_not_left_by_set_role() -> None:
    catalog = fold(
        [
            CreateResourceGroup("tight", {"rows": 10}),
            CreateResourceGroup("wide", {"rows": 1000}),
            CreateRole("team", {"resource_group": "tight"}),
            CreateRole("other", {"resource_group": "wide"}),
            CreateRole("a", {}),
            GrantRole("team", "a", "owner"),
            GrantRole("other", "a", "owner"),
        ]
    )
    assert bounds(catalog, "a", "a", _setting({})).rows.amount == 10
    assert bounds(catalog, "a", "other", _setting({})).rows.amount == 10
    assert bounds(catalog, "owner", "other", _setting({})).rows.amount == 1000
    nearer = fold([AlterRole("a", {"resource_group": "wide"})], catalog)
    assert bounds(nearer, "a", "a", _setting({})).rows.amount == 1000


@given(amounts, amounts)
def test_a_bound_may_be_tightened_and_nothing_else(ceiling: int, asked: int) -> None:
    looser = bool(ceiling) and (asked == 0 or asked > ceiling)
    if looser:
        with pytest.raises(errors.InsufficientPrivilege):
            require_tighter("statement_rows", asked, {"statement_rows": ceiling})
    else:
        require_tighter("statement_rows", asked, {"statement_rows": ceiling})


@pytest.mark.parametrize(
    ("text", "size"), [("200MB", 200 * 10**6), ("1.5 GiB", 3 * 2**29), ("10", 10), ("7 kb", 7000), ("0", 0)]
)
def test_sizes(text: str, size: int) -> None:
    assert size_bytes(text, "memory") == size


@pytest.mark.parametrize(
    ("text", "time"), [("30s", 30_000), ("250", 250), ("1.5 min", 90_000), ("2h", 7_200_000)]
)
def test_times(text: str, time: int) -> None:
    assert duration_ms(text, "statement_time") == time


@pytest.mark.parametrize("text", ["", "-1", "1 QB", "MB", "1e9", "10 s s"])
def test_what_is_no_quantity(text: str) -> None:
    for read in (size_bytes, duration_ms):
        with pytest.raises(errors.InvalidParameterValue, match="memory is"):
            read(text, "memory")


def test_sizes_as_people_read_them() -> None:
    assert [size_text(size) for size in (0, 999, 1500, 223_300_000)] == ["0 B", "999 B", "1.5 KB", "223.3 MB"]
