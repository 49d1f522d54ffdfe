"""ALTER, DROP and COMMENT ON."""

from __future__ import annotations

from sqlglot import exp

from avila.planner.dialect import nodes
from avila.planner.dialect.definitions import DefinitionParser
from avila.planner.dialect.lexer import STRING

_DROPPED = ("TABLE", "VIEW", "SCHEMA", "INDEX", "SEQUENCE", "TYPE", "MACRO", "FUNCTION", "DATABASE")
_COMMENTED = (
    "TABLE",
    "VIEW",
    "COLUMN",
    "INDEX",
    "SEQUENCE",
    "TYPE",
    "MACRO",
    "FUNCTION",
    "SCHEMA",
    "DATABASE",
)


class AlterationParser(DefinitionParser):
    """Reads statements that change and remove objects."""

    def alter(self) -> exp.Expr:
        """Read ``ALTER TABLE | VIEW | SEQUENCE | SCHEMA …``."""
        first = self.advance()
        kind = self.take_any("TABLE", "VIEW", "SEQUENCE", "SCHEMA", "INDEX")
        if kind is None:
            self.fail("this cannot be altered")
        exists = self.take("IF", "EXISTS")
        node = exp.Alter(this=self.table_name(), kind=kind, exists=exists or None)
        node.set("actions", [self._action()])
        if self.on(","):
            self.refuse("only one change in each ALTER is supported")
        return self.mark(node, first, self.previous)

    def _action(self) -> exp.Expr:
        first = self.token
        node: exp.Expr
        if self.take("ADD"):
            node = self._add()
        elif self.take("DROP"):
            node = self._drop_part()
        elif self.take("ALTER"):
            node = self._alter_column()
        elif self.take("RENAME"):
            node = self._rename()
        elif self.take("SET", "SCHEMA"):
            node = nodes.SetSchema(this=self.name("a schema"))
        elif self.at("SET", "RESET"):
            node = self._table_setting()
        elif self.at("OWNED"):
            self.advance()
            self.expect("BY")
            node = nodes.OwnedBy(this=self.table_name())
        else:
            self.fail("expected ADD, DROP, ALTER, RENAME or SET")
        return self.mark(node, first, self.previous)

    def _add(self) -> exp.Expr:
        if self.at("CONSTRAINT", "PRIMARY", "UNIQUE", "CHECK", "FOREIGN"):
            return exp.AddConstraint(expressions=[self.table_constraint()])
        word = self.take("COLUMN")
        exists = self.take("IF", "NOT", "EXISTS")
        column = self._dotted_definition()
        return nodes.AddColumn(this=column, exists=exists or None, word=word or None)

    def _dotted_definition(self) -> exp.Expr:
        """Read a column definition whose name may be the path of a struct's field."""
        if not self.on_ahead(1, "."):
            return self.column_definition()
        path = self._dotted_column()
        return exp.ColumnDef(this=path, kind=self.type_name())

    def _drop_part(self) -> exp.Expr:
        if self.take("CONSTRAINT"):
            self.refuse("DROP CONSTRAINT is not supported by the kernel")
        word = self.take("COLUMN")
        exists = self.take("IF", "EXISTS")
        node = nodes.DropColumn(this=self._dotted_column(), exists=exists or None, word=word or None)
        node.set("behaviour", self.take_any("CASCADE", "RESTRICT"))
        return node

    def _alter_column(self) -> exp.Expr:
        word = self.take("COLUMN")
        node = nodes.ChangeColumn(this=self._dotted_column(), word=word or None)
        if self.take("SET", "DEFAULT"):
            node.set("kind", "SET DEFAULT")
            node.set("expression", self.expression())
        elif self.take("DROP", "DEFAULT"):
            node.set("kind", "DROP DEFAULT")
        elif self.take("SET", "NOT", "NULL"):
            node.set("kind", "SET NOT NULL")
        elif self.take("DROP", "NOT", "NULL"):
            node.set("kind", "DROP NOT NULL")
        else:
            words = (
                "SET DATA TYPE" if self.take("SET", "DATA") else "SET TYPE" if self.take("SET") else "TYPE"
            )
            self.expect("TYPE")
            node.set("kind", words)
            if not self.at("USING"):
                node.set("type_name", self.type_name())
            if self.take("USING"):
                node.set("using", self.expression())
        return node

    def _rename(self) -> exp.Expr:
        if self.take("TO"):
            return exp.AlterRename(this=self.name("a name"))
        word = self.take("COLUMN")
        column = self._dotted_column()
        self.expect("TO")
        return nodes.RenameTo(this=column, expression=self.name("a name"), word=word or None)

    def _table_setting(self) -> exp.Expr:
        words = [self.advance().value]
        if self.on("("):
            return nodes.TableOptions(kind=words[0], expressions=self.options())
        return self.refuse("this setting of a table is not supported")

    # --- DROP ---

    def drop(self) -> exp.Expr:
        """Read ``DROP kind [IF EXISTS] name, … [CASCADE | RESTRICT]``."""
        first = self.advance()
        node: exp.Expr
        persistence = self.take_any("PERSISTENT", "TEMPORARY", "TEMP")
        if self.take("SECRET"):
            node = nodes.DropSecret(persistence=persistence, exists=self.take("IF", "EXISTS") or None)
            node.set("this", self.name("a secret"))
            if self.take("FROM"):
                node.set("storage", self.string() if self.token.kind == STRING else self.name("a storage"))
            return self.mark(node, first, self.previous)
        if persistence:
            self.fail("expected SECRET")
        if self.take("EXTENSION"):
            exists = self.take("IF", "EXISTS")
            return self.mark(
                nodes.DropExtension(this=self.name("an extension"), exists=exists or None),
                first,
                self.previous,
            )
        kind = self.take_any(*_DROPPED)
        if kind is None:
            self.fail("this cannot be dropped")
        table_macro = kind in {"MACRO", "FUNCTION"} and self.take("TABLE")
        exists = self.take("IF", "EXISTS")
        names = self.csv(self._schema_name if kind == "SCHEMA" else self.table_name)
        node = exp.Drop(kind=f"{kind} TABLE" if table_macro else kind, exists=exists or None, tables=names)
        if behaviour := self.take_any("CASCADE", "RESTRICT"):
            node.set(behaviour.lower(), True)
        return self.mark(node, first, self.previous)

    # --- COMMENT ON ---

    def comment(self) -> exp.Expr:
        """Read ``COMMENT ON kind name IS text``."""
        first = self.advance()
        self.expect("ON")
        kind = self.take_any(*_COMMENTED)
        if kind is None:
            self.fail("this cannot have a comment")
        if kind == "COLUMN":
            target = self._excluded()
        elif kind == "SCHEMA":
            target = self._schema_name()
        else:
            target = self.table_name()
        self.expect("IS")
        word = self.token
        text: exp.Expr = self.mark(exp.Null(), word) if self.take("NULL") else self.string()
        return self.mark(nodes.CommentOn(this=target, kind=kind, expression=text), first, self.previous)
