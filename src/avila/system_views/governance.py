"""avila.grants, avila.policies, avila.masks and avila.tags: what the catalog holds about objects."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from avila.catalog.names import Object
from avila.system_views.view import View
from avila.system_views.visibility import sees_all

if TYPE_CHECKING:
    from collections.abc import Iterator

    from avila.executor import Executor

_PLACE = "kind VARCHAR, catalog VARCHAR, schema VARCHAR, name VARCHAR"


def _grants(executor: Executor) -> Iterator[tuple[Any, ...]]:
    authority, catalog = executor.authority, executor.described()
    for grant, option in catalog.grants.entries.items():
        concerned = authority.roles & {grant.grantee, grant.grantor}
        if concerned or sees_all(authority) or authority.owns(grant.object):
            yield (
                *grant.object,
                grant.column,
                grant.privilege,
                grant.grantee,
                grant.grantor,
                option,
                catalog.grants.owner(grant.object),
            )


def _policies(executor: Executor) -> Iterator[tuple[Any, ...]]:
    authority, section = executor.authority, executor.described().row_security
    for policy in section.policies.values():
        if sees_all(authority) or authority.owns(policy.target):
            yield (
                *policy.target,
                policy.name,
                policy.permissive,
                policy.command,
                list(policy.roles),
                policy.using,
                policy.check,
                section.enabled.get(policy.target, False),
                policy.target in section.forced,
            )


def _masks(executor: Executor) -> Iterator[tuple[Any, ...]]:
    authority, masking = executor.authority, executor.described().masking
    for (target, column), (name, takes) in masking.columns.items():
        if sees_all(authority) or authority.owns(target):
            yield (*target, column, name, list(takes), masking.policies[name].body)
    for tag, name in masking.tags.items():
        if sees_all(authority):
            yield (*Object("tag", "", "", tag), None, name, [], masking.policies[name].body)


def _tags(executor: Executor) -> Iterator[tuple[Any, ...]]:
    authority, catalog = executor.authority, executor.described()
    for (target, column), tags in catalog.tags.places.items():
        if sees_all(authority) or authority.sees(target):
            for tag, value in tags.items():
                yield (*target, column, tag, value)
    for role in catalog.roles.roles.values():
        if sees_all(authority) or authority.acts_as(role.name):
            for tag, value in role.attributes.items():
                yield ("role", "", "", role.name, None, tag, value)


VIEWS = (
    View(
        "grants",
        f"{_PLACE}, column_name VARCHAR, privilege VARCHAR, grantee VARCHAR, grantor VARCHAR, grantable BOOLEAN,"
        " owner VARCHAR",
        _grants,
        "The rights that were granted: to oneself, by oneself, and on what one owns.",
    ),
    View(
        "policies",
        f"{_PLACE}, policy VARCHAR, permissive BOOLEAN, command VARCHAR, roles VARCHAR[], using_expression VARCHAR,"
        " check_expression VARCHAR, enabled BOOLEAN, forced BOOLEAN",
        _policies,
        "The row policies of the tables that one owns.",
    ),
    View(
        "masks",
        f"{_PLACE}, column_name VARCHAR, policy VARCHAR, takes VARCHAR[], expression VARCHAR",
        _masks,
        "The masks on the columns of the tables that one owns.",
    ),
    View(
        "tags",
        f"{_PLACE}, column_name VARCHAR, tag VARCHAR, value VARCHAR",
        _tags,
        "The tags on what one may see, and one's own.",
    ),
)
