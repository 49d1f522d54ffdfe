"""The extension's functions on a bare connection, with the part of the planner they need: defaults."""

from __future__ import annotations

import functools
from typing import Any

import duckdb
import sqlglot
from sqlglot import exp

from avila import errors
from avila.extensions.signal import extension


class BareKernel:
    """A DuckDB connection with every function of the extension, and their errors as they were raised."""

    def __init__(self) -> None:
        self.connection = duckdb.connect()
        self._raised: list[errors.Error] = []
        for name, function in extension.scalars.items():
            self.connection.create_function(
                name,
                self._watched(function.call),
                [duckdb.sqltype(parameter.type) for parameter in function.signature.parameters],
                duckdb.sqltype(function.signature.returns),
                type="arrow",
                null_handling="special",
            )

    def __call__(self, sql: str) -> list[tuple[Any, ...]]:
        self._raised.clear()
        try:
            return self.connection.execute(with_defaults(sql)).fetchall()
        except duckdb.Error:
            if self._raised:
                raise self._raised[0] from None
            raise

    def value(self, sql: str) -> Any:
        """Return the one value of the answer."""
        [[value]] = self(sql)
        return value

    def _watched(self, call: Any) -> Any:
        @functools.wraps(call)
        def watched(*columns: Any) -> Any:
            try:
                return call(*columns)
            except errors.Error as error:
                self._raised.append(error)
                raise

        return watched


def with_defaults(sql: str) -> str:
    """Return the statement with each call of the extension in full: in order, defaults filled in."""
    tree = sqlglot.parse_one(sql, read="duckdb")
    for call in tree.find_all(exp.Anonymous):
        function = extension.scalars.get(str(call.this).lower())
        if function is None:
            continue
        named = {arg.this.name: arg.expression for arg in call.expressions if isinstance(arg, exp.PropertyEQ)}
        positional = [arg for arg in call.expressions if not isinstance(arg, exp.PropertyEQ)]
        bound = function.signature.bind(positional, named)
        call.set(
            "expressions",
            [
                bound[parameter.name]
                if parameter.name in bound
                else sqlglot.parse_one(parameter.default or "", read="duckdb")
                for parameter in function.signature.parameters
            ],
        )
    return tree.sql("duckdb")
