"""Writing statements about the persons that data are about."""

from __future__ import annotations

from typing import TYPE_CHECKING

from avila.planner.dialect.write_keys import KeyWriter
from avila.planner.dialect.write_statements import _flag, _words

if TYPE_CHECKING:
    from avila.planner.dialect import nodes


class PrivacyWriter(KeyWriter):
    """Writes statements about the subjects of data."""

    def subjectcolumns_sql(self, expression: nodes.SubjectColumns) -> str:
        """Write a table with its columns."""
        return f"{self.sql(expression, 'this')} {self._wrapped_of(expression.expressions)}"

    def subjectstatement_sql(self, expression: nodes.SubjectStatement) -> str:
        """Write REPORT, EXPORT or ERASE SUBJECT."""
        columns = self.listed(expression)
        return _words(
            f"{expression.args['kind']} SUBJECT {self.sql(expression, 'this')}",
            columns and f"ON {columns}",
            _flag(expression, "delete", "DELETE ROWS"),
        )
