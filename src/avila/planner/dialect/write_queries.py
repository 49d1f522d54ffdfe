"""Writing queries and what stands in FROM."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlglot import exp

from avila.planner.dialect.queries import FROM_FIRST
from avila.planner.dialect.tables import PREFIXED
from avila.planner.dialect.write_expressions import ExpressionWriter

if TYPE_CHECKING:
    from avila.planner.dialect import nodes

_CLAUSES = ("joins", "where", "group", "having", "windows", "qualify", "sample")


class QueryWriter(ExpressionWriter):
    """Writes queries."""

    # --- queries ---

    def select_sql(self, expression: exp.Select) -> str:
        """Write a SELECT, FROM first if it was so."""
        items = expression.expressions
        source = self.sql(expression, "from_") + self._joins(expression)
        distinct = self.sql(expression, "distinct")
        listed = " ".join(part for part in ("SELECT", distinct, self.listed(expression)) if part)
        if expression.meta.get(FROM_FIRST) and source:
            implicit = len(items) == 1 and items[0].meta.get(FROM_FIRST) and not distinct
            bare = not any(expression.args.get(key) for key in _CLAUSES)
            if implicit and bare and expression.meta[FROM_FIRST] == "TABLE":
                source = f"TABLE {source.removeprefix('FROM ')}"
            words = [source, "" if implicit else listed]
        else:
            words = [listed, source]
        for key in ("where", "group", "having"):
            words.append(self.sql(expression, key))
        if windows := expression.args.get("windows"):
            words.append(f"WINDOW {', '.join(self.sql(window) for window in windows)}")
        words.append(self.sql(expression, "qualify"))
        if sample := expression.args.get("sample"):
            words.append(f"USING SAMPLE {self.sql(sample)}")
        return self._queried(expression, " ".join(word.strip() for word in words if word))

    def _queried(self, expression: exp.Expr, body: str) -> str:
        """Put WITH before a query and ORDER BY, LIMIT and OFFSET behind it."""
        offset = expression.args.get("offset")
        tail = (
            ("order", "offset", "limit")
            if offset and offset.meta.get("first")
            else ("order", "limit", "offset")
        )
        words = [self.sql(expression, "with_"), body]
        words += [self.sql(expression, key).strip() for key in tail]
        return " ".join(word for word in words if word)

    def set_operations(self, expression: exp.SetOperation) -> str:
        """Write set operations from the last to the first; a side that would be read otherwise is wrapped."""
        pieces: list[str] = []
        node: exp.SetOperation = expression
        while True:
            tight = isinstance(node, exp.Intersect)
            left, right = node.this, node.expression
            wrap = _modified(right) or (
                isinstance(right, exp.SetOperation) and (tight or not isinstance(right, exp.Intersect))
            )
            pieces.append(f" {_set_words(node)} {self._maybe_wrapped(right, wrap)}")
            wrap = _modified(left) or (tight and isinstance(left, (exp.Union, exp.Except)))
            if wrap or not isinstance(left, exp.SetOperation):
                pieces.append(self._maybe_wrapped(left, wrap))
                return self._queried(expression, "".join(reversed(pieces)))
            node = left

    def union_sql(self, expression: exp.Union) -> str:
        """Write UNION."""
        return self.set_operations(expression)

    def except_sql(self, expression: exp.Except) -> str:
        """Write EXCEPT."""
        return self.set_operations(expression)

    def intersect_sql(self, expression: exp.Intersect) -> str:
        """Write INTERSECT."""
        return self.set_operations(expression)

    def subquery_sql(self, expression: exp.Subquery, sep: str = " AS ") -> str:
        """Write a parenthesised query or join."""
        del sep
        inside = self.sql(expression, "this")
        return self._sourced(expression, f"({inside})")

    def with_sql(self, expression: exp.With) -> str:
        """Write WITH."""
        recursive = " RECURSIVE" if expression.args.get("recursive") else ""
        return f"WITH{recursive} {self.listed(expression)}"

    def cte_sql(self, expression: exp.CTE) -> str:
        """Write a common table expression."""
        words = [self.sql(expression, "alias")]
        if keys := expression.args.get("key_expressions"):
            words.append(f"USING KEY ({', '.join(self.sql(key) for key in keys)})")
        words.append("AS")
        materialized = expression.args.get("materialized")
        if materialized is not None:
            words.append("MATERIALIZED" if materialized else "NOT MATERIALIZED")
        return " ".join([*words, f"({self.sql(expression, 'this')})"])

    def where_sql(self, expression: exp.Where) -> str:
        """Write WHERE."""
        return f"WHERE {self.sql(expression, 'this')}"

    def having_sql(self, expression: exp.Having) -> str:
        """Write HAVING."""
        return f"HAVING {self.sql(expression, 'this')}"

    def qualify_sql(self, expression: exp.Qualify) -> str:
        """Write QUALIFY."""
        return f"QUALIFY {self.sql(expression, 'this')}"

    def group_sql(self, expression: exp.Group) -> str:
        """Write GROUP BY with its items in their order."""
        return "GROUP BY ALL" if expression.args.get("all") else f"GROUP BY {self.listed(expression)}"

    def groupingsets_sql(self, expression: exp.GroupingSets) -> str:
        """Write GROUPING SETS."""
        return f"GROUPING SETS ({self.listed(expression)})"

    def cube_sql(self, expression: exp.Cube) -> str:
        """Write CUBE."""
        return f"CUBE ({self.listed(expression)})"

    def rollup_sql(self, expression: exp.Rollup) -> str:
        """Write ROLLUP."""
        return f"ROLLUP ({self.listed(expression)})"

    def limit_sql(self, expression: exp.Limit, top: bool = False) -> str:
        """Write LIMIT."""
        del top
        options = expression.args.get("limit_options")
        percent = self.sql(options, "percent") if options else ""
        return f"LIMIT {self.sql(expression, 'expression')}{' ' if percent else ''}{percent}"

    def offset_sql(self, expression: exp.Offset) -> str:
        """Write OFFSET."""
        rows = expression.meta.get("rows")
        return f"OFFSET {self.sql(expression, 'expression')}{f' {rows}' if rows else ''}"

    def fetch_sql(self, expression: exp.Fetch) -> str:
        """Write FETCH FIRST."""
        options = expression.args.get("limit_options")
        words = ["FETCH", str(expression.args["direction"]), self.sql(expression, "count")]
        words += [self.sql(options, "rows") if options else "ROWS", "ONLY"]
        return " ".join(word for word in words if word)

    def alias_sql(self, expression: exp.Alias) -> str:
        """Write a value with its name."""
        value, alias = self.sql(expression, "this"), self.sql(expression, "alias")
        return f"{alias}: {value}" if expression.meta.get(PREFIXED) else f"{value} AS {alias}"

    # --- FROM ---

    def from_sql(self, expression: exp.From) -> str:
        """Write FROM."""
        return f"FROM {self.sql(expression, 'this')}"

    def _joins(self, expression: exp.Expr) -> str:
        return "".join(self.sql(join) for join in expression.args.get("joins") or ())

    def join_sql(self, expression: exp.Join, join_op: str | None = None) -> str:
        """Write a join with exactly the words it has; one without any is a comma."""
        del join_op
        words = [str(expression.args[key]) for key in ("method", "side", "kind") if expression.args.get(key)]
        condition, using = self.sql(expression, "on"), expression.args.get("using")
        target = self.sql(expression, "this")
        if not words and not condition and not using:
            return f", {target}"
        text = " ".join(["", *words, "JOIN", target])
        if condition:
            return f"{text} ON {condition}"
        return f"{text} USING ({', '.join(self.sql(name) for name in using)})" if using else text

    def table_sql(self, expression: exp.Table, sep: str = " AS ") -> str:
        """Write a table, a file or a call to read from."""
        del sep
        parts = [expression.args.get(key) for key in ("catalog", "db", "this")]
        text = ".".join(self.sql(part) for part in parts if part)
        if expression.args.get("ordinality"):
            text += " WITH ORDINALITY"
        return self._sourced(expression, text)

    def _sourced(self, expression: exp.Expr, text: str) -> str:
        """Write what follows something to read from: its alias, time, sample, pivots and joins."""
        alias = expression.args.get("alias")
        if alias is not None:
            text = (
                f"{self.sql(alias)}: {text}" if alias.meta.get(PREFIXED) else f"{text} AS {self.sql(alias)}"
            )
        if when := self.sql(expression, "when"):
            text += f" {when}"
        if sample := expression.args.get("sample"):
            text += f" TABLESAMPLE {self.sql(sample)}"
        for pivot in expression.args.get("pivots") or ():
            text += f" {self.sql(pivot)}"
        text += self._joins(expression)
        return self._queried(expression, text) if isinstance(expression, exp.Subquery) else text

    def tablealias_sql(self, expression: exp.TableAlias) -> str:
        """Write an alias with the names of its columns."""
        columns = expression.args.get("columns")
        listed = f"({', '.join(self.sql(column) for column in columns)})" if columns else ""
        return f"{self.sql(expression, 'this')}{listed}"

    def historicaldata_sql(self, expression: exp.HistoricalData) -> str:
        """Write AT (…)."""
        return f"AT ({expression.args['kind']} => {self.sql(expression, 'expression')})"

    def lateral_sql(self, expression: exp.Lateral) -> str:
        """Write LATERAL."""
        return self._sourced(expression, f"LATERAL {self.sql(expression, 'this')}")

    def values_sql(self, expression: exp.Values, values_as_table: bool = True) -> str:
        """Write VALUES."""
        del values_as_table
        return self._queried(expression, self._sourced(expression, f"VALUES {self.listed(expression)}"))

    def sample_sql(self, expression: nodes.Sample) -> str:
        """Write the size and method of a sample."""
        method, seed = self.sql(expression, "method"), self.sql(expression, "seed")
        unit = expression.args.get("unit")
        size = f"{self.sql(expression, 'size')}{f' {unit}' if unit else ''}"
        if expression.args.get("called"):
            return f"{method}({size}){f' REPEATABLE ({seed})' if seed else ''}"
        if not method:
            return size
        return f"{size} ({method}{f', {seed}' if seed else ''})"

    # --- PIVOT ---

    def pivot_sql(self, expression: exp.Pivot) -> str:
        """Write PIVOT or UNPIVOT behind a table."""
        word = "UNPIVOT" if expression.args.get("unpivot") else "PIVOT"
        fields = " ".join(self.sql(field) for field in expression.args["fields"])
        group = self.sql(expression, "group")
        alias = self.sql(expression, "alias")
        inside = f"{self.listed(expression)} FOR {fields}{f' {group}' if group else ''}"
        text = f"{word}{_nulls(expression)} ({inside})"
        return f"{text} AS {alias}" if alias else text

    def pivotstatement_sql(self, expression: nodes.PivotStatement) -> str:
        """Write PIVOT or UNPIVOT as a query."""
        words = [f"{expression.args['kind']}{_nulls(expression)}", self.sql(expression, "this")]
        if expression.expressions:
            words.append(f"ON {self.listed(expression)}")
        if name := self.sql(expression, "name"):
            values = ", ".join(self.sql(value) for value in expression.args["values"])
            words.append(f"INTO NAME {name} VALUE {values}")
        if using := expression.args.get("using"):
            words.append(f"USING {', '.join(self.sql(item) for item in using)}")
        words.append(self.sql(expression, "group"))
        return self._queried(expression, " ".join(word for word in words if word))


def _set_words(node: exp.SetOperation) -> str:
    word = type(node).__name__.upper()
    if not node.args.get("distinct"):
        word += " ALL"
    elif node.meta.get("distinct"):
        word += " DISTINCT"
    return f"{word} BY NAME" if node.args.get("by_name") else word


def _modified(side: exp.Expr) -> bool:
    if isinstance(side, exp.Subquery):
        return False
    return any(side.args.get(key) for key in ("with_", "order", "limit", "offset"))


def _nulls(expression: exp.Expr) -> str:
    keep = expression.args.get("include_nulls")
    return "" if keep is None else " INCLUDE NULLS" if keep else " EXCLUDE NULLS"
