"""What the session's role may do, and what of the data it sees: the rule that rights, policies and masks come in by.

It runs when every name is bound and before anything is looked up outside the database. For a superuser it has work only
where a definition changes the catalog, a view belongs to somebody else, or a column is encrypted.
"""

from __future__ import annotations

from dataclasses import replace
from types import MappingProxyType
from typing import TYPE_CHECKING

from sqlglot import exp

from avila import errors
from avila.planner.dialect import nodes
from avila.planner.function_classes import PRAGMA_ALLOWED
from avila.planner.governance import listings, views
from avila.planner.governance.definitions import define
from avila.planner.governance.feeds import govern_feeds
from avila.planner.governance.fence import needs_fence
from avila.planner.governance.functions import READ_FILES, WRITE_FILES, check_functions
from avila.planner.governance.inserts import insert
from avila.planner.governance.marks import ROLE
from avila.planner.governance.merges import merge
from avila.planner.governance.names import STORES, object_of
from avila.planner.governance.read_columns import check_columns
from avila.planner.governance.reads import Reader
from avila.planner.governance.targets import Target, has_session_defaults
from avila.planner.governance.updates import delete, update
from avila.planner.plan import Kind
from avila.planner.rules.bind_tables import resolve, targets
from avila.planner.scope import tables
from avila.security import row_security

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from avila.catalog.changes import Change
    from avila.catalog.policies import Policy
    from avila.planner.plan import Context, Plan

_WRITERS: Mapping[type[exp.Expr], Callable[..., None]] = MappingProxyType(
    {exp.Insert: insert, exp.Update: update, exp.Delete: delete, exp.Merge: merge}
)


def govern(plan: Plan, context: Context) -> Plan:
    """Check the rights that a statement needs, and write what it reads and writes as the role sees it."""
    changes: tuple[Change, ...] = ()
    tree = plan.tree
    if plan.kind is Kind.DEFINITION:
        tree = tree.copy()
        changes = define(tree, context)
        plan = replace(plan, tree=tree, changes=changes)
    if not _concerns(tree, context):
        return plan
    tree = tree.copy()
    check_functions(tree, context, plan.statement.text)
    _check_statement(tree, context)
    if _defines_later(tree):
        return plan
    tree = _shown(_copied(tree), context)
    reader = Reader(context, plan.statement.text)
    skip = frozenset(map(id, targets(tree)))
    views.expand(tree, context.principal.current_user, context, reader.found, skip=skip)
    check_columns(tree, context, reader.found.partial, reader.statement)
    held = _policies(tree, context)
    simple = not any(map(_asks_others, held))
    reader.fenced = bool(held or reader.found.barriers) and needs_fence(tree, context, simple=simple)
    reader.fence_views()
    govern_feeds(tree, reader)
    _write(tree, context, reader)
    reader.govern(tree, skip=frozenset(map(id, targets(tree))))
    listings.govern_listings(tree, context, plan.statement.text)
    return replace(
        plan,
        tree=tree,
        touched=frozenset(reader.found.touched),
        hidden=dict(reader.found.hidden),
        changes=changes,
    )


def _concerns(tree: exp.Expr, context: Context) -> bool:
    """Whether there is anything to check or to write otherwise."""
    if not context.authority.superuser or context.described.encryption.columns:
        return True
    if isinstance(tree, exp.Insert) and has_session_defaults(tree, context):
        return True
    return not _defines_later(tree) and views.must_expand(tree, context)


def _defines_later(tree: exp.Expr) -> bool:
    """Whether a statement only keeps a query, whose rights are looked at when it runs."""
    return isinstance(tree, nodes.CreateMacro) or (
        isinstance(tree, exp.Create) and str(tree.args["kind"]).upper() == "VIEW"
    )


def _policies(tree: exp.Expr, context: Context) -> list[Policy | None]:
    """Return the row policies that hold in a statement; None for a table with row security and no policy."""
    section = context.described.row_security
    if not section.policies and not section.enabled:
        return []
    found: list[Policy | None] = []
    for table in tables(tree):
        relation = resolve(table, context) if isinstance(table.this, exp.Identifier) else None
        if relation is not None:
            role = table.meta.get(ROLE, context.principal.current_user)
            authority, target = context.authority_of(role), object_of(relation)
            if row_security.is_secured(authority, target):
                held = [
                    policy
                    for policy in row_security.every(authority, target)
                    if row_security.is_for(authority, policy)
                ]
                found.extend(held or [None])
    return found


def _asks_others(policy: Policy | None) -> bool:
    """Whether a policy's condition has a subquery."""
    texts = () if policy is None else (policy.using, policy.check)
    return any(text is not None and "select" in text.lower() for text in texts)


def _check_statement(tree: exp.Expr, context: Context) -> None:
    """Check what a statement needs besides rights on tables and functions."""
    authority = context.authority
    if isinstance(tree, nodes.Explain):
        if not authority.superuser:
            raise errors.InsufficientPrivilege(
                "permission denied for EXPLAIN",
                hint="A plan shows policies and statistics of hidden rows. EXPLAIN PERMISSION says what applies.",
            )
    elif isinstance(tree, nodes.PragmaStatement):
        if tree.this.name.lower() not in PRAGMA_ALLOWED:
            authority.require_superuser(f"PRAGMA {tree.this.name.lower()}")
    elif isinstance(tree, nodes.Call):
        authority.require_superuser("CALL what maintains the stores")
    elif isinstance(tree, nodes.AnalyzeTable):
        if tree.this is None:
            authority.require_member("pg_maintain", "ANALYZE every table")
    elif isinstance(tree, nodes.CopyStatement):
        if tree.args.get("is_from"):
            authority.require_member(READ_FILES, "COPY from a file")
        else:
            authority.require_member(WRITE_FILES, "COPY to a file")


def _copied(tree: exp.Expr) -> exp.Expr:
    """Return a statement in which COPY of a table to a file is COPY of a query, which can be written otherwise."""
    if (
        isinstance(tree, nodes.CopyStatement)
        and not tree.args.get("is_from")
        and isinstance(tree.this, exp.Table)
    ):
        columns = [exp.Column(this=name) for name in tree.args.get("columns") or ()]
        query = exp.Select(expressions=columns or [exp.Star()], from_=exp.From(this=tree.this))
        tree.set("columns", None)
        tree.set("this", exp.Subquery(this=query))
    return tree


def _shown(tree: exp.Expr, context: Context) -> exp.Expr:
    """Return a statement in which SHOW and its like are queries over what they show."""
    for node in [tree, *tree.find_all(nodes.ShowStatement)]:
        if not isinstance(node, nodes.ShowStatement):
            continue
        if isinstance(node.this, exp.Table):
            if str(node.args.get("words") or "") == "TABLES FROM":
                if context.authority.superuser:
                    continue
                raise errors.InsufficientPrivilege(
                    "only superusers may SHOW TABLES FROM",
                    hint="information_schema.tables lists what you may see.",
                )
            node.set("words", None)
            kind = str(node.args["kind"]).upper()
            node.set("kind", "DESCRIBE" if kind == "SHOW" else kind)
            node.set("this", exp.Select(expressions=[exp.Star()], from_=exp.From(this=node.this)))
        elif node.this is None and not context.authority.superuser:
            query = listings.listed(str(node.args.get("words") or "TABLES").upper(), context)
            if node is tree:
                return query
            node.replace(query)
    return tree


def _write(tree: exp.Expr, context: Context, reader: Reader) -> None:
    """Check rights on what is written, and write it as the role may."""
    for table in list(targets(tree)):
        relation = resolve(table, context)
        if relation is None or relation.temporary or relation.catalog not in STORES:
            if relation is not None and not relation.temporary:
                context.authority.require_superuser("write to attached databases")
            continue
        target = Target(table, relation, context, reader)
        reader.found.touched.add(relation)
        if type(tree) in _WRITERS:
            _WRITERS[type(tree)](tree, target)
        elif isinstance(tree, exp.TruncateTable):
            target.require("TRUNCATE")
        elif isinstance(tree, nodes.CopyStatement):
            listed = tree.args.get("columns") or []
            target.require("INSERT", [item.name for item in listed] or None)
            if target.secured or target.encrypted:
                what = "row-level security" if target.secured else "encrypted columns"
                raise errors.FeatureNotSupported(
                    f"COPY FROM is not supported with {what}",
                    hint="Use INSERT INTO … SELECT from the file instead.",
                )
        elif isinstance(tree, nodes.AnalyzeTable):
            target.require("MAINTAIN")
