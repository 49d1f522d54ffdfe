"""Whether row policies hold for a role on a table, and which: a pure look at the catalog."""

from __future__ import annotations

from typing import TYPE_CHECKING

from avila.catalog.roles import PUBLIC
from avila.catalog.tags import tag_object

if TYPE_CHECKING:
    from collections.abc import Iterator

    from avila.catalog.names import Object
    from avila.catalog.policies import Policy
    from avila.security.authority import Authority


def is_secured(authority: Authority, target: Object) -> bool:
    """Whether row policies hold for a role on a table: it has some, and the role is not above them."""
    if not is_switched_on(authority, target) or authority.bypasses_row_security:
        return False
    return not authority.owns(target) or target in authority.catalog.row_security.forced


def is_switched_on(authority: Authority, target: Object) -> bool:
    """Whether a table has row policies that hold for anybody: row security is on, or a tag brings some."""
    return any(_by_tag(authority, target)) or target in authority.catalog.row_security.enabled


def applicable(authority: Authority, target: Object, command: str) -> list[Policy]:
    """Return the policies of a table that are for the role and the command."""
    return [
        policy
        for policy in every(authority, target)
        if policy.command in {"ALL", command} and is_for(authority, policy)
    ]


def every(authority: Authority, target: Object) -> list[Policy]:
    """Return the policies of a table, its own and those of its tags."""
    section = authority.catalog.row_security
    own = section.on(target) if target in section.enabled else ()
    return [*own, *_by_tag(authority, target)]


def is_for(authority: Authority, policy: Policy) -> bool:
    """Whether a policy is for a role, or for one whose rights it has."""
    return any(role == PUBLIC or role in authority.roles for role in policy.roles)


def _by_tag(authority: Authority, target: Object) -> Iterator[Policy]:
    """Yield the policies of the tags that a table carries."""
    catalog = authority.catalog
    if not any(key.kind == "tag" for key, _ in catalog.row_security.policies):
        return
    for tag in catalog.tags.of(target):
        yield from catalog.row_security.on(tag_object(tag))
