"""What the database knows about a person: reported, exported, erased."""

from __future__ import annotations

from typing import TYPE_CHECKING

from avila.planner.dialect import nodes
from avila.planner.dialect.keys import KeyParser
from avila.planner.dialect.lexer import PARAMETER

if TYPE_CHECKING:
    from sqlglot import exp


class PrivacyParser(KeyParser):
    """Reads statements about the subjects of data."""

    def subject_statement(self) -> exp.Expr:
        """Read ``person [ON table (column, …), …] [DELETE ROWS]`` behind REPORT, EXPORT or ERASE SUBJECT."""
        kind = self.peek(-2).value
        person = (
            self._parameter_mark()
            if self.token.kind == PARAMETER
            else self.string("a person, as the subject's column names them: a string")
        )
        node = nodes.SubjectStatement(this=person, kind=kind)
        if self.take("ON"):
            node.set("expressions", self.csv(self._subject_columns))
        if kind == "ERASE":
            node.set("delete", self.take("DELETE", "ROWS") or None)
        return node

    def _subject_columns(self) -> exp.Expr:
        first = self.token
        table = self.table_name()
        columns = nodes.SubjectColumns(this=table, expressions=self.wrapped(self.name))
        return self.mark(columns, first, self.previous)
