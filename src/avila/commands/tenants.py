"""CREATE, ALTER and DROP TENANT: a schema in each store, the role that owns it, a resource group, and a key.

The parts are ordinary: GRANT, ALTER RESOURCE GROUP and the rest work on them as on any other.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlglot import exp

from avila import errors
from avila.catalog import encryption, role_changes
from avila.catalog import resource_groups as groups
from avila.catalog import tenants as changes
from avila.catalog.grant_changes import ReleaseRole, SetOwner
from avila.catalog.membership_changes import GrantRole
from avila.catalog.names import Object
from avila.catalog.object_changes import ForgetObject
from avila.catalog.roles import OWNER
from avila.commands import encryption_keys, objects, options, principals
from avila.kernel.arrow_answer import ArrowAnswer
from avila.limits.quantities import size_bytes
from avila.planner.dialect import generate
from avila.security.columns import named
from avila.storage.stores import LAKE, NATIVE

if TYPE_CHECKING:
    from collections.abc import Mapping

    from avila.catalog.changes import Change
    from avila.catalog.tenants import Tenant
    from avila.executor import Executor, Parameters
    from avila.kernel.base import Answer
    from avila.planner.plan import Plan

_STORAGE: Mapping[str, tuple[str, options.Reader]] = {"storage": ("storage_bytes", size_bytes)}
_ALTERED = (*options.LIMITS, *_STORAGE, "owner")
_CREATED = (*_ALTERED, "login")
_RESERVED = frozenset({"main", "avila", "public", "information_schema", "pg_catalog", NATIVE, LAKE, OWNER})


def create(executor: Executor, plan: Plan, parameters: Parameters) -> Answer:  # noqa: ARG001
    """Make a tenant with all its parts, or nothing."""
    executor.require_superuser("create tenants")
    name = principals.new_name(plan.tree.this).lower()
    given = options.read(plan.tree.expressions, _CREATED)
    if plan.tree.args.get("exists") and name in executor.described().tenants:
        return ArrowAnswer.empty()
    encryption_keys.outside(executor, "CREATE TENANT")
    _require_free(executor, name)
    catalogs = (NATIVE,) if executor.instance.lake is None else (NATIVE, LAKE)
    identity, wrapped = executor.instance.column_keys.named.make()
    made: list[Change] = [
        groups.CreateResourceGroup(name, options.amounts(given, options.LIMITS)),
        role_changes.CreateRole(name, {"login": _flag(given.get("login")), "resource_group": name}),
        *_owning(executor, name, given),
        changes.CreateTenant(name, catalogs, **options.amounts(given, _STORAGE)),
        *(SetOwner(Object("schema", catalog, name), name) for catalog in catalogs),
        encryption.CreateEncryptionKey(name, identity),
    ]
    # The kernel writes one store in a transaction. What is left of a failure is an empty schema, and it is taken away.
    lake = catalogs[1:]
    for catalog in lake:
        executor.connection.run(f"CREATE SCHEMA {catalog}.{_quoted(name)}", rows=False, writes=True)
    try:
        with encryption_keys.writing(executor):
            executor.change(*made)
            encryption_keys.run(executor, *named.DEFINITIONS)
            executor.connection.run(
                f"INSERT INTO {named.TABLE} VALUES (?, ?)", [identity, wrapped], rows=False, writes=True
            )
            executor.connection.run(f"CREATE SCHEMA {NATIVE}.{_quoted(name)}", rows=False, writes=True)
    except BaseException:
        for catalog in lake:
            executor.connection.run(f"DROP SCHEMA {catalog}.{_quoted(name)}", rows=False, writes=True)
        raise
    return ArrowAnswer.empty()


def alter(executor: Executor, plan: Plan, parameters: Parameters) -> Answer:  # noqa: ARG001
    """Set limits of a tenant, how much it may store, or who administers it besides."""
    executor.require_superuser("alter tenants")
    name = principals.written_name(plan.tree.this)
    given = options.read(plan.tree.expressions, _ALTERED)
    if plan.tree.args.get("exists") and name not in executor.described().tenants:
        return ArrowAnswer.empty()
    tenant = changes.known_tenant(executor.described(), name)
    made: list[Change] = [*_owning(executor, tenant.role, given)]
    if limits := options.amounts(given, options.LIMITS):
        made.append(groups.AlterResourceGroup(name, limits))
    if storage := options.amounts(given, _STORAGE):
        made.append(changes.AlterTenant(name, **storage))
    executor.change(*made)
    return ArrowAnswer.empty()


def drop(executor: Executor, plan: Plan, parameters: Parameters) -> Answer:  # noqa: ARG001
    """Remove a tenant and its parts; what lies in its schemas goes too, with CASCADE alone."""
    executor.require_superuser("drop tenants")
    name = principals.written_name(plan.tree.this)
    described = executor.described()
    if plan.tree.args.get("exists") and name not in described.tenants:
        return ArrowAnswer.empty()
    tenant = changes.known_tenant(described, name)
    encryption_keys.outside(executor, "DROP TENANT")
    cascade = plan.tree.args.get("behaviour") == "CASCADE"
    if not cascade:
        _require_empty(executor, tenant)
    made = _dropping(executor, tenant, cascade=cascade)
    identity = described.encryption.keys.get(name)
    behaviour = " CASCADE" if cascade else ""
    with encryption_keys.writing(executor):
        executor.change(*made)
        executor.connection.run(
            f"DROP SCHEMA IF EXISTS {NATIVE}.{_quoted(name)}{behaviour}", rows=False, writes=True
        )
        if identity is not None:
            encryption_keys.run(
                executor,
                f"CREATE OR REPLACE TABLE {named.TABLE} AS SELECT * FROM {named.TABLE} WHERE id <> '{identity}'",
            )
    for catalog in tenant.catalogs[1:]:
        executor.connection.run(
            f"DROP SCHEMA IF EXISTS {catalog}.{_quoted(name)}{behaviour}", rows=False, writes=True
        )
    executor.knowledge.publish()
    executor.instance.governor.accounts.forget(tenant.role)
    if identity is not None:
        executor.instance.column_keys.forget(identity)
        encryption_keys.fold(executor, f"encryption key {name}")
    return ArrowAnswer.empty()


def _dropping(executor: Executor, tenant: Tenant, *, cascade: bool) -> list[Change]:
    described = executor.described()
    made: list[Change] = [ForgetObject(schema) for schema in tenant.schemas]
    made.append(changes.DropTenant(tenant.name))
    if cascade:
        made.append(ReleaseRole(tenant.role))
    made += [
        role_changes.AlterRole(role.name, {"resource_group": None})
        for role in described.roles.roles.values()
        if role.resource_group == tenant.name and (cascade or role.name == tenant.role)
    ]
    made.append(role_changes.DropRoles((tenant.role,)))
    if tenant.name in described.resource_groups:
        made.append(groups.DropResourceGroup(tenant.name))
    if tenant.name in described.encryption.keys:
        made.append(encryption.DropEncryptionKey(tenant.name, False))
    return made


def _owning(executor: Executor, role: str, given: Mapping[str, exp.Expr | None]) -> list[Change]:
    """Return what lets the role that the option ``owner`` names administer the tenant."""
    node = given.get("owner")
    if node is None:
        return []
    owner = role_changes.known(executor.described(), options.text(node).lower()).name
    return [GrantRole(role, owner, OWNER, admin=True)]


def _require_free(executor: Executor, name: str) -> None:
    """Raise ReservedName or DuplicateObject when a part of the tenant cannot have its name."""
    if name in _RESERVED:
        raise errors.ReservedName(f"tenant name {name} is reserved")
    if name in executor.described().tenants:
        raise errors.DuplicateObject(f"tenant {name} already exists")
    if any(schema == name for _, schema in executor.connection.schemas()):
        raise errors.DuplicateObject(f'schema "{name}" already exists')


def _require_empty(executor: Executor, tenant: Tenant) -> None:
    for schema in tenant.schemas:
        if tables := objects.tables_in(executor, schema):
            raise errors.DependentObjectsStillExist(
                f"tenant {tenant.name} cannot be dropped because it has tables, such as {tables[0].title}",
                hint=f"DROP TENANT {tenant.name} CASCADE drops them too.",
            )


def _flag(node: exp.Expr | None) -> bool:
    """Return whether an option was said without a value, or as true."""
    return node is not None and options.text(node).lower() in {"true", "on", "1", "yes"}


def _quoted(name: str) -> str:
    return generate(exp.to_identifier(name, quoted=True))
