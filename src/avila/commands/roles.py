"""CREATE, ALTER and DROP ROLE, by PostgreSQL 16's rules of who may.

CREATEROLE lets a role make others and administer those, and gives away nothing that it does not have itself.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from avila import errors
from avila.catalog import changes, role_changes
from avila.catalog.membership_changes import GrantRole
from avila.catalog.roles import OWNER
from avila.commands import memberships, principals
from avila.commands.moments import moment
from avila.kernel.arrow_answer import ArrowAnswer
from avila.security import passwords
from avila.security.authority import Authority

if TYPE_CHECKING:
    from collections.abc import Mapping

    from sqlglot import exp

    from avila.catalog.changes import Change
    from avila.catalog.objects import Catalog
    from avila.catalog.roles import Role
    from avila.executor import Executor, Parameters
    from avila.kernel.base import Answer
    from avila.planner.plan import Plan

_FLAGS = ("superuser", "createdb", "createrole", "inherit", "login", "replication", "bypassrls")
_OWN_ONLY = ("createdb", "replication", "bypassrls")
"""What a role that is no superuser gives others only when it has it itself."""
_NO_LIMIT = -1


def create(executor: Executor, plan: Plan, parameters: Parameters) -> Answer:  # noqa: ARG001
    """Make a role, and the memberships that its options ask for."""
    tree = plan.tree
    name = principals.new_name(tree.this)
    asked = _asked(executor, tree.expressions)
    options = {"login": tree.args["kind"] == "USER"} | asked.options
    _require_may_create(executor.authority, options)
    if tree.args.get("exists") and name in executor.described().roles:
        return ArrowAnswer.empty()
    made: list[Change] = [role_changes.CreateRole(name, options)]
    actor, described = executor.principal.current_user, executor.described()
    for group in asked.members["in"]:
        made += memberships.granting(_after(described, made, actor), group, [name])
    if not executor.authority.superuser:
        made.append(GrantRole(name, actor, OWNER, admin=True, inherit=False, set=False))
    made += memberships.granting(_after(described, made, actor), name, asked.members["role"])
    made += memberships.granting(_after(described, made, actor), name, asked.members["admin"], admin=True)
    executor.change(*made)
    return ArrowAnswer.empty()


def alter(executor: Executor, plan: Plan, parameters: Parameters) -> Answer:  # noqa: ARG001
    """Change what a role may do, or its password."""
    role = executor.described().roles[changeable(executor, plan.tree.this)]
    options = _asked(executor, plan.tree.expressions).options
    _require_may_alter(executor.authority, role, options)
    executor.change(role_changes.AlterRole(role.name, options))
    return ArrowAnswer.empty()


def rename(executor: Executor, plan: Plan, parameters: Parameters) -> Answer:  # noqa: ARG001
    """Give a role another name."""
    name = changeable(executor, plan.tree.this)
    new = principals.new_name(plan.tree.args["expression"])
    if name == executor.principal.session_user:
        raise errors.FeatureNotSupported("session user cannot be renamed")
    if name == executor.principal.current_user:
        raise errors.FeatureNotSupported("current user cannot be renamed")
    require_administers(executor.authority, name, "rename")
    executor.change(role_changes.RenameRole(name, new))
    return ArrowAnswer.empty()


def drop(executor: Executor, plan: Plan, parameters: Parameters) -> Answer:  # noqa: ARG001
    """Remove roles."""
    authority, principal = executor.authority, executor.principal
    if not (authority.superuser or authority.has("createrole")):
        raise errors.InsufficientPrivilege(
            "permission denied to drop role",
            hint="Only roles with the CREATEROLE attribute and the ADMIN option on the roles may drop them.",
        )
    names = []
    for node in plan.tree.expressions:
        if principals.is_word(node, "current_user", "current_role", "session_user", "public"):
            raise errors.InvalidParameterValue("cannot use special role specifier in DROP ROLE")
        name = principals.written_name(node)
        if plan.tree.args.get("exists") and name not in authority.catalog.roles:
            continue
        principals.role(executor, node)
        if name in {principal.current_user, principal.session_user, principal.login}:
            who = "current" if name == principal.current_user else "session"
            raise errors.ObjectInUse(f"{who} user cannot be dropped", hint="RESET ROLE, or ask another role.")
        require_administers(authority, name, "drop")
        names.append(name)
    if names:
        executor.change(role_changes.DropRoles(tuple(dict.fromkeys(names))))
    return ArrowAnswer.empty()


def changeable(executor: Executor, node: exp.Expr) -> str:
    """Return the role that a name means; ReservedName for those that every database has."""
    name = principals.role(executor, node)
    if name.startswith("pg_"):
        raise errors.ReservedName(f'role name "{name}" is reserved', hint="Reserved roles cannot be altered.")
    return name


def require_administers(authority: Authority, name: str, verb: str) -> None:
    """Raise InsufficientPrivilege unless a role may be dropped or renamed: by CREATEROLE and ADMIN on it."""
    if authority.superuser:
        return
    if authority.catalog.roles[name].superuser:
        raise denied(verb, f"Only roles with the SUPERUSER attribute may {verb} roles that have it.")
    if not (authority.has("createrole") and authority.administers(name)):
        raise denied(
            verb, f'Only roles with the CREATEROLE attribute and the ADMIN option on role "{name}" may.'
        )


def denied(verb: str, hint: str) -> errors.InsufficientPrivilege:
    """Return the error of somebody who may not do that to a role."""
    return errors.InsufficientPrivilege(f"permission denied to {verb} role", hint=hint)


# --- options ---


@dataclass
class _Asked:
    """The options of a statement: fields of Role, and the roles that are to be members, or have it as one."""

    options: dict[str, Any] = field(default_factory=dict)
    members: dict[str, list[str]] = field(default_factory=lambda: {"in": [], "role": [], "admin": []})


def _asked(executor: Executor, nodes: list[exp.Expr]) -> _Asked:
    asked, seen = _Asked(), set()
    for node in nodes:
        word = str(node.this)
        if word == "SYSID":
            continue  # PostgreSQL still reads it, and does nothing with it
        name = _canonical(word)
        if name in seen:
            raise errors.SyntaxError(f"conflicting or redundant options: {word} was said before")
        seen.add(name)
        if name in asked.members:
            asked.members[name] = principals.roles(executor, node.expressions)
        else:
            asked.options |= _option(executor, name, word, node.args.get("expression"))
    return asked


def _canonical(word: str) -> str:
    """Return one name for the ways to say an option."""
    names = {"IN ROLE": "in", "IN GROUP": "in", "ROLE": "role", "USER": "role", "ADMIN": "admin"}
    if word in names:
        return names[word]
    lower = word.lower()
    return lower.removeprefix("no") if lower.removeprefix("no") in _FLAGS else lower


def _option(executor: Executor, name: str, word: str, value: exp.Expr | None) -> Mapping[str, Any]:
    if name in _FLAGS:
        return {name: not word.startswith("NO")}
    assert value is not None  # noqa: S101 (the grammar says so)
    if name == "connection limit":
        limit = int(value.name)
        if limit < _NO_LIMIT:
            raise errors.InvalidParameterValue(f"invalid connection limit: {limit}", hint="-1 is no limit.")
        return {"connection_limit": limit}
    if name == "valid until":
        return {"valid_until": moment(executor, value.name)}
    if not value.is_string:
        return {"scram": None, "argon2": None}
    kept = passwords.make(value.name)
    return {"scram": kept.scram, "argon2": kept.argon2id}


# --- who may ---


def _require_may_create(authority: Authority, options: Mapping[str, Any]) -> None:
    if authority.superuser:
        return
    if not authority.has("createrole"):
        raise denied("create", "Only roles with the CREATEROLE attribute may create roles.")
    for flag in ("superuser", *_OWN_ONLY):
        if options.get(flag) and not authority.has(flag):
            word = flag.upper()
            raise denied("create", f"Only roles with the {word} attribute may create roles that have it.")


def _require_may_alter(authority: Authority, role: Role, options: Mapping[str, Any]) -> None:
    if authority.superuser:
        return
    if role.superuser:
        raise denied("alter", "Only roles with the SUPERUSER attribute may alter roles that have it.")
    if "superuser" in options:
        raise denied("alter", "Only roles with the SUPERUSER attribute may change it.")
    if authority.has("createrole") and authority.administers(role.name):
        for flag in _OWN_ONLY:
            if flag in options and not authority.has(flag):
                raise denied("alter", f"Only roles with the {flag.upper()} attribute may change it.")
    elif options.keys() - {"scram", "argon2"}:
        raise denied(
            "alter",
            f'Only roles with the CREATEROLE attribute and the ADMIN option on role "{role.name}" may alter it.',
        )
    elif role.name != authority.role:
        raise denied(
            "alter",
            "To change another role's password, the current role must have the CREATEROLE attribute and the ADMIN "
            "option on that role.",
        )


def _after(described: Catalog, made: list[Change], actor: str) -> Authority:
    """Return what the acting role may do once the changes so far are made."""
    return Authority(changes.fold(made, described), actor)
