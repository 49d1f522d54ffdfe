"""Statements that define objects: CREATE and what belongs to each kind."""

from __future__ import annotations

from sqlglot import exp

from avila.planner.dialect import nodes
from avila.planner.dialect.changes import ChangeParser
from avila.planner.dialect.lexer import NUMBER, QUOTED, STRING, SYMBOL, WORD

_CONSTRAINT_WORDS = ("CONSTRAINT", "PRIMARY", "UNIQUE", "CHECK", "FOREIGN")


class DefinitionParser(ChangeParser):
    """Reads CREATE statements."""

    def create(self) -> exp.Expr:
        """Read ``CREATE …``."""
        first = self.advance()
        replace = self.take("OR", "REPLACE")
        persistence = self.take_any("TEMPORARY", "TEMP", "PERSISTENT", "LOCAL", "GLOBAL", "UNLOGGED")
        if persistence in {"LOCAL", "GLOBAL"}:
            self.take_any("TEMPORARY", "TEMP") or self.fail("expected TEMPORARY")
            persistence = "TEMPORARY"
        if persistence == "UNLOGGED":
            self.refuse("UNLOGGED is not supported", self.previous)
        temporary = persistence in {"TEMPORARY", "TEMP"}
        kind = self.token
        node: exp.Expr
        match kind.value if kind.kind == WORD else "":
            case "TABLE":
                node = self._create_table(replace=replace, temporary=temporary)
            case "VIEW" | "RECURSIVE":
                node = self._create_view(replace=replace, temporary=temporary)
            case "SCHEMA" | "DATABASE":
                node = self._create_schema(replace=replace)
            case "UNIQUE" | "INDEX":
                node = self._create_index()
            case "SEQUENCE":
                node = self._create_sequence(replace=replace, temporary=temporary)
            case "TYPE":
                node = self._create_type(replace=replace, temporary=temporary)
            case "MACRO" | "FUNCTION":
                node = self._create_macro(replace=replace, temporary=temporary)
            case "SECRET":
                node = self._create_secret(replace=replace, persistence=persistence)
            case "EXTENSION":
                self.advance()
                exists = self.take("IF", "NOT", "EXISTS")
                node = nodes.CreateExtension(this=self._extension_name(), exists=exists or None)
            case _:
                self.fail("this cannot be created")
        return self.mark(node, first, self.previous)

    def _extension_name(self) -> exp.Identifier:
        return self.name("an extension")

    def _if_not_exists(self) -> bool | None:
        return self.take("IF", "NOT", "EXISTS") or None

    def _created(
        self, kind: str, this: exp.Expr, *, replace: bool, temporary: bool, exists: bool | None
    ) -> exp.Create:
        properties = exp.Properties(expressions=[exp.TemporaryProperty()]) if temporary else None
        return exp.Create(kind=kind, this=this, replace=replace or None, exists=exists, properties=properties)

    # --- tables and views ---

    def _create_table(self, *, replace: bool, temporary: bool) -> exp.Expr:
        self.advance()
        exists = self._if_not_exists()
        this: exp.Expr = self.table_name()
        if self.on("("):
            this = exp.Schema(this=this, expressions=self.wrapped(self._table_element))
        node = self._created("TABLE", this, replace=replace, temporary=temporary, exists=exists)
        if self.at("PARTITIONED", "SORTED", "WITH") and not self.ahead("WITH", "NO"):
            self.refuse("PARTITIONED BY, SORTED BY and WITH (…) are not supported in CREATE TABLE")
        if self.take("AS"):
            node.set("expression", self.query())
            if self.take("WITH", "NO", "DATA"):
                node.meta["data"] = "WITH NO DATA"
            elif self.take("WITH", "DATA"):
                node.meta["data"] = "WITH DATA"
        elif not isinstance(this, exp.Schema):
            self.fail("expected the columns of the table, or AS")
        return node

    def _table_element(self) -> exp.Expr:
        if self.at(*_CONSTRAINT_WORDS):
            return self.table_constraint()
        return self.column_definition()

    def column_definition(self) -> exp.Expr:
        """Read a column with its type and constraints; a column of CREATE TABLE … AS has a name only."""
        first = self.token
        column = exp.ColumnDef(this=self.name("a column"))
        if not self.on(",", ")") and not self.at("GENERATED", "AS", *_CONSTRAINT_WORDS):
            column.set("kind", self.type_name())
        constraints: list[exp.Expr] = []
        while (constraint := self._column_constraint()) is not None:
            constraints.append(constraint)
        column.set("constraints", constraints)
        return self.mark(column, first, self.previous)

    def _column_constraint(self) -> exp.Expr | None:
        first = self.token
        name = None
        if self.take("CONSTRAINT"):
            name = self.name("a constraint")
        kind = self._constraint_kind()
        if kind is None:
            if name is not None:
                self.fail("expected a constraint")
            return None
        return self.mark(exp.ColumnConstraint(this=name, kind=kind), first, self.previous)

    def _constraint_kind(self) -> exp.Expr | None:
        if self.take("NOT", "NULL"):
            return exp.NotNullColumnConstraint()
        if self.take("NULL"):
            return exp.NotNullColumnConstraint(allow_null=True)
        if self.take("PRIMARY", "KEY"):
            return exp.PrimaryKeyColumnConstraint()
        if self.take("UNIQUE"):
            return exp.UniqueColumnConstraint()
        if self.take("DEFAULT"):
            return exp.DefaultColumnConstraint(this=self.expression(7))
        if self.take("CHECK"):
            return self._check()
        if self.take("COLLATE"):
            return exp.CollateColumnConstraint(this=self._collation())
        if self.at("REFERENCES"):
            return self._reference_to()
        if self.at("GENERATED", "AS"):
            return self._generated()
        if self.at("USING") and self.peek().value == "COMPRESSION":
            self.advance()
            self.advance()
            return nodes.CompressionConstraint(this=self.label("a compression"))
        return None

    def _check(self) -> exp.Expr:
        self.require("(")
        condition = self.expression()
        self.require(")")
        return exp.CheckColumnConstraint(this=condition)

    def _reference_to(self) -> exp.Expr:
        first = self.advance()
        table: exp.Expr = self.table_name()
        columns = self.wrapped(self.name) if self.on("(") else None
        reference = nodes.ForeignReference(this=table, expressions=columns)
        while self.take("ON"):
            event = self.take_any("DELETE", "UPDATE") or self.fail("expected DELETE or UPDATE")
            for words in (("NO", "ACTION"), ("RESTRICT",), ("CASCADE",), ("SET", "NULL"), ("SET", "DEFAULT")):
                if self.take(*words):
                    reference.set(event.lower(), " ".join(words))
                    break
            else:
                self.fail("expected an action")
        return self.mark(reference, first, self.previous)

    def _generated(self) -> exp.Expr:
        always = self.take("GENERATED")
        if always and not self.take("ALWAYS"):
            self.refuse("only GENERATED ALWAYS AS (…) columns are supported")
        self.expect("AS")
        self.require("(")
        node = nodes.GeneratedColumn(this=self.expression(), always=always or None)
        self.require(")")
        node.set("storage", self.take_any("VIRTUAL", "STORED"))
        return node

    def table_constraint(self) -> exp.Expr:
        """Read a constraint of a whole table."""
        first = self.token
        name = self.name("a constraint") if self.take("CONSTRAINT") else None
        kind: exp.Expr
        if self.take("PRIMARY", "KEY"):
            kind = exp.PrimaryKey(expressions=self.wrapped(self.name))
        elif self.take("UNIQUE"):
            kind = exp.UniqueColumnConstraint(this=exp.Schema(expressions=self.wrapped(self.name)))
        elif self.take("CHECK"):
            kind = self._check()
        elif self.take("FOREIGN", "KEY"):
            columns = self.wrapped(self.name)
            kind = exp.ForeignKey(expressions=columns, reference=self._reference_to())
        else:
            self.fail("expected a constraint")
        if name is not None:
            kind = exp.Constraint(this=name, expressions=[kind])
        return self.mark(kind, first, self.previous)

    def _create_view(self, *, replace: bool, temporary: bool) -> exp.Expr:
        if self.take("RECURSIVE"):
            self.refuse("CREATE RECURSIVE VIEW is not supported", self.previous, "Use WITH RECURSIVE inside.")
        self.advance()
        exists = self._if_not_exists()
        this: exp.Expr = self.table_name()
        if self.on("("):
            this = exp.Schema(this=this, expressions=self.wrapped(self.name))
        node = self._created("VIEW", this, replace=replace, temporary=temporary, exists=exists)
        first = self.token
        if self.take("WITH"):
            _add_property(
                node, self.mark(nodes.ViewOptions(expressions=self.options()), first, self.previous)
            )
        self.expect("AS")
        node.set("expression", self.query())
        return node

    def _create_schema(self, *, replace: bool) -> exp.Expr:
        if self.at("DATABASE"):
            self.refuse("CREATE DATABASE is not supported", hint="Use ATTACH.")
        self.advance()
        exists = self._if_not_exists()
        owner: exp.Expr | None
        if self.at("AUTHORIZATION"):
            owner = self._schema_owner(alone=True)
            schema = exp.Table(db=owner.this.copy())
        else:
            schema = self._schema_name()
            owner = self._schema_owner(alone=False) if self.at("AUTHORIZATION") else None
        node = self._created("SCHEMA", schema, replace=replace, temporary=False, exists=exists)
        if owner is not None:
            _add_property(node, owner)
        return node

    def _schema_name(self) -> exp.Table:
        first = self.token
        parts = [self.name("a schema")]
        if self.accept("."):
            parts.append(self.label("a schema"))
        names = dict(zip(("db", "catalog"), reversed(parts), strict=False))
        return self.mark(exp.Table(**names), first, self.previous)

    def _schema_owner(self, *, alone: bool) -> exp.Expr:
        first = self.advance()
        owner = nodes.SchemaOwner(this=self.name("a role"), alone=alone or None)
        return self.mark(owner, first, self.previous)

    def _create_index(self) -> exp.Expr:
        unique = self.take("UNIQUE")
        self.expect("INDEX")
        exists = self._if_not_exists()
        name = None if self.at("ON") else self.name("an index")
        self.expect("ON")
        table = self.table_name()
        parameters = exp.IndexParameters()
        if self.take("USING"):
            parameters.set("using", self.word())
        parameters.set("columns", self.wrapped(self.expression))
        if self.take("WITH"):
            parameters.set("with_storage", self.options())
        if self.at("WHERE"):
            self.refuse("partial indexes are not supported")
        index = exp.Index(this=name, table=table, params=parameters)
        return exp.Create(kind="INDEX", this=index, unique=unique or None, exists=exists)

    # --- sequences, types, macros, secrets ---

    def _create_sequence(self, *, replace: bool, temporary: bool) -> exp.Expr:
        self.advance()
        exists = self._if_not_exists()
        node = nodes.CreateSequence(
            this=self.table_name(), replace=replace or None, temporary=temporary or None, exists=exists
        )
        while self.token.kind == WORD:
            first = self.token
            option = nodes.Option(this=exp.Var(this=self._sequence_words()))
            if self.token.kind in {NUMBER, SYMBOL} and not self._ends_statement():
                option.set("expression", self.expression())
            node.append("expressions", self.mark(option, first, self.previous))
        return node

    def _sequence_words(self) -> str:
        for words in (
            *(("NO", word) for word in ("MINVALUE", "MAXVALUE", "CYCLE")),
            *(("START", "WITH"), ("INCREMENT", "BY")),
            *((word,) for word in ("START", "INCREMENT", "MINVALUE", "MAXVALUE", "CYCLE")),
        ):
            if self.take(*words):
                return " ".join(words)
        return self.fail("expected an option of a sequence")

    def _create_type(self, *, replace: bool, temporary: bool) -> exp.Expr:
        self.advance()
        exists = self._if_not_exists()
        node = nodes.CreateType(
            this=self.table_name(), replace=replace or None, temporary=temporary or None, exists=exists
        )
        self.expect("AS")
        if self.at("ENUM") and self.on_ahead(1, "(") and self.starts_query(2):
            self.advance()
            self.require("(")
            node.set("expression", self.query())
            self.require(")")
        else:
            node.set("expression", self.type_name())
        return node

    def _create_macro(self, *, replace: bool, temporary: bool) -> exp.Expr:
        kind = self.advance().value
        exists = self._if_not_exists()
        node = nodes.CreateMacro(
            this=self.table_name(),
            kind=kind,
            replace=replace or None,
            temporary=temporary or None,
            exists=exists,
        )
        node.set("expressions", self.csv(self._macro_body))
        return node

    def _macro_body(self) -> exp.Expr:
        first = self.require("(")
        parameters = [] if self.on(")") else self.csv(self._macro_parameter, ")")
        self.require(")")
        self.expect("AS")
        body = nodes.MacroBody(expressions=parameters)
        if self.take("TABLE"):
            body.set("is_table", True)
            body.set("this", self.query())
        else:
            body.set("this", self.query() if self.starts_query() else self.expression())
        return self.mark(body, first, self.previous)

    def _macro_parameter(self) -> exp.Expr:
        first = self.token
        parameter = nodes.MacroParameter(this=self.name("a parameter"))
        if not self.on(",", ")", ":=", "=>"):
            parameter.set("kind", self.type_name())
        if self.on(":=", "=>"):
            parameter.set("operator", self.advance().value)
            parameter.set("default", self.expression())
        return self.mark(parameter, first, self.previous)

    def _create_secret(self, *, replace: bool, persistence: str | None) -> exp.Expr:
        self.advance()
        node = nodes.CreateSecret(
            replace=replace or None, persistence=persistence, exists=self._if_not_exists()
        )
        if self.token.kind in {WORD, QUOTED} and not self.at("IN"):
            node.set("this", self.name("a secret"))
        if self.take("IN"):
            node.set("storage", self.string() if self.token.kind == STRING else self.name("a storage"))
        node.set("expressions", self.options())
        return node


def _add_property(node: exp.Create, found: exp.Expr) -> None:
    properties = node.args.get("properties") or exp.Properties(expressions=[])
    properties.append("expressions", found)
    node.set("properties", properties)
