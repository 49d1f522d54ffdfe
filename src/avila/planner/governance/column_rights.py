"""Whether a statement names a column that the role may not read, found out by resolving names as the kernel would.

The kernel would find out only when it computes the column of a row; this way a statement is refused whatever the rows.
What cannot be told here (a name that may be of a source whose columns are not known) is left to the kernel.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from sqlglot import exp

from avila import errors
from avila.planner.dialect import nodes, position

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    Names = frozenset[str]
    Columns = Callable[[exp.Table], "Names | None"]

_SCOPES = (exp.Select, exp.Update, exp.Delete, exp.Insert, exp.Merge)
_EXCLUDED = "excluded"


@dataclass(frozen=True)
class Partial:
    """A table or view of which a role may read some columns: which ones not, and all that it has."""

    title: str
    hidden: Names
    columns: Names


@dataclass(frozen=True)
class _Source:
    alias: str
    columns: Names | None
    partial: Partial | None


class ColumnRights:
    """The check of one statement, its views expanded.

    ``partial`` holds the tables and views that may be read in part, by the identity of their nodes; ``columns`` tells
    the columns of a table, or None when they are not known.
    """

    def __init__(self, tree: exp.Expr, partial: Mapping[int, Partial], columns: Columns, text: str) -> None:
        self._tree = tree
        self._partial = partial
        self._columns = columns
        self._text = text

    def check(self) -> None:
        """Raise InsufficientPrivilege for a column that is named and may not be read."""
        written = {id(part) for part in _written(self._tree)}
        for column in self._tree.find_all(exp.Column):
            if isinstance(column.this, exp.Identifier) and id(column) not in written:
                self._check(column)
        for join in self._tree.find_all(exp.Join):
            for name in join.args.get("using") or ():
                self._check_shared(join, name)

    def _check(self, column: exp.Column) -> None:
        name, qualifier = column.name.lower(), column.table.lower()
        if qualifier == _EXCLUDED:
            return
        child: exp.Expr = column
        scope = column.parent
        while scope is not None:
            if isinstance(scope, _SCOPES) and not isinstance(scope.parent, exp.When):
                if _is_alias(column, child, scope, name):
                    return
                sources = list(self._sources(scope))
                if qualifier:
                    found = [source for source in sources if source.alias == qualifier]
                else:
                    found = [source for source in sources if source.columns is None or name in source.columns]
                if found:
                    self._judge(column, name, found)
                    return
            child, scope = scope, scope.parent

    def _judge(self, column: exp.Expr, name: str, found: list[_Source]) -> None:
        if len(found) == 1 and found[0].partial is not None and name in found[0].partial.hidden:
            raise self._denied(found[0].partial, name, column)

    def _check_shared(self, join: exp.Join, name: exp.Expr) -> None:
        scope = join.find_ancestor(*_SCOPES)
        for source in self._sources(scope) if scope is not None else ():
            if source.partial is not None and name.name.lower() in source.partial.hidden:
                raise self._denied(source.partial, name.name.lower(), name)

    def _sources(self, scope: exp.Expr) -> Iterator[_Source]:
        for node in _read(scope):
            alias = str(node.alias or node.name).lower()
            partial = self._partial.get(id(node))
            columns = partial.columns if partial is not None else self._names(node)
            yield _Source(alias, columns, partial)

    def _names(self, node: exp.Expr) -> Names | None:
        """Return the names of a source's columns, or None when they are not known."""
        alias = node.args.get("alias")
        if isinstance(alias, exp.TableAlias) and alias.args.get("columns"):
            return frozenset(item.name.lower() for item in alias.args["columns"])
        if isinstance(node, exp.Table):
            return self._columns(node)
        query = node.this if isinstance(node, exp.Subquery) else None
        while isinstance(query, exp.SetOperation | exp.Subquery):
            query = query.this
        if not isinstance(query, exp.Select):
            return None
        names: set[str] = set()
        for item in query.expressions:
            if isinstance(item, exp.Alias) or (
                isinstance(item, exp.Column) and isinstance(item.this, exp.Identifier)
            ):
                names.add(item.alias_or_name.lower())
            elif any(item.find_all(exp.Star, exp.Columns)):
                return None
        return frozenset(names)

    def _denied(self, partial: Partial, name: str, node: exp.Expr) -> errors.InsufficientPrivilege:
        return errors.InsufficientPrivilege(
            f"permission denied for table {partial.title}",
            hint=f"Nobody granted SELECT ({name}) to this role, to a role it inherits from, or to PUBLIC.",
            statement=self._text,
            position=position(node),
        )


def _read(scope: exp.Expr) -> Iterator[exp.Expr]:
    """Yield what a statement reads from directly, and the table it writes."""
    if isinstance(scope, exp.Insert | exp.Update | exp.Delete | exp.Merge):
        target = scope.this.this if isinstance(scope.this, exp.Schema) else scope.this
        yield target
    for part in (scope.args.get("from_"), scope.args.get("using")):
        for node in part if isinstance(part, list) else [part]:
            if node is not None:
                yield from _joined(node.this if isinstance(node, exp.From) else node)
    for join in scope.args.get("joins") or ():
        yield from _joined(join.this)


def _joined(node: exp.Expr) -> Iterator[exp.Expr]:
    """Yield a source and those that are joined to it inside parentheses."""
    if isinstance(node, exp.Subquery) and isinstance(node.this, exp.Table | exp.Subquery) and not node.alias:
        yield from _joined(node.this)
    else:
        yield node
    for join in node.args.get("joins") or ():
        yield from _joined(join.this)


def _is_alias(column: exp.Column, child: exp.Expr, scope: exp.Expr, name: str) -> bool:
    """Whether a name in ORDER BY is what the SELECT list calls something."""
    if column.table or not isinstance(scope, exp.Select) or not isinstance(child, exp.Order):
        return False
    return any(isinstance(item, exp.Alias) and item.alias.lower() == name for item in scope.expressions)


def _written(tree: exp.Expr) -> Iterator[exp.Expr]:
    """Yield the columns that are set rather than read."""
    for node in tree.find_all(exp.Update, exp.OnConflict):
        for item in node.expressions:
            if isinstance(item, exp.EQ):
                yield from item.this.find_all(exp.Column)
    for node in tree.find_all(nodes.CopyStatement):
        yield from node.args.get("columns") or ()
