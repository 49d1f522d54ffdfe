"""ATTACH and DETACH: files of the kernel's own format may come and go, the stores of the database may not."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from sqlglot import exp

from avila import errors
from avila.planner.dialect import nodes, position

if TYPE_CHECKING:
    from avila.planner.plan import Statement

RESERVED = frozenset({"native", "lake", "system", "temp", "memory", "avila"})
_OPTIONS = frozenset({"read_only", "readonly", "read_write", "type", "encryption_key", "block_size"})
_TYPES = frozenset({"", "duckdb"})
_SCHEME = re.compile(r"(?!file:|https?:|s3:)[a-z_]{2,}:", re.IGNORECASE)


def check_attachment(statement: Statement) -> None:
    """Refuse what would reach around the stores: their names, other kinds of databases, options that name paths."""
    tree = statement.tree
    if isinstance(tree, nodes.DetachDatabase):
        _check_name(tree.this.name, statement)
        return
    alias = tree.args.get("alias")
    if alias is not None:
        _check_name(alias.name, statement)
    target = tree.this.name if isinstance(tree.this, exp.Literal) else ""
    if _SCHEME.match(target):
        raise _refused(f"{target.partition(':')[0]}: databases cannot be attached", statement)
    for option in tree.expressions:
        name = option.this.name.lower()
        value = option.expression.name.lower() if option.args.get("expression") is not None else ""
        if name not in _OPTIONS or (name == "type" and value not in _TYPES):
            raise _refused(f"ATTACH does not take the option {name.upper()} {value}".rstrip(), statement)


def _check_name(name: str, statement: Statement) -> None:
    if name.lower() in RESERVED or name.startswith("__"):
        raise errors.StatementNotAllowed(
            f"{name} is a name that Avila keeps for itself",
            statement=statement.text,
            position=position(statement.tree),
        )


def _refused(what: str, statement: Statement) -> errors.StatementNotAllowed:
    return errors.StatementNotAllowed(
        what, hint="Files of the kernel's own format can be attached by their path.", statement=statement.text
    )
