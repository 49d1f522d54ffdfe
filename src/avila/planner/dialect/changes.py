"""Statements that change rows: INSERT, UPDATE, DELETE, MERGE, TRUNCATE and COPY."""

from __future__ import annotations

from sqlglot import exp

from avila.planner.dialect import nodes
from avila.planner.dialect.lexer import NUMBER, QUOTED, STRING, WORD
from avila.planner.dialect.queries import QueryParser


class ChangeParser(QueryParser):
    """Reads statements that change rows."""

    def insert(self) -> exp.Expr:
        """Read ``INSERT [OR REPLACE | OR IGNORE] INTO …``."""
        first = self.advance()
        node = exp.Insert()
        if self.take("OR"):
            node.set(
                "alternative", self.take_any("REPLACE", "IGNORE") or self.fail("expected REPLACE or IGNORE")
            )
        self.expect("INTO")
        target: exp.Expr = self.table_name()
        if self.take("AS"):
            target.set("alias", exp.TableAlias(this=self.name("an alias")))
        if self.on("(") and not self.starts_query(1) and not self.on_ahead(1, "("):
            target = exp.Schema(this=target, expressions=self.wrapped(self._target_column))
        node.set("this", target)
        if self.take("BY"):
            kind = self.take_any("NAME", "POSITION") or self.fail("expected NAME or POSITION")
            node.set("by_name", kind == "NAME")
            node.meta["by"] = kind
        if self.take("DEFAULT", "VALUES"):
            node.set("default", True)
        else:
            node.set("expression", self.query())
        if self.at("ON"):
            node.set("conflict", self._on_conflict())
        self._returning(node)
        return self.mark(node, first, self.previous)

    def _target_column(self) -> exp.Expr:
        return self.name("a column")

    def _on_conflict(self) -> exp.OnConflict:
        first = self.token
        self.expect("ON", "CONFLICT")
        node = exp.OnConflict()
        if self.on("("):
            node.set("conflict_keys", self.wrapped(self.expression))
            if self.at("WHERE"):
                node.set("index_predicate", self.where())
        self.expect("DO")
        if self.take("NOTHING"):
            node.set("action", exp.Var(this="DO NOTHING"))
        else:
            self.expect("UPDATE", "SET")
            node.set("action", exp.Var(this="DO UPDATE"))
            node.set("expressions", self.assignments())
            if self.at("WHERE"):
                node.set("where", self.where())
        return self.mark(node, first, self.previous)

    def _returning(self, node: exp.Expr) -> None:
        first = self.token
        if self.take("RETURNING"):
            returning = exp.Returning(expressions=self.csv(self.target))
            node.set("returning", self.mark(returning, first, self.previous))

    def assignments(self) -> list[exp.Expr]:
        """Read ``column = value, …``."""
        return self.csv(self._assignment)

    def _assignment(self) -> exp.Expr:
        first = self.token
        target = self._assigned_row() if self.on("(") else self._dotted_column()
        self.require("=")
        return self.mark(exp.EQ(this=target, expression=self.expression()), first, self.previous)

    def _assigned_row(self) -> exp.Expr:
        return exp.Tuple(expressions=self.wrapped(self._dotted_column))

    def _dotted_column(self) -> exp.Expr:
        first = self.token
        name: exp.Expr = exp.Column(this=self.name("a column"))
        while self.accept("."):
            name = exp.Dot(this=name, expression=self.label())
        return self.mark(name, first, self.previous)

    def update(self) -> exp.Expr:
        """Read ``UPDATE table SET …``."""
        first = self.advance()
        target = self.table_name()
        if self.take("AS") or (self.is_name(self.token) and not self.at("SET")):
            target.set("alias", exp.TableAlias(this=self.name("an alias")))
        self.expect("SET")
        node = exp.Update(this=target, expressions=self.assignments())
        if self.take("FROM"):
            self.from_clause(node)
            if joins := node.args.pop("joins", None):
                node.args["from_"].this.set("joins", joins)
        if self.at("WHERE"):
            node.set("where", self.where())
        self._returning(node)
        return self.mark(node, first, self.previous)

    def delete(self) -> exp.Expr:
        """Read ``DELETE FROM table …``."""
        first = self.advance()
        self.expect("FROM")
        target = self.table_name()
        if self.take("AS") or self.is_name(self.token):
            target.set("alias", exp.TableAlias(this=self.name("an alias")))
        node = exp.Delete(this=target)
        if self.take("USING"):
            node.set("using", self.csv(self.table))
        if self.at("WHERE"):
            node.set("where", self.where())
        self._returning(node)
        return self.mark(node, first, self.previous)

    def truncate(self) -> exp.Expr:
        """Read ``TRUNCATE [TABLE] table``."""
        first = self.advance()
        self.take("TABLE")
        return self.mark(exp.TruncateTable(expressions=[self.table_name()]), first, self.previous)

    # --- MERGE ---

    def merge(self) -> exp.Expr:
        """Read ``MERGE INTO target USING source ON … WHEN …``."""
        first = self.advance()
        self.expect("INTO")
        target = self.table_name()
        if self.take("AS") or self.is_name(self.token):
            target.set("alias", exp.TableAlias(this=self.name("an alias")))
        self.expect("USING")
        node = exp.Merge(this=target, using=self.table())
        if self.take("ON"):
            node.set("on", self.expression())
        else:
            self.expect("USING")
            node.set("using_cond", self.wrapped(self.name))
        whens: list[exp.Expr] = []
        while self.at("WHEN"):
            whens.append(self._when())
        if not whens:
            self.fail("expected WHEN")
        node.set("whens", exp.Whens(expressions=whens))
        self._returning(node)
        return self.mark(node, first, self.previous)

    def _when(self) -> exp.Expr:
        first = self.advance()
        matched = not self.take("NOT")
        self.expect("MATCHED")
        when = exp.When(matched=matched)
        if self.take("BY"):
            side = self.take_any("SOURCE", "TARGET") or self.fail("expected SOURCE or TARGET")
            when.set("source", side == "SOURCE")
        if self.take("AND"):
            when.set("condition", self.expression())
        self.expect("THEN")
        when.set("then", self._merge_action())
        return self.mark(when, first, self.previous)

    def _merge_action(self) -> exp.Expr:
        first = self.token
        node: exp.Expr
        if self.take("DELETE"):
            node = exp.Var(this="DELETE")
        elif self.take("DO", "NOTHING"):
            node = exp.Var(this="DO NOTHING")
        elif self.take("ERROR"):
            message = None if self.at("WHEN", "RETURNING") or self._ends_statement() else self.expression()
            node = nodes.MergeError(this=message)
        elif self.take("UPDATE"):
            node = exp.Update()
            if self.take("SET"):
                if self.on("*"):
                    node.set("expressions", [exp.Star()])
                    self.advance()
                else:
                    node.set("expressions", self.assignments())
            else:
                self._by_name(node)
        else:
            self.expect("INSERT")
            node = self._merge_insert()
        return self.mark(node, first, self.previous)

    def _by_name(self, node: exp.Expr) -> None:
        if self.take("BY"):
            node.meta["by"] = self.take_any("NAME", "POSITION") or self.fail("expected NAME or POSITION")

    def _merge_insert(self) -> exp.Expr:
        node = exp.Insert()
        self._by_name(node)
        if self.accept("*"):
            node.set("this", exp.Star())
        elif self.take("DEFAULT", "VALUES"):
            node.set("default", True)
        else:
            if self.on("("):
                node.set("this", exp.Tuple(expressions=self.wrapped(self._target_column)))
            if self.at("VALUES"):
                self.advance()
                node.set("expression", exp.Tuple(expressions=self.wrapped(self.expression)))
        return node

    def _ends_statement(self) -> bool:
        return self.token.kind == "end" or self.on(";")

    # --- COPY ---

    def copy(self) -> exp.Expr:
        """Read ``COPY … FROM …``, ``COPY … TO …`` or ``COPY FROM DATABASE …``."""
        first = self.advance()
        if self.take("FROM", "DATABASE"):
            return self._copy_database()
        node = nodes.CopyStatement()
        if self.on("("):
            inside = self.advance()
            query = self.query() if self.starts_query() or self.on("(") else self.statement()
            self.require(")")
            node.set("this", self.mark(exp.Subquery(this=query), inside, self.previous))
        else:
            node.set("this", self.table_name())
            if self.on("("):
                node.set("columns", self.wrapped(self.name))
        direction = self.take_any("FROM", "TO") or self.fail("expected FROM or TO")
        node.set("is_from", direction == "FROM")
        node.set("path", self._copy_path())
        if self.take("WITH"):
            node.set("with_word", True)
        if self.on("("):
            node.set("wrapped", True)
            node.set("expressions", self.options())
        elif not self._ends_statement():
            node.set("expressions", self._legacy_options())
        return self.mark(node, first, self.previous)

    def _copy_path(self) -> exp.Expr:
        if self.at("STDIN", "STDOUT"):
            return self.word()
        return self.primary()

    def _copy_database(self) -> exp.Expr:
        first = self.previous
        node = nodes.CopyFromDatabase(this=self.name("a database"))
        self.expect("TO")
        node.set("expression", self.name("a database"))
        if self.accept("("):
            node.set("kind", self.take_any("SCHEMA", "DATA") or self.fail("expected SCHEMA or DATA"))
            self.require(")")
        return self.mark(node, first, self.previous)

    def options(self) -> list[exp.Expr]:
        """Read ``(name value, …)``."""
        return self.wrapped(self._option)

    def _option(self) -> exp.Expr:
        first = self.token
        if first.kind not in {WORD, QUOTED}:
            self.fail("expected the name of an option")
        option = nodes.Option(this=exp.Var(this=self.advance().text))
        if self.on("=", ":"):
            option.set("operator", self.advance().value)
        if self.on("*"):
            option.set("expression", self.mark(exp.Star(), self.advance()))
        elif not self.on(",", ")"):
            option.set("expression", self.option_value())
        return self.mark(option, first, self.previous)

    def option_value(self) -> exp.Expr:
        """Read the value of an option: an expression, or words that are constants here."""
        if self.at("TRUE", "FALSE", "ON", "OFF", "NULL", "DEFAULT"):
            return self.word()
        return self.expression()

    def _legacy_options(self) -> list[exp.Expr]:
        """Read the options of old: ``CSV HEADER DELIMITER ','``."""
        options: list[exp.Expr] = []
        while not self._ends_statement():
            first = self.token
            if first.kind != WORD:
                self.fail("expected an option")
            option = nodes.Option(this=exp.Var(this=self.advance().text))
            if self.take("AS"):
                option.set("operator", "AS")
            if self.token.kind in {STRING, NUMBER}:
                option.set("expression", self.primary())
            options.append(self.mark(option, first, self.previous))
        return options
