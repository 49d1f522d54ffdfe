"""Why a role may run a statement, or may not: the planner's own decisions, and what holds for the tables it asked for.

The statement is planned as it would be for the role, by an authority that tells of each of its answers. So what is
listed is what was asked, in that order; and where the planner stops, the list ends with what it stopped at.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, NamedTuple

from avila import errors
from avila.catalog.grants import COLUMN_PRIVILEGES, PRIVILEGES
from avila.catalog.roles import PUBLIC
from avila.catalog.tags import tag_object
from avila.planner import planner
from avila.planner.classify import classify
from avila.planner.governance import masks
from avila.planner.records import named
from avila.security import row_security
from avila.security.authority import Authority, Decision

if TYPE_CHECKING:
    from collections.abc import Iterator

    from avila.catalog.names import Object
    from avila.catalog.policies import Policy
    from avila.planner.plan import Context, Statement

_FILTERED = ("SELECT", "INSERT", "UPDATE", "DELETE")
COLUMNS = ("object", "kind", "privilege", "allowed", "reason")


class Row(NamedTuple):
    """One decision. ``allowed`` is None for what shows less rather than to refuse: policies, masks, and tags."""

    object: str
    kind: str
    privilege: str | None
    allowed: bool | None
    reason: str


def explained(statement: Statement, context: Context, role: str, asker: Authority) -> list[Row]:
    """Return the decisions about a statement of a role, and at the end the verdict.

    What is decided for another role, such as the owner of a view, only an ``asker`` with that role's rights is shown.
    """
    observed: list[Decision] = []
    acting = replace(
        context,
        principal=replace(context.principal, current_user=role),
        observer=observed.append,
    )
    verdict = Row(named(classify(statement)).action, "statement", None, True, f"{role} may run it")
    try:
        planner.plan(statement, acting)
    except errors.Error as error:
        hint = f" ({error.hint})" if error.hint else ""
        verdict = verdict._replace(allowed=False, reason=f"{error.sqlstate}: {error.message}{hint}")
    decisions = dict.fromkeys(observed)
    shown = [decision for decision in decisions if decision.role == role or asker.acts_as(decision.role)]
    rows = [_decided(decision, role) for decision in shown]
    for holder, target, privilege in dict.fromkeys(item[:3] for item in shown if item.allowed):
        rows.extend(_shown(holder, target, privilege, acting))
    if len(shown) < len(decisions):
        others = sorted({decision.role for decision in decisions} - {decision.role for decision in shown})
        rows.append(
            Row(", ".join(others), "role", None, None, "views are read with the rights of their owner")
        )
    if acting.authority.superuser:
        rows.append(
            Row(role, "role", None, True, f"{role} is a superuser, who may do everything and sees all rows")
        )
    return [*dict.fromkeys(rows), verdict]


def permissions(target: Object, context: Context, role: str) -> list[Row]:
    """Return what a role may do with an object, and what it sees of it."""
    authority = Authority(context.described, role)
    rows: list[Row] = []
    if target.kind != "schema":
        rows.append(_asked(authority, target.within, "USAGE"))
    columns = [item.name.lower() for item in context.columns().get(target[1:], ())]
    for privilege in PRIVILEGES[target.kind]:
        rows.append(_asked(authority, target, privilege))
        if target.kind == "table" and privilege in COLUMN_PRIVILEGES and not rows[-1].allowed:
            rows.extend(_asked(authority, target, privilege, column) for column in columns)
    for privilege in _FILTERED if target.kind == "table" else ():
        rows.extend(_shown(role, target, privilege, context))
    return list(dict.fromkeys(rows))


def require_may_ask(asker: Authority, role: str) -> None:
    """Raise InsufficientPrivilege when one may not ask about a role: neither superuser nor a member of it."""
    if not asker.acts_as(role) and not asker.may_become(role):
        raise errors.InsufficientPrivilege(
            f'permission denied to ask what role "{role}" may do', hint="Only its members and superusers may."
        )


def _asked(authority: Authority, target: Object, privilege: str, column: str | None = None) -> Row:
    verdict = authority.may(target, privilege, column)
    decision = Decision(authority.role, target, privilege, column, verdict.allowed, verdict.reason)
    return _decided(decision, authority.role)


def _decided(decision: Decision, role: str) -> Row:
    target = decision.target
    reason = decision.reason if decision.role == role else f"as {decision.role}: {decision.reason}"
    if target is None:
        return Row(decision.privilege, "right", None, decision.allowed, reason)
    privilege = decision.privilege if decision.column is None else f"{decision.privilege} ({decision.column})"
    return Row(_name(target), target.kind, privilege, decision.allowed, reason)


def _shown(role: str, target: Object | None, privilege: str, context: Context) -> Iterator[Row]:
    """Yield the policies, masks and tags that hold for a table of which a privilege was asked."""
    if target is None or target.kind != "table" or privilege not in _FILTERED:
        return
    authority = Authority(context.described, role)
    yield from _policies(authority, target, privilege)
    tags, section = authority.catalog.tags.of(target), authority.catalog.row_security
    for tag, value in tags.items():
        if any(section.on(tag_object(tag))):
            yield Row(_name(target), "tag", None, None, _tag(tag, value))
    if privilege == "SELECT":
        yield from _masks(authority, target, context)


def _policies(authority: Authority, target: Object, command: str) -> Iterator[Row]:
    if not row_security.is_switched_on(authority, target):
        return
    if not row_security.is_secured(authority, target):
        above = "bypasses row security" if authority.bypasses_row_security else "owns the table"
        yield Row(_name(target), "policies", command, True, f"none holds: {authority.role} {above}")
        return
    policies = row_security.applicable(authority, target, command)
    for policy in policies:
        yield Row(f"{policy.name} on {policy.target.title}", "policy", command, None, _condition(policy))
    if not any(policy.permissive for policy in policies):
        yield Row(
            _name(target),
            "policies",
            command,
            False,
            "row security is on and no permissive policy is for this: no row",
        )


def _condition(policy: Policy) -> str:
    kind = "permissive" if policy.permissive else "restrictive"
    who = ", ".join("PUBLIC" if role == PUBLIC else role for role in policy.roles)
    using = f" USING ({policy.using})" if policy.using is not None else ""
    check = f" WITH CHECK ({policy.check})" if policy.check is not None else ""
    return f"{kind}, for {policy.command} to {who}:{using}{check}"


def _masks(authority: Authority, target: Object, context: Context) -> Iterator[Row]:
    section, tags = authority.catalog.masking, authority.catalog.tags
    found = masks.masks(authority, target, context.columns().get(target[1:], ()))
    for column, mask in found.items():
        if not authority.may(target, "SELECT", column):
            continue
        place, by = _name(target, column), "itself"
        if (target, column) not in section.columns:
            tag, value = next(item for item in tags.of(target, column).items() if item[0] in section.tags)
            yield Row(place, "tag", None, None, _tag(tag, value))
            by = f"tag {tag}"
        yield Row(place, "mask", "SELECT", None, f"{mask.policy.name}, by {by}: {mask.policy.body}")


def _tag(tag: str, value: str) -> str:
    return f"{tag} = {value!r}" if value else tag


def _name(target: Object, column: str | None = None) -> str:
    """Return an object's name as a message has it, without its kind."""
    name = target.title.removeprefix(f"{target.kind} ")
    return name if column is None else f"{name}.{column}"
