"""avila.roles, avila.memberships and avila.resource_groups: who there is."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from avila.catalog.resource_groups import group_of
from avila.system_views.view import View
from avila.system_views.visibility import sees_all

if TYPE_CHECKING:
    from collections.abc import Iterator

    from avila.executor import Executor
    from avila.security.authority import Authority


def _knows(authority: Authority, role: str) -> bool:
    """Whether a role is one that another has the rights of, or administers."""
    return sees_all(authority) or authority.acts_as(role) or authority.administers(role)


def _roles(executor: Executor) -> Iterator[tuple[Any, ...]]:
    authority, catalog = executor.authority, executor.described()
    for role in sorted(catalog.roles.roles.values(), key=lambda role: role.name):
        if _knows(authority, role.name):
            yield (
                role.name,
                role.superuser,
                role.createdb,
                role.createrole,
                role.inherit,
                role.login,
                role.replication,
                role.bypassrls,
                role.connection_limit,
                role.valid_until,
                role.scram is not None or role.argon2 is not None,
                role.resource_group,
                [f"{name}={value}" for name, value in sorted(role.settings.items())],
            )


def _memberships(executor: Executor) -> Iterator[tuple[Any, ...]]:
    authority, catalog = executor.authority, executor.described()
    for membership in catalog.roles.memberships.values():
        if _knows(authority, membership.role) or _knows(authority, membership.member):
            yield (
                membership.role,
                membership.member,
                membership.grantor,
                membership.admin,
                membership.inherit,
                membership.set,
            )


def _groups(executor: Executor) -> Iterator[tuple[Any, ...]]:
    authority, catalog = executor.authority, executor.described()
    mine = group_of(catalog, executor.principal.session_user)
    for group in sorted(catalog.resource_groups.groups.values(), key=lambda group: group.name):
        if not (sees_all(authority) or group == mine):
            continue
        turnstile = executor.instance.governor.turnstile("resource group", group.name)
        yield (
            group.name,
            group.memory_bytes or None,
            group.statement_ms or None,
            group.concurrency or None,
            group.queue,
            group.queue_ms,
            group.rows or None,
            group.temporary_bytes or None,
            turnstile.inside,
            turnstile.queued,
        )


VIEWS = (
    View(
        "roles",
        "name VARCHAR, superuser BOOLEAN, createdb BOOLEAN, createrole BOOLEAN, inherit BOOLEAN, login BOOLEAN,"
        " replication BOOLEAN, bypassrls BOOLEAN, connection_limit BIGINT, valid_until VARCHAR, has_password BOOLEAN,"
        " resource_group VARCHAR, settings VARCHAR[]",
        _roles,
        "The roles that one has the rights of or administers, without their passwords.",
    ),
    View(
        "memberships",
        "role VARCHAR, member VARCHAR, grantor VARCHAR, admin BOOLEAN, inherit BOOLEAN, set BOOLEAN",
        _memberships,
        "Who is a member of which role, by whose grant.",
    ),
    View(
        "resource_groups",
        "name VARCHAR, memory_bytes BIGINT, statement_ms BIGINT, concurrency BIGINT, queue BIGINT, queue_ms BIGINT,"
        " rows BIGINT, temporary_bytes BIGINT, running BIGINT, waiting BIGINT",
        _groups,
        "The resource groups, with how many of their bounded statements run and wait; without a limit, NULL.",
    ),
)
