"""The lazy DataFrame: Ibis tables whose backend is a session.

An expression is compiled to SQL when its rows are asked for, and runs through :meth:`Session.execute
<avila.session.Session.execute>` like any other statement: parsed, checked and cached. ::

    from ibis import _

    flights = db.table("flights")
    late = flights.filter(_.delay > 30).group_by("carrier").agg(flights=_.count(), worst=_.delay.max())
    late.to_pandas()          # or to_arrow(), to_polars(), to_pyarrow_batches() …

Ibis is imported when the first DataFrame is made, not with Avila.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from datetime import datetime

    import ibis.expr.types as ir

    from avila.session import Session


def table(
    session: Session, name: str, *, version: int | None = None, timestamp: datetime | str | None = None
) -> ir.Table:
    """Return a table or view as a lazy DataFrame, or a table of the lake as it was.

    Raises UndefinedTable when there is none of this name, SyntaxError when it is no name.
    """
    return session.ibis.relation(name, version=version, timestamp=timestamp)
