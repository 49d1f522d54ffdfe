"""Which tables and functions a tree names, once the names of its WITH clauses are set apart."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlglot import exp

if TYPE_CHECKING:
    from collections.abc import Iterator

Names = frozenset[str]


def tables(tree: exp.Expr) -> Iterator[exp.Table]:
    """Yield every Table that names something outside the statement, in the order of the text."""
    yield from _walk(tree, frozenset())


def _walk(node: exp.Expr, hidden: Names) -> Iterator[exp.Table]:
    with_ = node.args.get("with_")
    if isinstance(with_, exp.With):
        recursive = bool(with_.args.get("recursive"))
        for cte in with_.expressions:
            name = cte.alias.lower()
            # A plain CTE does not see itself: its own name inside it is the table of that name.
            yield from _walk(cte, hidden | {name} if recursive else hidden)
            hidden |= {name}
    if isinstance(node, exp.Table) and not _is_hidden(node, hidden):
        yield node
    for child in node.iter_expressions():
        if child is not with_:
            yield from _walk(child, hidden)


def _is_hidden(table: exp.Table, hidden: Names) -> bool:
    return (
        not table.db
        and not table.catalog
        and isinstance(table.this, exp.Identifier)
        and table.name.lower() in hidden
    )


def calls(tree: exp.Expr) -> Iterator[exp.Expr]:
    """Yield every call of a function by name."""
    for node in tree.walk():
        if isinstance(node, exp.Anonymous | exp.AnonymousAggFunc):
            yield node
