"""The roles that a statement names, and the words that stand for one."""

from __future__ import annotations

from typing import TYPE_CHECKING

from avila import errors
from avila.catalog.role_changes import RESERVED, known
from avila.catalog.roles import PUBLIC

if TYPE_CHECKING:
    from collections.abc import Iterable

    from sqlglot import exp

    from avila.executor import Executor


def is_word(node: exp.Expr, *words: str) -> bool:
    """Whether a name is one of these words, rather than a role that is called so."""
    return not node.args.get("quoted") and node.name.lower() in words


def new_name(node: exp.Expr) -> str:
    """Return the name for a role that is to be made; ReservedName for a word that stands for roles."""
    if is_word(node, "current_user", "current_role", "session_user"):
        raise errors.ReservedName(f"{node.name.upper()} cannot be used as a role name here")
    return written_name(node)


def written_name(node: exp.Expr) -> str:
    """Return a name as PostgreSQL reads it: folded, unless in quotes."""
    name: str = node.name
    return name if node.args.get("quoted") else name.lower()


def role(executor: Executor, node: exp.Expr) -> str:
    """Return the role that a name means; UndefinedObject when there is none."""
    if is_word(node, "current_user", "current_role"):
        return executor.principal.current_user
    if is_word(node, "session_user"):
        return executor.principal.session_user
    name = written_name(node)
    if name in RESERVED - {PUBLIC}:
        raise errors.ReservedName(f'role name "{name}" is reserved')
    return known(executor.described(), name).name


def grantee(executor: Executor, node: exp.Expr) -> str:
    """Return the role that a name means, where PUBLIC may stand too."""
    return PUBLIC if is_word(node, PUBLIC) else role(executor, node)


def roles(executor: Executor, nodes: Iterable[exp.Expr]) -> list[str]:
    """Return the roles that names mean, each once."""
    return list(dict.fromkeys(role(executor, node) for node in nodes))


def grantees(executor: Executor, nodes: Iterable[exp.Expr]) -> list[str]:
    """Return the roles that names mean, where PUBLIC may stand too, each once."""
    return list(dict.fromkeys(grantee(executor, node) for node in nodes))
