"""avila.audit: the audit log as a table."""

from __future__ import annotations

from typing import TYPE_CHECKING

from avila.security.audit import AuditLog
from avila.security.audit.reading import SCHEMA, Filter, read
from avila.system_views.view import View
from avila.system_views.visibility import sees_all

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    import pyarrow as pa
    import pyarrow.compute as pc

    from avila.executor import Executor

# ``current_user`` and ``session_user`` mean who is asking wherever they stand in SQL, so no column can be called so.
_NAMES = {"session_user": "role", "current_user": "acting_as"}


class Records:
    """The records written so far: all of them, or those of one role's sessions."""

    def __init__(self, audit: AuditLog | None, role: str | None) -> None:
        self._audit = audit
        self._role = role
        self.schema = (
            SCHEMA.empty_table().rename_columns([_NAMES.get(name, name) for name in SCHEMA.names]).schema
        )

    def scan(self, columns: Sequence[str], predicate: pc.Expression | None) -> Iterator[pa.RecordBatch]:  # noqa: ARG002
        """Yield them as they lie in the files, once those that wait have been written."""
        import pyarrow.compute as pc

        if self._audit is None:
            return
        self._audit.flush()
        for batch in read(self._audit.folder, None if self._role is None else Filter(user=self._role)):
            shown = batch.rename_columns(self.schema.names)
            if self._role is not None:
                # What is damaged is nobody's, and one who acted as this role is not its own session.
                shown = shown.filter(pc.fill_null(pc.equal(shown["role"], self._role), fill_value=False))
            yield shown.select(list(columns))


def _records(executor: Executor) -> Records:
    audit = executor.instance.audit
    mine = None if sees_all(executor.authority) else executor.principal.session_user
    return Records(audit if isinstance(audit, AuditLog) else None, mine)


VIEWS = (
    View(
        "audit",
        "number BIGINT, time TIMESTAMPTZ, kind VARCHAR, action VARCHAR, session BIGINT, role VARCHAR,"
        " acting_as VARCHAR, statement VARCHAR, reads VARCHAR[], writes VARCHAR[], rows BIGINT, duration_us BIGINT,"
        " sqlstate VARCHAR, detail VARCHAR",
        _records,
        "The audit log: what one's own sessions did; everything for superusers and members of pg_monitor.",
    ),
)
