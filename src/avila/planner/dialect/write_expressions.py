"""Writing operands: casts, types, lists, structs, calls and windows."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlglot import exp

from avila.planner.dialect.calls import BARE
from avila.planner.dialect.write_operators import ATOM, OperatorWriter, strength_of

if TYPE_CHECKING:
    from avila.planner.dialect import nodes


class ExpressionWriter(OperatorWriter):
    """Writes operands and calls."""

    # --- operands ---

    def postfixcast_sql(self, expression: nodes.PostfixCast) -> str:
        """Write ``x::type``."""
        return f"{self._operand_of(expression)}::{self.sql(expression, 'to')}"

    def _operand_of(self, expression: exp.Expr) -> str:
        """Write what ``::``, ``[`` or a dot applies to; what is no operand by itself is wrapped."""
        inside = expression.this
        open_ended = isinstance(inside, (exp.Interval, exp.Select, exp.SetOperation, exp.Case))
        return self._maybe_wrapped(inside, strength_of(inside) < ATOM or open_ended)

    def typedliteral_sql(self, expression: nodes.TypedLiteral) -> str:
        """Write ``TYPE 'text'``."""
        if not isinstance(expression.this, exp.Literal):
            return f"CAST({self.sql(expression, 'this')} AS {self.sql(expression, 'to')})"
        return f"{self.sql(expression, 'to')} {self.sql(expression, 'this')}"

    def cast_sql(self, expression: exp.Cast, safe_prefix: str | None = None) -> str:
        """Write CAST."""
        return f"{safe_prefix or ''}CAST({self.sql(expression, 'this')} AS {self.sql(expression, 'to')})"

    def trycast_sql(self, expression: exp.TryCast) -> str:
        """Write TRY_CAST."""
        return self.cast_sql(expression, "TRY_")

    def typename_sql(self, expression: nodes.TypeName) -> str:
        """Write a type as it was spelled."""
        if parts := expression.args.get("name_parts"):
            words = ".".join(self.sql(part) for part in parts)
        else:
            words = str(expression.args["kind"])
        if expression.expressions or words.upper() in {"STRUCT", "MAP", "UNION"}:
            inside = f"({self.listed(expression)})"
            head, space, tail = words.partition(" ")
            zoned = head.upper() in {"TIME", "TIMESTAMP"}
            words = f"{head}{inside}{space}{tail}" if zoned else f"{words}{inside}"
        if expression.args.get("array"):
            words = f"{words} ARRAY"
        for size in expression.args.get("dimensions") or ():
            words = f"{words}[{'' if isinstance(size, exp.Null) else self.sql(size)}]"
        return words

    def interval_sql(self, expression: exp.Interval) -> str:
        """Write an interval."""
        unit = self.sql(expression, "unit")
        return f"INTERVAL {self.sql(expression, 'this')}{' ' if unit else ''}{unit}"

    def bracket_sql(self, expression: exp.Bracket) -> str:
        """Write ``x[index]``."""
        return f"{self._operand_of(expression)}[{self.listed(expression)}]"

    def slice_sql(self, expression: exp.Slice) -> str:
        """Write ``start:stop:step``; a bare minus is the default end."""
        start, stop = self.sql(expression, "this"), self.sql(expression, "expression")
        step = self.sql(expression, "step")
        if step:
            return f"{start} : {stop or '-'} : {step}"
        return f"{start} : {stop}"

    def array_sql(self, expression: exp.Array) -> str:
        """Write a list."""
        return f"[{self.listed(expression)}]"

    def arrayconstructor_sql(self, expression: nodes.ArrayConstructor) -> str:
        """Write ARRAY[…]."""
        return f"ARRAY[{self.listed(expression)}]"

    def arrayquery_sql(self, expression: nodes.ArrayQuery) -> str:
        """Write ARRAY(query)."""
        return f"ARRAY({self.sql(expression, 'this')})"

    def struct_sql(self, expression: exp.Struct) -> str:
        """Write a struct."""
        pairs = ", ".join(
            f"{self.sql(pair, 'this')}: {self.sql(pair, 'expression')}" for pair in expression.expressions
        )
        return f"{{{pairs}}}"

    def tomap_sql(self, expression: exp.ToMap) -> str:
        """Write ``MAP {…}``."""
        return f"MAP {self.sql(expression, 'this')}"

    def tuple_sql(self, expression: exp.Tuple) -> str:
        """Write a row; a row of one value keeps its comma."""
        items = expression.expressions
        return f"({self.sql(items[0])},)" if len(items) == 1 else f"({self.listed(expression)})"

    def case_sql(self, expression: exp.Case) -> str:
        """Write CASE."""
        words = ["CASE", self.sql(expression, "this")]
        for branch in expression.args["ifs"]:
            words += ["WHEN", self.sql(branch, "this"), "THEN", self.sql(branch, "true")]
        if default := self.sql(expression, "default"):
            words += ["ELSE", default]
        return " ".join(word for word in [*words, "END"] if word)

    def listcomprehension_sql(self, expression: nodes.ListComprehension) -> str:
        """Write ``[x FOR … IN … IF …]``."""
        condition = self.sql(expression, "condition")
        value, iterator = self.sql(expression, "this"), self.sql(expression, "iterator")
        text = f"{value} FOR {self.listed(expression)} IN {iterator}"
        return f"[{text} IF {condition}]" if condition else f"[{text}]"

    def lambda_sql(self, expression: exp.Lambda, arrow_sep: str = "->", wrap: bool = True) -> str:
        """Write ``x -> …`` or ``(x, y) -> …``."""
        del wrap
        names = self.listed(expression)
        if len(expression.expressions) > 1:
            names = f"({names})"
        return f"{names} {arrow_sep} {self.sql(expression, 'this')}"

    def pythonlambda_sql(self, expression: nodes.PythonLambda) -> str:
        """Write ``lambda x: …``."""
        return f"lambda {self.listed(expression)} : {self.sql(expression, 'this')}"

    def star_sql(self, expression: exp.Star) -> str:
        """Write a star with what it leaves out, replaces and renames."""
        words = "*"
        for key, word in (("except_", "EXCLUDE"), ("replace", "REPLACE"), ("rename", "RENAME")):
            if items := expression.args.get(key):
                listed = ", ".join(self.sql(item) for item in items)
                bare = expression.meta.get(BARE + key) and len(items) == 1
                words += f" {word} {listed}" if bare else f" {word} ({listed})"
        return words

    def columns_sql(self, expression: exp.Columns) -> str:
        """Write COLUMNS(…)."""
        unpack = "*" if expression.args.get("unpack") else ""
        return f"{unpack}COLUMNS({self.sql(expression, 'this')})"

    def unpack_sql(self, expression: nodes.Unpack) -> str:
        """Write ``*COLUMNS(…)``."""
        return f"*{self.sql(expression, 'this')}"

    def dot_sql(self, expression: exp.Dot) -> str:
        """Write ``x.field``."""
        return f"{self._operand_of(expression)}.{self.sql(expression, 'expression')}"

    # --- calls ---

    def anonymous_sql(self, expression: exp.Anonymous) -> str:
        """Write a call by the name it was given."""
        name = expression.this
        return f"{self.sql(name) if isinstance(name, exp.Expr) else name}({self.listed(expression)})"

    def keywordcall_sql(self, expression: nodes.KeywordCall) -> str:
        """Write a call with words between its arguments."""
        pairs = zip(expression.args["words"], expression.expressions, strict=True)
        inside = " ".join(f"{word} {self.sql(argument)}".strip() for word, argument in pairs)
        return f"{expression.this}({inside})"

    def distinct_sql(self, expression: exp.Distinct) -> str:
        """Write DISTINCT, of a SELECT or of arguments."""
        on = self.sql(expression, "on")
        return f"DISTINCT ON {on}" if on else f"DISTINCT {self.listed(expression)}".rstrip()

    def namedargument_sql(self, expression: nodes.NamedArgument) -> str:
        """Write ``name := value``."""
        name, value = self.sql(expression, "this"), self.sql(expression, "expression")
        return f"{name} {expression.args['operator']} {value}"

    def variadic_sql(self, expression: nodes.Variadic) -> str:
        """Write VARIADIC."""
        return f"VARIADIC {self.sql(expression, 'this')}"

    def ignorenulls_sql(self, expression: exp.IgnoreNulls) -> str:
        """Write IGNORE NULLS."""
        return f"{self.sql(expression, 'this')} IGNORE NULLS"

    def respectnulls_sql(self, expression: exp.RespectNulls) -> str:
        """Write RESPECT NULLS."""
        return f"{self.sql(expression, 'this')} RESPECT NULLS"

    def withingroup_sql(self, expression: exp.WithinGroup) -> str:
        """Write WITHIN GROUP."""
        return f"{self.sql(expression, 'this')} WITHIN GROUP ({self.sql(expression, 'expression').strip()})"

    def filter_sql(self, expression: exp.Filter) -> str:
        """Write FILTER."""
        return f"{self.sql(expression, 'this')} FILTER ({self.sql(expression, 'expression').strip()})"

    def order_sql(self, expression: exp.Order, flat: bool = False) -> str:
        """Write ORDER BY, of a query or of an argument."""
        del flat
        this = self.sql(expression, "this")
        return f"{this} ORDER BY {self.listed(expression)}"

    def ordered_sql(self, expression: exp.Ordered) -> str:
        """Write an item of ORDER BY with exactly the words it has."""
        desc, nulls = expression.args.get("desc"), expression.args.get("nulls_first")
        direction = "" if desc is None else " DESC" if desc else " ASC"
        placed = "" if nulls is None else " NULLS FIRST" if nulls else " NULLS LAST"
        return f"{self.sql(expression, 'this')}{direction}{placed}"

    def window_sql(self, expression: exp.Window) -> str:
        """Write a call's OVER, or a window of the WINDOW clause."""
        this, alias = self.sql(expression, "this"), self.sql(expression, "alias")
        partition = expression.args.get("partition_by")
        words = [alias]
        if partition:
            words.append(f"PARTITION BY {', '.join(self.sql(item) for item in partition)}")
        words += [self.sql(expression, "order").strip(), self.sql(expression, "spec")]
        inside = " ".join(word for word in words if word)
        over = expression.args.get("over")
        if over and inside == alias and alias:
            return f"{this} OVER {alias}"
        return f"{this} {'OVER' if over else 'AS'} ({inside})"

    def windowspec_sql(self, expression: exp.WindowSpec) -> str:
        """Write a frame."""
        start = self._bound(expression, "start")
        end = self._bound(expression, "end")
        exclude = self.sql(expression, "exclude")
        frame = f"BETWEEN {start} AND {end}" if end else start
        return f"{expression.args['kind']} {frame}{f' EXCLUDE {exclude}' if exclude else ''}"

    def _bound(self, expression: exp.WindowSpec, side: str) -> str:
        value, direction = self.sql(expression, side), expression.args.get(f"{side}_side")
        return f"{value} {direction}" if direction else value
