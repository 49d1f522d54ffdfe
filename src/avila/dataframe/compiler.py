"""Ibis expressions to SQL: Ibis' own DuckDB compiler, with what only Avila knows."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import sqlglot as sg
import sqlglot.expressions as sge
from ibis.backends.sql.compilers.duckdb import DuckDBCompiler

if TYPE_CHECKING:
    from avila.dataframe.calls import AggregateCall, FunctionCall


class Compiler(DuckDBCompiler):  # type: ignore[misc]
    """The compiler. What it makes is parsed and checked again as any statement is."""

    __slots__ = ()

    def visit_FunctionCall(  # noqa: N802
        self, op: FunctionCall, *, function: str, arguments: tuple[sge.Expression, ...], **_: Any
    ) -> sge.Expression:
        """Write a call as it was made: arguments by place, then by name; the planner fills in defaults."""
        places = len(arguments) - len(op.keywords)
        named = [
            sge.PropertyEQ(this=sg.to_identifier(name), expression=value)
            for name, value in zip(op.keywords, arguments[places:], strict=True)
        ]
        return sge.Anonymous(this=function, expressions=[*arguments[:places], *named])

    def visit_AggregateCall(  # noqa: N802
        self,
        op: AggregateCall,  # noqa: ARG002
        *,
        function: str,
        arguments: tuple[sge.Expression, ...],
        **_: Any,
    ) -> sge.Expression:
        """Write an aggregate's call."""
        return sge.Anonymous(this=function, expressions=list(arguments))

    def visit_SQLQueryResult(self, op: Any, *, query: str, **_: Any) -> sge.Subquery:  # noqa: ARG002, N802
        """Put the user's SQL in as it is: Avila parses it, with the rest, in its own dialect."""
        return verbatim(query).subquery(copy=False)

    def visit_SQLStringView(self, op: Any, *, query: str, **_: Any) -> sge.Select:  # noqa: ARG002, N802
        """Put the user's SQL over a named expression in as it is."""
        return verbatim(query)

    def add_query_to_expr(self, *, name: str, table: Any, query: str) -> str:
        """Return the SQL of a query over an expression that it calls ``name``."""
        inner = self.to_sqlglot(table)
        return str(
            verbatim(query).with_(sg.to_identifier(name, quoted=self.quoted), as_=inner).sql(self.dialect)
        )


def verbatim(query: str) -> sge.Select:
    """Return SQL text as a query; a line break keeps a comment at its end from swallowing what follows."""
    text = sge.Var(this=query.strip().rstrip(";") + "\n")
    return sg.select("*").from_(sge.Subquery(this=text))


compiler = Compiler()
