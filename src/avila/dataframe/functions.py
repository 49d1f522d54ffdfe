"""``db.functions``: every function of the database, called on columns of a DataFrame."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import ibis
import ibis.expr.operations as ops
from ibis.backends.sql.datatypes import DuckDBType
from ibis.common.deferred import deferrable

from avila.dataframe.calls import AggregateCall, FunctionCall
from avila.dataframe.tables import quote

if TYPE_CHECKING:
    from collections.abc import Callable

    import ibis.expr.datatypes as dt
    import ibis.expr.types as ir

    from avila.dataframe.backend import Backend

KINDS = "SELECT DISTINCT function_type FROM duckdb_functions() WHERE lower(function_name) = lower(?)"
NAMES = """
SELECT DISTINCT function_name FROM duckdb_functions() WHERE function_type IN ('scalar', 'aggregate', 'macro')
"""


class Functions:
    """The functions of the kernel, of extensions and of the user (macros), as attributes.

    ::

        f = db.functions
        light.mutate(spectrum=f.fft(light.flux, sample_rate=4.0))

    Arguments are columns, expressions or constants; those after the first ones may be named. What is left
    out takes the default of the function's signature. The type of the result is asked of the database when
    the call is made; nothing is computed until the expression runs.
    """

    def __init__(self, backend: Backend) -> None:
        self._backend = backend

    def __getattr__(self, name: str) -> Callable[..., ir.Value]:
        if name.startswith("__"):
            raise AttributeError(name)

        def call(*arguments: Any, **named: Any) -> ir.Value:
            return self._call(name, arguments, named)

        call.__name__ = name
        call.__doc__ = f"Call {name}() of the database."
        function: Callable[..., ir.Value] = deferrable(call)
        return function

    def __dir__(self) -> list[str]:
        rows = self._backend.session.execute(NAMES).fetchall()
        return sorted(str(name) for (name,) in rows if str(name).isidentifier())

    def _call(self, name: str, arguments: tuple[Any, ...], named: dict[str, Any]) -> ir.Value:
        values = [_value(argument) for argument in (*arguments, *named.values())]
        kind = self._result_type(name, values, tuple(named))
        nodes = tuple(value.op() for value in values)
        if not named and self._is_aggregate(name):
            return AggregateCall(name, nodes, kind).to_expr()
        return FunctionCall(name, nodes, tuple(named), kind).to_expr()

    def _result_type(self, name: str, values: list[ir.Value], keywords: tuple[str, ...]) -> dt.DataType:
        """Ask for the type of a call: constants as they are, columns by their type.

        The columns are those of an unnested NULL, which has no rows, so that nothing is computed.
        """
        columns, arguments = [], []
        for place, value in enumerate(values):
            if isinstance(value.op(), ops.Literal):
                arguments.append(self._backend.literal_sql(value))
            else:
                columns.append(f"unnest(CAST(NULL AS {DuckDBType.to_string(value.type())}[])) AS a{place}")
                arguments.append(f"a{place}")
        places = len(arguments) - len(keywords)
        named = [f"{keyword} := {sql}" for keyword, sql in zip(keywords, arguments[places:], strict=True)]
        call = f"{quote(name)}({', '.join([*arguments[:places], *named])})"
        rows = f" FROM (SELECT {', '.join(columns)})" if columns else ""
        return self._backend.schema_of(f"SELECT {call} AS result{rows}")["result"]

    def _is_aggregate(self, name: str) -> bool:
        return self._backend.session.execute(KINDS, [name]).fetchall() == [("aggregate",)]


def _value(argument: Any) -> ir.Value:
    if isinstance(argument, ops.Value):
        return argument.to_expr()
    return argument if isinstance(argument, ibis.Expr) else ibis.literal(argument)
