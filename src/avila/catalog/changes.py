"""Changes of the catalog as values: each says what it needs, and what the catalog is afterwards.

The catalog of a database is the fold of its changes, in order, over the empty catalog; they are kept in the native
store, in the transactions that made them.
"""

from __future__ import annotations

import json
from dataclasses import asdict, replace
from functools import reduce
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, Protocol

from avila import errors
from avila.catalog import (
    default_grant_changes,
    encryption,
    extension_changes,
    grant_changes,
    masking,
    membership_changes,
    object_changes,
    policies,
    resource_groups,
    retention,
    role_changes,
    secrets,
    tags,
    tenants,
    views,
)
from avila.catalog.objects import Catalog

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping


class Change(Protocol):
    """One change: a frozen dataclass, pure, and complete without knowledge of anything else."""

    def apply(self, catalog: Catalog) -> Catalog:
        """Return the catalog after the change; an error when its precondition does not hold."""
        ...


KINDS: Mapping[str, type[Any]] = MappingProxyType(
    {
        kind.__name__: kind
        for kind in (
            extension_changes.CreateExtension,
            extension_changes.DropExtension,
            role_changes.CreateRole,
            role_changes.AlterRole,
            role_changes.RenameRole,
            role_changes.DropRoles,
            membership_changes.GrantRole,
            membership_changes.RevokeRole,
            grant_changes.SetOwner,
            grant_changes.GrantPrivilege,
            grant_changes.RevokePrivilege,
            grant_changes.ReleaseRole,
            default_grant_changes.GrantDefault,
            default_grant_changes.RevokeDefault,
            object_changes.ForgetObject,
            object_changes.RenameObject,
            object_changes.ForgetColumn,
            object_changes.RenameColumn,
            policies.SetRowSecurity,
            policies.CreatePolicy,
            policies.AlterPolicy,
            policies.DropPolicy,
            tags.CreateTag,
            tags.DropTag,
            tags.SetTag,
            tags.SetRoleTag,
            masking.CreateMaskingPolicy,
            masking.DropMaskingPolicy,
            masking.SetColumnMask,
            masking.SetTagMask,
            views.SetViewOptions,
            secrets.CreateSecret,
            secrets.DropSecret,
            resource_groups.CreateResourceGroup,
            resource_groups.AlterResourceGroup,
            resource_groups.DropResourceGroup,
            resource_groups.SetRoleSetting,
            resource_groups.ResetRoleSettings,
            tenants.CreateTenant,
            tenants.AlterTenant,
            tenants.DropTenant,
            encryption.CreateEncryptionKey,
            encryption.DropEncryptionKey,
            encryption.SetColumnEncryption,
            encryption.SetTagEncryption,
            retention.CreateRetentionPolicy,
            retention.DropRetentionPolicy,
        )
    }
)
"""Every kind of change by its name, as it is kept."""


def apply(catalog: Catalog, change: Change) -> Catalog:
    """Return the catalog after one change."""
    return replace(change.apply(catalog), version=catalog.version + 1)


def fold(changes: Iterable[Change], catalog: Catalog | None = None) -> Catalog:
    """Return the catalog that changes lead to, from an empty one or the one given."""
    return reduce(apply, changes, Catalog() if catalog is None else catalog)


def to_json(change: Any) -> tuple[str, str]:
    """Return a change as its kind and its fields, for keeping."""
    return type(change).__name__, json.dumps(asdict(change), sort_keys=True)


def from_json(kind: str, body: str) -> Change:
    """Return the change that was kept; CorruptedDatabase when it is none."""
    try:
        fields = {name: _value(value) for name, value in json.loads(body).items()}
        change: Change = KINDS[kind](**fields)
        return change
    except (KeyError, TypeError, ValueError) as error:
        raise errors.CorruptedDatabase(
            f"the catalog holds a change {kind!r} that this version does not know",
            hint="Open it with a newer Avila.",
        ) from error


def _value(value: Any) -> Any:
    """JSON has no tuples: every list was one."""
    return tuple(map(_value, value)) if isinstance(value, list) else value
