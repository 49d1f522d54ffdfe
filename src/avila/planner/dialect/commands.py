"""Every other statement: EXPLAIN, SHOW, SET, PRAGMA, ATTACH, PREPARE, transactions, maintenance."""

from __future__ import annotations

from sqlglot import exp

from avila.planner.dialect import nodes
from avila.planner.dialect.alterations import AlterationParser
from avila.planner.dialect.lexer import QUOTED, STRING, WORD

_LISTED = ("TABLES", "DATABASES", "SCHEMAS", "VARIABLES")
"""What SHOW lists, rather than a table of that name."""
_SCOPES = ("GLOBAL", "SESSION", "LOCAL")


class CommandParser(AlterationParser):
    """Reads the statements that manage a session and a database."""

    def explain(self) -> exp.Expr:
        """Read ``EXPLAIN [ANALYZE] [(options)] statement``."""
        first = self.advance()
        analyze = self.take_any("ANALYZE", "ANALYSE") is not None
        self.take("VERBOSE") and self.refuse("EXPLAIN VERBOSE is not supported", self.previous)
        options = None
        if self.on("(") and not self.starts_query(1) and not self.on_ahead(1, "("):
            options = self.options()
        with self.nested():
            node = nodes.Explain(this=self.statement(), analyze=analyze or None, options=options)
        return self.mark(node, first, self.previous)

    def show(self) -> exp.Expr:
        """Read ``SHOW …``, ``DESCRIBE …`` or ``SUMMARIZE …``."""
        first = self.advance()
        node = nodes.ShowStatement(kind=first.value)
        if self._ends_operand():
            return self.mark(node, first, self.previous)
        if self.take("ALL", "TABLES"):
            node.set("words", "ALL TABLES")
        elif self.at(*_LISTED) and (self.peek().kind == "end" or self.on_ahead(1, ";", ")")):
            node.set("words", self.advance().value)
        elif self.take("TABLES", "FROM"):
            node.set("words", "TABLES FROM")
            node.set("this", self._schema_name())
        elif self.starts_query() and not self.at("TABLE"):
            node.set("this", self.query())
        elif self.on("("):
            node.set("this", self.primary())
        else:
            if self.take("TABLE"):
                node.set("words", "TABLE")
            if self.token.kind == STRING:
                node.set("this", exp.Table(this=self.string()))
            elif self.on_ahead(1, "("):
                node.set("this", self.table())
            else:
                node.set("this", self._shown_name())
        return self.mark(node, first, self.previous)

    def _shown_name(self) -> exp.Expr:
        first = self.token
        if first.kind == WORD and first.value in {"TIME", "TRANSACTION"}:
            self.refuse(f"SHOW {first.value} is not supported")
        parts: list[exp.Expr] = [self.label("a table")]
        while self.accept("."):
            parts.append(self.label("a table"))
        names = dict(zip(("db", "catalog"), reversed(parts[:-1]), strict=False))
        return self.mark(exp.Table(this=parts[-1], **names), first, self.previous)

    def _ends_operand(self) -> bool:
        return self._ends_statement() or self.on(")")

    def call_statement(self) -> exp.Expr:
        """Read ``CALL function(…)``."""
        first = self.advance()
        return self.mark(nodes.Call(this=self._table_function()), first, self.previous)

    # --- settings ---

    def set_statement(self) -> exp.Expr:
        """Read ``SET [scope] name = value`` or ``SET VARIABLE name = value``."""
        first = self.advance()
        if self.take("VARIABLE"):
            name = self.name("a variable")
            operator = self._assigns()
            return self.mark(
                nodes.SetVariable(this=name, expression=self.expression(), operator=operator),
                first,
                self.previous,
            )
        scope = self.take_any(*_SCOPES) if not self.on_ahead(1, "=") else None
        node = nodes.SetOption(scope=scope)
        if self.take("TIME", "ZONE"):
            node.set("this", exp.Var(this="TIME ZONE"))
        else:
            node.set("this", self._setting_name())
            node.set("operator", self._assigns())
        node.set("expressions", self.csv(self._setting_value))
        return self.mark(node, first, self.previous)

    def _setting_name(self) -> exp.Expr:
        names = [self.label("a setting")]
        while self.accept("."):
            names.append(self.label("a setting"))
        return names[0] if len(names) == 1 else exp.Dot.build(names)

    def _assigns(self) -> str:
        if self.accept("="):
            return "="
        if self.take("TO"):
            return "TO"
        return self.fail("expected = or TO")

    def _setting_value(self) -> exp.Expr:
        if self.token.kind == WORD and (self.peek().kind == "end" or self.on_ahead(1, ";", ",")):
            return self.word()
        return self.option_value()

    def reset_statement(self) -> exp.Expr:
        """Read ``RESET [scope] name`` or ``RESET VARIABLE name``."""
        first = self.advance()
        if self.take("VARIABLE"):
            return self.mark(nodes.ResetVariable(this=self.name("a variable")), first, self.previous)
        scope = None if self.peek().kind == "end" else self.take_any(*_SCOPES)
        return self.mark(nodes.ResetOption(this=self._setting_name(), scope=scope), first, self.previous)

    def pragma(self) -> exp.Expr:
        """Read ``PRAGMA name``, ``PRAGMA name(…)`` or ``PRAGMA name = value``."""
        first = self.advance()
        name = self.label("a pragma")
        node = nodes.PragmaStatement(this=name)
        if self.on("("):
            node.set("this", self.call(name))
        elif self.accept("="):
            node.set("expression", self._setting_value())
        return self.mark(node, first, self.previous)

    def use(self) -> exp.Expr:
        """Read ``USE [catalog.]schema``."""
        first = self.advance()
        return self.mark(nodes.UseSchema(this=self.table_name()), first, self.previous)

    # --- databases and extensions of the kernel ---

    def attach(self) -> exp.Expr:
        """Read ``ATTACH 'path' [AS name] [(options)]``."""
        first = self.advance()
        node = nodes.AttachDatabase()
        if self.take("OR", "REPLACE"):
            node.set("replace", True)
        node.set("database", self.take("DATABASE") or None)
        node.set("exists", self.take("IF", "NOT", "EXISTS") or None)
        node.set("this", self.name() if self.token.kind in {WORD, QUOTED} else self.expression())
        if self.take("AS"):
            node.set("alias", self.name("an alias"))
        if self.on("("):
            node.set("expressions", self.options())
        return self.mark(node, first, self.previous)

    def detach(self) -> exp.Expr:
        """Read ``DETACH [DATABASE] [IF EXISTS] name``."""
        first = self.advance()
        database = self.take("DATABASE")
        exists = self.take("IF", "EXISTS")
        node = nodes.DetachDatabase(
            this=self.name("a database"), exists=exists or None, database=database or None
        )
        return self.mark(node, first, self.previous)

    def load(self) -> exp.Expr:
        """Read ``LOAD name``, ``[FORCE] INSTALL name [FROM repository] [VERSION version]``."""
        first = self.token
        force = self.take("FORCE")
        verb = self.take_any("LOAD", "INSTALL")
        if verb is None:
            self.fail("expected INSTALL or CHECKPOINT")
        node = nodes.LoadExtension(install=verb == "INSTALL" or None, force=force or None)
        node.set("this", self._string_or_name())
        if self.take("FROM"):
            node.set("repository", self._string_or_name())
        if self.take("VERSION"):
            node.set("version", self._string_or_name())
        return self.mark(node, first, self.previous)

    def _string_or_name(self) -> exp.Expr:
        return self.string() if self.token.kind == STRING else self.label()

    def export(self) -> exp.Expr:
        """Read ``EXPORT DATABASE [name TO] 'directory' [(options)]``."""
        first = self.advance()
        self.expect("DATABASE")
        node = nodes.ExportDatabase()
        if self.token.kind in {WORD, QUOTED}:
            node.set("database", self.name("a database"))
            self.expect("TO")
        node.set("this", self.string("a directory"))
        if self.on("("):
            node.set("expressions", self.options())
        return self.mark(node, first, self.previous)

    def import_database(self) -> exp.Expr:
        """Read ``IMPORT DATABASE 'directory'``."""
        first = self.advance()
        self.expect("DATABASE")
        return self.mark(nodes.ImportDatabase(this=self.string("a directory")), first, self.previous)

    # --- prepared statements and transactions ---

    def prepare(self) -> exp.Expr:
        """Read ``PREPARE name AS statement``."""
        first = self.advance()
        node = nodes.Prepare(this=self.name("a name"))
        if self.on("("):
            node.set("expressions", self.wrapped(self.type_name))
        self.expect("AS")
        with self.nested():
            node.set("expression", self.statement())
        return self.mark(node, first, self.previous)

    def execute(self) -> exp.Expr:
        """Read ``EXECUTE name[(arguments)]``."""
        first = self.advance()
        node = nodes.ExecutePrepared(this=self.name("a prepared statement"))
        if self.accept("("):
            node.set("expressions", self.csv(lambda: self._argument("")))
            self.require(")")
        return self.mark(node, first, self.previous)

    def deallocate(self) -> exp.Expr:
        """Read ``DEALLOCATE [PREPARE] name | ALL``."""
        first = self.advance()
        node = nodes.Deallocate(prepare=self.take("PREPARE") or None)
        if not self.take("ALL"):
            node.set("this", self.name("a prepared statement"))
        return self.mark(node, first, self.previous)

    def transaction(self) -> exp.Expr:
        """Read ``BEGIN``, ``START TRANSACTION``, ``COMMIT``, ``END``, ``ROLLBACK`` or ``ABORT``."""
        first = self.advance()
        words: list[str] = []
        if word := self.take_any("TRANSACTION", "WORK"):
            words.append(word)
        elif first.value == "START":
            self.fail("expected TRANSACTION")
        for mode in (("READ", "ONLY"), ("READ", "WRITE")):
            if first.value in {"BEGIN", "START"} and self.take(*mode):
                words.extend(mode)
        if not self._ends_statement():
            self.refuse("this kind of transaction is not supported")
        node = nodes.TransactionStatement(kind=first.value, words=" ".join(words) or None)
        return self.mark(node, first, self.previous)

    # --- maintenance ---

    def vacuum(self) -> exp.Expr:
        """Read ``VACUUM [ANALYZE] [table [(columns)]]``."""
        first = self.advance()
        for word in ("FULL", "FREEZE", "VERBOSE"):
            if self.at(word):
                self.refuse(f"VACUUM {word} is not supported")
        node = nodes.Vacuum(analyze=self.take_any("ANALYZE", "ANALYSE") is not None or None)
        self._maintained(node)
        return self.mark(node, first, self.previous)

    def analyze(self) -> exp.Expr:
        """Read ``ANALYZE [table [(columns)]]``."""
        first = self.advance()
        node = nodes.AnalyzeTable()
        self._maintained(node)
        return self.mark(node, first, self.previous)

    def _maintained(self, node: exp.Expr) -> None:
        if self._ends_statement():
            return
        node.set("this", self.table_name())
        if self.on("("):
            node.set("expressions", self.wrapped(self.name))

    def checkpoint(self) -> exp.Expr:
        """Read ``[FORCE] CHECKPOINT [database]``."""
        first = self.token
        force = self.take("FORCE")
        self.expect("CHECKPOINT")
        node = nodes.Checkpoint(force=force or None)
        if not self._ends_statement():
            node.set("this", self.name("a database"))
        return self.mark(node, first, self.previous)
