"""CREATE, ALTER, DROP: who may, and what the catalog must learn with it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlglot import exp

from avila import errors
from avila.catalog.grant_changes import SetOwner
from avila.catalog.names import Object
from avila.catalog.object_changes import ForgetColumn, ForgetObject, RenameColumn, RenameObject
from avila.catalog.role_changes import known
from avila.catalog.views import SetViewOptions
from avila.planner.dialect import nodes, parse_expression
from avila.planner.governance.encrypted_definitions import check_encrypted
from avila.planner.governance.kept_names import dropped_with, renamed_texts
from avila.planner.governance.names import new_object, object_of, schema_of
from avila.planner.governed import GRAMMAR
from avila.planner.rules.bind_tables import resolve

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from avila.catalog.changes import Change
    from avila.planner.plan import Context

_CREATED: Mapping[type[exp.Expr], str] = {
    nodes.CreateType: "type",
    nodes.CreateMacro: "function",
    nodes.CreateSequence: "sequence",
}
_KERNEL_TYPES = frozenset({"json", "geometry", "variant", "inet"})
"""Types of the kernel's extensions, which a user's type of the name would stand before."""
_DROPPED = {
    "TABLE": "table", "VIEW": "table", "SCHEMA": "schema", "SEQUENCE": "sequence", "TYPE": "type",
    "MACRO": "function", "FUNCTION": "function", "MACRO TABLE": "function", "INDEX": "index",
}  # fmt: skip


def define(tree: exp.Expr, context: Context) -> tuple[Change, ...]:
    """Check the rights that a definition needs, and return what the catalog must learn with it."""
    check_encrypted(tree, context)
    if isinstance(tree, nodes.CommentOn):
        _check_comment(tree, context)
        return ()
    if isinstance(tree, exp.Drop):
        return tuple(_drop(tree, context))
    if isinstance(tree, exp.Alter):
        return tuple(_alter(tree, context))
    if isinstance(tree, exp.Create) and str(tree.args["kind"]).upper() == "INDEX":
        indexed = tree.this.args["table"]
        _check_owner(indexed, context)
        if (relation := resolve(indexed, context)) is not None and not relation.temporary:
            context.authority.require(object_of(relation).within, "CREATE")
        return ()
    if isinstance(tree, exp.Create) and str(tree.args["kind"]).upper() == "SCHEMA":
        return tuple(_create_schema(tree, context))
    if isinstance(tree, exp.Create):
        return tuple(_create_table(tree, context))
    if type(tree) in _CREATED:
        _check_name(tree, context)
        return tuple(_created(_CREATED[type(tree)], tree.this, tree, context))
    context.authority.require_superuser("attach and detach databases")
    return ()


def _create_table(tree: exp.Create, context: Context) -> Iterator[Change]:
    table = tree.this.this if isinstance(tree.this, exp.Schema) else tree.this
    options = _view_options(tree)
    for reference in tree.find_all(exp.Reference):
        for other in reference.find_all(exp.Table):
            relation = resolve(other, context)
            if relation is not None and relation.name.lower() != table.name.lower():
                context.authority.require(object_of(relation), "REFERENCES")
    yield from _created("table", table, tree, context)
    if options and not _is_temporary(tree):
        yield SetViewOptions(new_object("table", table, context), **options)


def _view_options(tree: exp.Create) -> dict[str, bool]:
    """Take a view's options out of the statement: they are Avila's, and the kernel knows none."""
    properties = tree.args.get("properties")
    found: dict[str, bool] = {}
    for item in list(properties.expressions) if properties is not None else ():
        if not isinstance(item, nodes.ViewOptions):
            continue
        for option in item.expressions:
            found[view_option(option)] = option_value(option)
        item.pop()
    if properties is not None and not properties.expressions:
        tree.set("properties", None)
    return found


def view_option(option: exp.Expr) -> str:
    """Return the name of a view's option; InvalidParameterValue when there is none of that name."""
    name = str(option.this.name).lower()
    if name not in {"security_invoker", "security_barrier"}:
        raise errors.InvalidParameterValue(f'unrecognized parameter "{name}"')
    return name


def option_value(option: exp.Expr) -> bool:
    """Return whether a view's option is switched on."""
    value = option.args.get("expression")
    return value is None or str(value.name or value.this).lower() in {"true", "on", "1", "yes"}


def _created(kind: str, table: exp.Table, tree: exp.Expr, context: Context) -> Iterator[Change]:
    authority = context.authority
    if _is_temporary(tree):
        authority.require(Object("database", "native"), "TEMPORARY")
        return
    place = schema_of(table, context)
    authority.require(place, "USAGE")
    authority.require(place, "CREATE")
    target = new_object(kind, table, context)
    existing = context.relations.get(target[1:]) if kind == "table" else None
    if existing is not None:
        if tree.args.get("replace"):
            authority.require_owner(target)
        return
    if tree.args.get("replace") and context.described.grants.owners.get(target) is not None:
        authority.require_owner(target)
        return
    yield from _owned(target, context)


def _owned(target: Object, context: Context) -> Iterator[Change]:
    described = context.described
    if described.knows(target):
        yield ForgetObject(target)
    role = context.principal.current_user
    if not context.authority.superuser or described.grants.defaults or described.grants.default_withdrawn:
        yield SetOwner(target, role, created=True)


def _create_schema(tree: exp.Create, context: Context) -> Iterator[Change]:
    properties = tree.args.get("properties")
    owner: str | None = None
    for item in list(properties.expressions) if properties is not None else ():
        if isinstance(item, nodes.SchemaOwner):
            owner = item.this.name.lower()
            owner = context.principal.current_user if owner in {"current_user", "current_role"} else owner
            known(context.described, owner)
            if item.args.get("alone"):
                tree.this.set("db", exp.to_identifier(owner, quoted=True))
            item.pop()
    if properties is not None and not properties.expressions:
        tree.set("properties", None)
    place = _schema(tree.this, context)
    context.authority.require(Object("database", place.catalog), "CREATE")
    if owner is not None:
        if not context.authority.acts_as(owner):
            raise errors.InsufficientPrivilege(f'must be able to SET ROLE "{owner}"')
        yield SetOwner(place, owner, created=True)
    elif not context.authority.superuser:
        yield SetOwner(place, context.principal.current_user, created=True)


def _drop(tree: exp.Drop, context: Context) -> Iterator[Change]:
    kind = _DROPPED.get(str(tree.args["kind"]).upper())
    if kind is None:
        context.authority.require_superuser(f"DROP {tree.args['kind']}")
        return
    for table in tree.args["tables"]:
        if kind == "schema":
            target = _schema(table, context)
        elif kind == "table":
            relation = resolve(table, context)
            if relation is None or relation.temporary:
                continue
            target = object_of(relation)
        else:
            target = new_object(kind, table, context)
        authority = context.authority
        if kind == "index":
            # An index says nothing of its table here, so who owns the schema may drop it.
            authority.require_owner(target.within)
            continue
        # Who owns the schema may drop what lies in it.
        within = kind != "schema" and authority.owns(target.within)
        authority.require_owner(target.within if within else target)
        if kind in {"table", "schema"}:
            cascade = bool(tree.args.get("cascade"))
            yield from dropped_with(context.described, target, cascade=cascade)
        if context.described.knows(target):
            yield ForgetObject(target)


def _alter(tree: exp.Alter, context: Context) -> Iterator[Change]:
    kind = str(tree.args["kind"]).upper()
    if kind == "SEQUENCE":
        context.authority.require_owner(new_object("sequence", tree.this, context))
        return
    relation = resolve(tree.this, context)
    if relation is None:
        if kind not in {"TABLE", "VIEW"}:
            context.authority.require_superuser(f"ALTER {kind}")
        return
    if relation.temporary:
        return
    target = object_of(relation)
    context.authority.require_owner(target)
    for action in tree.args["actions"]:
        yield from _altered(action, target, context)


def _altered(action: exp.Expr, target: Object, context: Context) -> Iterator[Change]:
    known_here = context.described.knows(target)
    if isinstance(action, exp.AlterRename):
        yield from _moved(target, target._replace(name=action.this.name.lower()), context)
    elif isinstance(action, nodes.SetSchema):
        place = Object("schema", target.catalog, action.this.name.lower())
        context.authority.require(place, "CREATE")
        yield from _moved(target, target._replace(schema=place.schema), context)
    elif isinstance(action, nodes.RenameTo):
        column = action.this.name.lower()
        _check_unused(target, column, context)
        if known_here:
            yield RenameColumn(target, column, action.expression.name.lower())
    elif isinstance(action, nodes.DropColumn):
        column = action.this.name.lower()
        _check_unused(target, column, context)
        if known_here:
            yield ForgetColumn(target, column)


def _moved(old: Object, new: Object, context: Context) -> Iterator[Change]:
    if context.described.knows(old):
        yield RenameObject(old, new)
    yield from renamed_texts(context.described, old, new)


def _check_unused(target: Object, column: str, context: Context) -> None:
    """Raise DependentObjectsStillExist when a policy, or the mask of another column, goes by a column."""
    for policy in context.described.row_security.on(target):
        for text in (policy.using, policy.check):
            if text is not None and any(
                node.name.lower() == column for node in parse_expression(text).find_all(exp.Column)
            ):
                raise errors.DependentObjectsStillExist(
                    f'column "{column}" of {target.title} is used by policy {policy.name}',
                    hint=f"DROP POLICY {policy.name} first, and create it anew.",
                )
    for (table, masked), (name, takes) in context.described.masking.columns.items():
        if table == target and masked != column and column in takes:
            raise errors.DependentObjectsStillExist(
                f'column "{column}" of {target.title} is used by the mask {name} of column "{masked}"'
            )


def _check_comment(tree: exp.Expr, context: Context) -> None:
    this = tree.this
    if isinstance(this, exp.Column):
        parts = [part.copy() for part in this.parts[:-1]]
        this = exp.Table(this=parts[-1], **dict(zip(("db", "catalog"), reversed(parts[:-1]), strict=False)))
    if isinstance(this, exp.Table) and isinstance(this.this, exp.Identifier):
        _check_owner(this, context)
    else:
        context.authority.require_superuser("comment on this")


def _check_owner(table: exp.Table, context: Context) -> None:
    relation = resolve(table, context)
    if relation is not None and not relation.temporary:
        context.authority.require_owner(object_of(relation))
    elif relation is None:
        context.authority.require_superuser("define something about what is no table")


def _check_name(tree: exp.Expr, context: Context) -> None:
    """Refuse functions that would stand before the kernel's own, with which rules and policies are written."""
    name = tree.this.name.lower()
    if isinstance(tree, nodes.CreateMacro) and (
        name in context.functions.kernel or name in GRAMMAR or not name.isidentifier()
    ):
        raise errors.ReservedName(
            f'function "{name}" is the kernel\'s, and cannot be made anew', hint="Give it another name."
        )
    if isinstance(tree, nodes.CreateType) and name in _KERNEL_TYPES:
        raise errors.ReservedName(f'type "{name}" is the kernel\'s', hint="Give it another name.")


def _schema(table: exp.Table, context: Context) -> Object:
    catalog = table.catalog.lower() or context.catalog.lower()
    return Object("schema", catalog, table.db.lower())


def _is_temporary(tree: exp.Expr) -> bool:
    properties = tree.args.get("properties")
    return bool(tree.args.get("temporary")) or (
        properties is not None
        and any(isinstance(item, exp.TemporaryProperty) for item in properties.expressions)
    )
