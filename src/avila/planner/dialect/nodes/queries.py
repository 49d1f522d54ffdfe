"""What queries are made of."""

from __future__ import annotations

from typing import ClassVar

from sqlglot import exp


class Sample(exp.TableSample):
    """``TABLESAMPLE`` and ``USING SAMPLE``: ``size`` is the number, ``unit`` what follows it (``%``…).

    ``called`` tells ``reservoir(10 ROWS) REPEATABLE (1)`` from ``10 ROWS (reservoir, 1)``.
    """

    arg_types: ClassVar[dict[str, bool]] = {**exp.TableSample.arg_types, "unit": False, "called": False}


class PivotStatement(exp.Expression, exp.Query):
    """``PIVOT t ON … USING … GROUP BY …`` and ``UNPIVOT t ON … INTO NAME … VALUE …``, which are queries."""

    arg_types: ClassVar[dict[str, bool]] = {
        "with_": False,
        "this": True,
        "kind": True,
        "expressions": False,
        "using": False,
        "name": False,
        "values": False,
        "include_nulls": False,
        **exp.QUERY_MODIFIERS,
    }


class ShowStatement(exp.Expression, exp.Query):
    """``SHOW``, ``DESCRIBE``, ``SUMMARIZE``; ``this`` is a Table or a query, ``words`` stand before it."""

    arg_types: ClassVar[dict[str, bool]] = {
        "this": False,
        "kind": True,
        "words": False,
        **exp.QUERY_MODIFIERS,
    }
