"""Statements that Avila carries out itself, one file a family: what they need is a session, not a kernel."""

from __future__ import annotations

from typing import TYPE_CHECKING

from avila.commands import (
    default_privileges,
    encryption,
    encryption_keys,
    explain_permission,
    extension,
    keys,
    kill,
    maintenance,
    masking,
    memberships,
    names,
    owned,
    owners,
    policies,
    prepared,
    privacy,
    privileges,
    resource_groups,
    retention,
    role_settings,
    roles,
    secrets,
    session_role,
    settings,
    tags,
    tenants,
    transaction,
    view_options,
)
from avila.planner.dialect import nodes

if TYPE_CHECKING:
    from collections.abc import Callable

    from sqlglot import exp

    from avila.executor import Executor, Parameters
    from avila.kernel.base import Answer
    from avila.planner.plan import Plan

    Command = Callable[[Executor, Plan, Parameters], Answer]

COMMANDS: dict[type[exp.Expr], Command] = {
    nodes.SubjectStatement: privacy.run,
    nodes.CreateRetentionPolicy: retention.create,
    nodes.DropRetentionPolicy: retention.drop,
    nodes.ApplyRetentionPolicies: retention.apply,
    nodes.CreateEncryptionKey: encryption_keys.create,
    nodes.DropEncryptionKey: encryption_keys.drop,
    nodes.SetEncryption: encryption.set_,
    nodes.DropEncryption: encryption.drop,
    nodes.TransactionStatement: transaction.run,
    nodes.SetOption: settings.set_,
    nodes.ResetOption: settings.reset,
    nodes.ShowStatement: settings.show,
    nodes.UseSchema: names.use,
    nodes.Prepare: prepared.prepare,
    nodes.ExecutePrepared: prepared.execute,
    nodes.Deallocate: prepared.deallocate,
    nodes.Checkpoint: maintenance.checkpoint,
    nodes.Vacuum: maintenance.vacuum,
    nodes.CreateSecret: secrets.create,
    nodes.DropSecret: secrets.drop,
    nodes.RotateWrappingKey: keys.rotate_wrapping_key,
    nodes.RotateDataKeys: keys.rotate_data_keys,
    nodes.CreateExtension: extension.create,
    nodes.DropExtension: extension.drop,
    nodes.CreateRole: roles.create,
    nodes.AlterRole: roles.alter,
    nodes.RenameRole: roles.rename,
    nodes.DropRole: roles.drop,
    nodes.AlterGroup: memberships.alter_group,
    nodes.GrantRoles: memberships.grant,
    nodes.RevokeRoles: memberships.revoke,
    nodes.GrantPrivileges: privileges.grant,
    nodes.RevokePrivileges: privileges.revoke,
    nodes.AlterDefaultPrivileges: default_privileges.alter,
    nodes.ChangeOwner: owners.change,
    nodes.ReassignOwned: owned.reassign,
    nodes.DropOwned: owned.drop,
    nodes.CreatePolicy: policies.create,
    nodes.AlterPolicy: policies.alter,
    nodes.RenamePolicy: policies.rename,
    nodes.DropPolicy: policies.drop,
    nodes.AlterRowSecurity: policies.switch,
    nodes.AlterViewOptions: view_options.alter,
    nodes.CreateTag: tags.create,
    nodes.DropTag: tags.drop,
    nodes.SetTags: tags.set_,
    nodes.UnsetTags: tags.unset,
    nodes.CreateMaskingPolicy: masking.create,
    nodes.AlterMaskingPolicy: masking.alter,
    nodes.DropMaskingPolicy: masking.drop,
    nodes.SetMaskingPolicy: masking.attach,
    nodes.UnsetMaskingPolicy: masking.detach,
    nodes.SetRole: session_role.set_role,
    nodes.ResetRole: session_role.reset_role,
    nodes.SetSessionAuthorization: session_role.set_authorization,
    nodes.ResetSessionAuthorization: session_role.reset_authorization,
    nodes.SetRoleSetting: role_settings.set_,
    nodes.ResetRoleSetting: role_settings.reset,
    nodes.SetRoleResourceGroup: resource_groups.assign,
    nodes.CreateResourceGroup: resource_groups.create,
    nodes.AlterResourceGroup: resource_groups.alter,
    nodes.DropResourceGroup: resource_groups.drop,
    nodes.CreateTenant: tenants.create,
    nodes.AlterTenant: tenants.alter,
    nodes.DropTenant: tenants.drop,
    nodes.KillStatement: kill.run,
    nodes.ExplainPermission: explain_permission.run,
}


def run(executor: Executor, plan: Plan, parameters: Parameters) -> Answer:
    """Carry out a command."""
    return COMMANDS[type(plan.tree)](executor, plan, parameters)
