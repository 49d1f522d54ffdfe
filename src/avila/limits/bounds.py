"""What holds for the statements of a session: the tightest of what its role, its group and the session itself say."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, NamedTuple

from avila import errors
from avila.catalog.resource_groups import group_of, starting_settings
from avila.limits.quantities import size_bytes
from avila.settings import SETTINGS

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

    from avila.catalog.objects import Catalog
    from avila.catalog.resource_groups import ResourceGroup
    from avila.settings import Settings

    Setting = Callable[[str], Any]

SIZES = frozenset({"statement_memory", "statement_temp"})
LIMITS = frozenset({"statement_timeout", "lock_timeout", "statement_rows", "max_statements"}) | SIZES
"""The settings that limit; whoever is no superuser may only tighten what an administrator set."""


class Bound(NamedTuple):
    """How much, and what says so. 0 is no bound."""

    amount: int = 0
    source: str = ""


NO_BOUND = Bound()


@dataclass(frozen=True)
class Bounds:
    """The bounds of one statement; ``group`` says how many may run at a time, ``role`` how many of one role's."""

    time_ms: Bound = NO_BOUND
    memory_bytes: Bound = NO_BOUND
    rows: Bound = NO_BOUND
    temporary_bytes: Bound = NO_BOUND
    role: tuple[str, int] | None = None
    group: ResourceGroup | None = None

    @property
    def none(self) -> bool:
        """Whether nothing is bounded."""
        return self == NONE

    @property
    def sampled(self) -> bool:
        """Whether what the statement holds must be looked at while it runs."""
        return bool(self.memory_bytes.amount or self.temporary_bytes.amount)


NONE = Bounds()


def bounds(catalog: Catalog, session_user: str, current_user: str, setting: Setting) -> Bounds:
    """Return what holds in a session; ``setting`` tells its settings.

    Its group is that of the role that it was opened for, or else of the role that it acts as: nobody leaves a group by
    SET ROLE.
    """
    group = group_of(catalog, session_user) or group_of(catalog, current_user)
    start = starting_settings(catalog, session_user)
    most = amount("max_statements", setting("max_statements"))
    ceiling = amount("max_statements", start.get("max_statements"))
    concurrent = _tightest([Bound(most, ""), Bound(ceiling, "")]).amount

    def of(name: str, field: str | None = None) -> Bound:
        said = [Bound(amount(name, setting(name)), name), Bound(amount(name, start.get(name)), name)]
        if group is not None:
            option = field or name
            said.append(Bound(getattr(group, option), f"{_OPTIONS[option]} of resource group {group.name}"))
        return _tightest(said)

    return Bounds(
        of("statement_timeout", "statement_ms"),
        of("statement_memory", "memory_bytes"),
        of("statement_rows", "rows"),
        of("statement_temp", "temporary_bytes"),
        (session_user, concurrent) if concurrent else None,
        group if group is not None and group.concurrency else None,
    )


_OPTIONS = {
    "statement_ms": "statement_time",
    "memory_bytes": "memory",
    "rows": "rows",
    "temporary_bytes": "temporary",
}


def amount(name: str, value: Any) -> int:
    """Return how much a setting that limits allows, in its unit; 0 for no limit.

    Raises InvalidParameterValue when the value is none.
    """
    if value is None or value == "":
        return 0
    return size_bytes(str(value), name) if name in SIZES else int(value)


def ceilings(catalog: Catalog, session_user: str, settings: Settings) -> dict[str, Any]:
    """Return what an administrator set for the sessions of a role, or for the whole database, of what limits."""
    everywhere = {name: settings[name] for name in LIMITS if settings.origins[name] != "default"}
    own = starting_settings(catalog, session_user)
    return everywhere | {name: value for name, value in own.items() if name in LIMITS}


def require_tighter(name: str, value: Any, ceilings: Mapping[str, Any]) -> None:
    """Raise InsufficientPrivilege when a value allows more than an administrator set."""
    ceiling = amount(name, ceilings.get(name))
    asked = amount(name, value)
    if ceiling and (not asked or asked > ceiling):
        raise errors.InsufficientPrivilege(
            f"{name} may be lowered only: an administrator set it to {ceilings[name]}",
            hint="A superuser may raise it with ALTER ROLE … SET.",
        )


def check(name: str, value: Any) -> None:
    """Raise InvalidParameterValue when a setting that limits cannot have a value."""
    if name in LIMITS and value is not None:
        amount(name, SETTINGS[name].parse(value, "SET"))


def _tightest(said: Iterable[Bound]) -> Bound:
    return min((bound for bound in said if bound.amount), key=lambda bound: bound.amount, default=NO_BOUND)
