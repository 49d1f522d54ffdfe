"""SET and DROP ENCRYPTION: a column's values are rewritten in their place, encrypted or as they were.

Who owns the table decides. The kernel rewrites the column and keeps its place in the table; that cannot be replayed
from the log, so it is in the file before the statement ends, and cannot run inside a transaction.
"""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from typing import TYPE_CHECKING

from sqlglot import exp

from avila import errors
from avila.catalog.encryption import (
    DEFAULT_KEY,
    DETERMINISTIC,
    RANDOMIZED,
    EncryptedColumn,
    SetColumnEncryption,
    SetTagEncryption,
    known_key,
)
from avila.catalog.names import Object
from avila.catalog.tags import known_tag
from avila.commands import objects
from avila.commands.encryption_keys import outside, run, writing
from avila.kernel.arrow_answer import ArrowAnswer
from avila.planner.dialect import generate
from avila.planner.plan import Kind, Plan, Statement
from avila.security.columns import subjects
from avila.security.columns.rewriting import check_type, conceal, reveal
from avila.storage.stores import NATIVE

if TYPE_CHECKING:
    from avila.executor import Executor, Parameters
    from avila.kernel.base import Answer

_CONSTRAINTS = """
SELECT constraint_type, constraint_column_names FROM duckdb_constraints()
WHERE constraint_type <> 'NOT NULL' AND lower(database_name) = ? AND lower(schema_name) = ? AND lower(table_name) = ?
"""
_INDEXES = """
SELECT index_name FROM duckdb_indexes()
WHERE lower(database_name) = ? AND lower(schema_name) = ? AND lower(table_name) = ?
"""


@dataclass(frozen=True)
class Wish:
    """How a column shall be encrypted."""

    mode: str
    key: str = DEFAULT_KEY
    subject: str | None = None

    @classmethod
    def read(cls, tree: exp.Expr) -> Wish:
        """Return what a statement asks for."""
        key, subject = tree.args.get("key"), tree.args.get("subject")
        return cls(
            tree.args.get("mode") or RANDOMIZED,
            DEFAULT_KEY if key is None else key.name.lower(),
            None if subject is None else subject.name.lower(),
        )


def set_(executor: Executor, plan: Plan, parameters: Parameters) -> Answer:  # noqa: ARG001
    """Carry out ALTER TABLE … ALTER COLUMN … SET ENCRYPTION, or ALTER TAG … SET ENCRYPTION."""
    wish = Wish.read(plan.tree)
    outside(executor, "SET ENCRYPTION")
    if plan.tree.args["kind"] == "TAG":
        _set_tag(executor, plan.tree, wish)
        return ArrowAnswer.empty()
    target = _table(executor, plan.tree)
    if target is not None:
        column = objects.column(executor, target, plan.tree.args["column"].this)
        _rewrite(executor, plan.tree, target, _change(executor, target, column, wish))
    return ArrowAnswer.empty()


def drop(executor: Executor, plan: Plan, parameters: Parameters) -> Answer:  # noqa: ARG001
    """Carry out ALTER TABLE … ALTER COLUMN … DROP ENCRYPTION, or ALTER TAG … DROP ENCRYPTION.

    A tag that asks for it no more leaves the columns that carry it as they are.
    """
    tree = plan.tree
    if tree.args["kind"] == "TAG":
        executor.require_superuser("encrypt by tag")
        if not _absent(executor, tree):
            executor.change(SetTagEncryption(tree.this.name.lower()))
        return ArrowAnswer.empty()
    outside(executor, "DROP ENCRYPTION")
    target = _table(executor, tree)
    if target is not None:
        column = objects.column(executor, target, tree.args["column"].this)
        if column not in executor.described().encryption.of(target):
            raise errors.UndefinedObject(f"column {column} of {target.title} is not encrypted")
        _rewrite(executor, plan.tree, target, SetColumnEncryption(target, column))
    return ArrowAnswer.empty()


def encrypt_tagged(executor: Executor, tree: exp.Expr, target: Object, column: str, tag: str) -> None:
    """Encrypt a column that is to carry a tag, when the tag asks for it and the column is not encrypted yet."""
    section = executor.described().encryption
    how = section.tags.get(tag)
    if how is None or column in section.of(target):
        return
    outside(executor, f"SET TAG {tag}, which encrypts the column,")
    change = _change(executor, target, column, Wish(how.mode, how.key, how.subject))
    _rewrite(executor, tree, target, change)


def _set_tag(executor: Executor, tree: exp.Expr, wish: Wish) -> None:
    """Encrypt every column that carries a tag now; nothing is rewritten when one of them cannot be."""
    executor.require_superuser("encrypt by tag")
    if _absent(executor, tree):
        return
    tag = tree.this.name.lower()
    known_tag(executor.described(), tag)
    known_key(executor.described(), wish.key)
    changes = [
        (target, _change(executor, target, column, wish))
        for (target, column), tags in executor.described().tags.places.items()
        if column is not None and tag in tags and target.kind == "table"
    ]
    for target, change in changes:
        _rewrite(executor, tree, target, change)
    executor.change(SetTagEncryption(tag, wish.mode, wish.key, wish.subject))


def _absent(executor: Executor, tree: exp.Expr) -> bool:
    """Whether a tag is not there, and IF EXISTS allows that."""
    return bool(tree.args.get("exists")) and tree.this.name.lower() not in executor.described().tags.allowed


def _table(executor: Executor, tree: exp.Expr) -> Object | None:
    """Return the table that is altered, of which the role must be the owner; None when IF EXISTS allows that."""
    try:
        found = objects.relation(executor, tree.this)
    except errors.UndefinedTable:
        if tree.args.get("exists"):
            return None
        raise
    target = Object.table(*found.key)
    executor.authority.require_owner(target)
    if found.kind == "view":
        raise errors.WrongObjectType(
            f'"{found.name}" is a view', hint="Encrypt the column of the table that it reads."
        )
    return target


def _change(executor: Executor, target: Object, column: str, wish: Wish) -> SetColumnEncryption:
    """Return the change that encrypts a column; an error when it cannot be encrypted so."""
    if target.catalog != NATIVE:
        raise errors.FeatureNotSupported(
            f"{target.title} is in {target.catalog}, and only columns of the native store are encrypted by value",
            hint="The lake's files are encrypted as a whole, and its snapshots would keep the values readable.",
        )
    encrypted = executor.described().encryption.of(target)
    known = executor.context().columns()[target.catalog, target.schema, target.name]
    defined = next(found for found in known if found.name.lower() == column)
    type_ = encrypted[column].type if column in encrypted else defined.type
    check_type(type_, deterministic=wish.mode == DETERMINISTIC)
    if defined.default is not None and column not in encrypted:
        raise errors.FeatureNotSupported(
            f"column {column} has a default, which would not be encrypted",
            hint=f"ALTER TABLE … ALTER COLUMN {column} DROP DEFAULT first.",
        )
    if any(how.subject == column for how in encrypted.values()):
        raise errors.DependentObjectsStillExist(
            f"column {column} names the subject of encrypted columns, so it must be readable",
            hint="Encrypt those without it first.",
        )
    _check_constraints(executor, target, column)
    subject_type = _subject_type(executor, target, column, wish)
    label = "" if wish.mode == DETERMINISTIC else secrets.token_hex(4)
    return SetColumnEncryption(target, column, wish.mode, type_, wish.key, label, wish.subject, subject_type)


def _check_constraints(executor: Executor, target: Object, column: str) -> None:
    """Raise when an index or a constraint needs the values of a column."""
    names = [target.catalog, target.schema, target.name]
    for kind, columns in executor.connection.run(_CONSTRAINTS, names).fetchall():
        if column in {name.lower() for name in columns}:
            raise errors.DependentObjectsStillExist(
                f"column {column} has a {kind} constraint, which could not be checked on encrypted values",
                hint="Constraints other than NOT NULL must go before the column is encrypted.",
            )
    for (index,) in executor.connection.run(_INDEXES, names).fetchall():
        raise errors.DependentObjectsStillExist(
            f"index {index} is on {target.title}, and the kernel rewrites no column of a table with indexes",
            hint=f"DROP INDEX {index}, and make it again afterwards unless it is on column {column}.",
        )


def _subject_type(executor: Executor, target: Object, column: str, wish: Wish) -> str:
    """Return the type of the column that names the subject; an error when it cannot name one."""
    if wish.subject is None:
        return "VARCHAR"
    if wish.mode == DETERMINISTIC:
        raise errors.InvalidParameterValue(
            "values under the keys of their subjects cannot be DETERMINISTIC",
            hint="Equal values of two persons would differ; leave SUBJECT out, or encrypt RANDOMIZED.",
        )
    if wish.subject == column:
        raise errors.InvalidParameterValue(f"column {column} cannot be its own subject")
    encrypted = executor.described().encryption.of(target)
    subject = objects.column(executor, target, exp.to_identifier(wish.subject))
    if subject in encrypted:
        raise errors.InvalidParameterValue(f"the subject's column {subject} is encrypted itself")
    type_ = objects.columns(executor, target)[subject]
    check_type(type_, subject=True)
    return type_


def _rewrite(executor: Executor, tree: exp.Expr, target: Object, change: SetColumnEncryption) -> None:
    """Have the kernel rewrite a column, in one transaction with what the catalog learns of it."""
    described = executor.described()
    now = described.encryption.of(target).get(change.column)
    column = exp.column(exp.to_identifier(change.column, quoted=True))
    value = column if now is None else reveal(column, now)
    type_ = now.type if now is not None and change.mode is None else "BLOB"
    if change.mode is not None:
        how = change.apply(described).encryption.of(target)[change.column]
        value = conceal(value, how, _subject(how))
        if how.subject is not None:
            with writing(executor):
                run(executor, *subjects.DEFINITIONS)
                executor.knowledge.publish()
    table = exp.table_(target.name, target.schema, target.catalog, quoted=True)
    executor.run(
        Plan(
            Statement(generate(tree), tree),
            tree,
            Kind.DEFINITION,
            returns_rows=False,
            writes=frozenset({NATIVE}),
            changes=(change,),
            alters=True,
            sql=f"ALTER TABLE {generate(table)} ALTER COLUMN {generate(column)} "
            f"SET DATA TYPE {type_} USING ({generate(value)})",
        )
    )


def _subject(how: EncryptedColumn) -> exp.Expr | None:
    return None if how.subject is None else exp.column(exp.to_identifier(how.subject, quoted=True))
