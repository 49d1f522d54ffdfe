"""The whole grammar: from the first word of a statement to the part that reads it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from avila.planner.dialect.lexer import WORD
from avila.planner.dialect.security import SecurityParser

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from sqlglot import exp


class StatementParser(SecurityParser):
    """Reads the statements of a text."""

    def statements(self) -> list[exp.Expr]:
        """Read all statements up to the end of the text."""
        trees: list[exp.Expr] = []
        while self.token.kind != "end":
            if self.accept(";"):
                continue
            trees.append(self.statement())
            if self.token.kind != "end" and not self.on(";"):
                self.fail("expected the end of the statement")
        return trees

    def statement(self) -> exp.Expr:
        """Read one statement."""
        if self.on("(") or self.starts_query():
            return self._with_statement() if self.at("WITH") else self.query()
        if self.token.kind == WORD:
            secured = self.security_statement()
            if secured is not None:
                return secured
            reader = _READERS.get(self.token.value)
            if self.at("FORCE") and self.peek().value == "CHECKPOINT":
                return self.checkpoint()
            if reader is not None:
                return reader(self)
        return self.fail("this is not a statement")

    def _with_statement(self) -> exp.Expr:
        """Read a query or a change that WITH precedes."""
        first = self.token
        ctes = self.with_clause()
        changes = {"INSERT": self.insert, "UPDATE": self.update, "DELETE": self.delete, "MERGE": self.merge}
        change = changes.get(self.token.value) if self.token.kind == WORD else None
        if change is None:
            return self.query_body(ctes, first)
        node = change()
        node.set("with_", ctes)
        return self.mark(node, first, self.previous)


_READERS: Mapping[str, Callable[[StatementParser], exp.Expr]] = {
    "INSERT": StatementParser.insert,
    "UPDATE": StatementParser.update,
    "DELETE": StatementParser.delete,
    "MERGE": StatementParser.merge,
    "TRUNCATE": StatementParser.truncate,
    "COPY": StatementParser.copy,
    "CREATE": StatementParser.create,
    "ALTER": StatementParser.alter,
    "DROP": StatementParser.drop,
    "COMMENT": StatementParser.comment,
    "EXPLAIN": StatementParser.explain,
    "CALL": StatementParser.call_statement,
    "SET": StatementParser.set_statement,
    "RESET": StatementParser.reset_statement,
    "PRAGMA": StatementParser.pragma,
    "USE": StatementParser.use,
    "ATTACH": StatementParser.attach,
    "DETACH": StatementParser.detach,
    "LOAD": StatementParser.load,
    "INSTALL": StatementParser.load,
    "FORCE": StatementParser.load,
    "EXPORT": StatementParser.export,
    "IMPORT": StatementParser.import_database,
    "PREPARE": StatementParser.prepare,
    "EXECUTE": StatementParser.execute,
    "DEALLOCATE": StatementParser.deallocate,
    **dict.fromkeys(("BEGIN", "START", "COMMIT", "END", "ROLLBACK", "ABORT"), StatementParser.transaction),
    "VACUUM": StatementParser.vacuum,
    "ANALYZE": StatementParser.analyze,
    "ANALYSE": StatementParser.analyze,
    "CHECKPOINT": StatementParser.checkpoint,
}
"""The reader of each statement by its first word."""
