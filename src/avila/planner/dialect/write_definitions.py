"""Writing CREATE, ALTER, DROP and COMMENT ON."""

from __future__ import annotations

from typing import TYPE_CHECKING

from avila.planner.dialect import nodes
from avila.planner.dialect.write_statements import StatementWriter, _flag, _words

if TYPE_CHECKING:
    from sqlglot import exp


class DefinitionWriter(StatementWriter):
    """Writes statements that define, change and remove objects."""

    def create_sql(self, expression: exp.Create) -> str:
        """Write CREATE TABLE, VIEW, SCHEMA or INDEX."""
        body = self.sql(expression, "expression")
        properties = expression.args["properties"].expressions if expression.args.get("properties") else []
        own = [item for item in properties if isinstance(item, nodes.ViewOptions | nodes.SchemaOwner)]
        unnamed = any(item.args.get("alone") for item in own)
        return _words(
            "CREATE",
            _flag(expression, "replace", "OR REPLACE"),
            _flag(expression, "unique", "UNIQUE"),
            "TEMPORARY" if len(properties) > len(own) else "",
            expression.args["kind"],
            _flag(expression, "exists", "IF NOT EXISTS"),
            "" if unnamed else self.sql(expression, "this"),
            *(self.sql(item) for item in own),
            body and f"AS {body}",
            expression.meta.get("data"),
        )

    def index_sql(self, expression: exp.Index) -> str:
        """Write an index behind CREATE INDEX."""
        parameters = expression.args["params"]
        using, options = self.sql(parameters, "using"), parameters.args.get("with_storage")
        return _words(
            self.sql(expression, "this"),
            f"ON {self.sql(expression, 'table')}",
            using and f"USING {using}",
            f"({self._list_of(parameters.args['columns'])})",
            options and f"WITH {self._wrapped_of(options)}",
        )

    def columndef_sql(self, expression: exp.ColumnDef, sep: str = " ") -> str:
        """Write a column."""
        constraints = " ".join(self.sql(item) for item in expression.args.get("constraints") or ())
        kind = self.sql(expression, "kind")
        del sep
        return _words(self.sql(expression, "this"), kind, constraints)

    def compressionconstraint_sql(self, expression: nodes.CompressionConstraint) -> str:
        """Write USING COMPRESSION."""
        return f"USING COMPRESSION {self.sql(expression, 'this')}"

    def generatedcolumn_sql(self, expression: nodes.GeneratedColumn) -> str:
        """Write a generated column's expression."""
        always = _flag(expression, "always", "GENERATED ALWAYS")
        return _words(always, f"AS ({self.sql(expression, 'this')})", expression.args.get("storage"))

    def foreignreference_sql(self, expression: nodes.ForeignReference) -> str:
        """Write REFERENCES."""
        delete, update = expression.args.get("delete"), expression.args.get("update")
        return _words(
            f"REFERENCES {self.sql(expression, 'this')}",
            self._wrapped_of(expression.expressions),
            delete and f"ON DELETE {delete}",
            update and f"ON UPDATE {update}",
        )

    def foreignkey_sql(self, expression: exp.ForeignKey) -> str:
        """Write FOREIGN KEY."""
        return f"FOREIGN KEY {self._wrapped_of(expression.expressions)} {self.sql(expression, 'reference')}"

    def primarykey_sql(self, expression: exp.PrimaryKey) -> str:
        """Write PRIMARY KEY of a table."""
        return f"PRIMARY KEY {self._wrapped_of(expression.expressions)}"

    def primarykeycolumnconstraint_sql(self, expression: exp.PrimaryKeyColumnConstraint) -> str:
        """Write PRIMARY KEY of a column."""
        del expression
        return "PRIMARY KEY"

    def notnullcolumnconstraint_sql(self, expression: exp.NotNullColumnConstraint) -> str:
        """Write NULL or NOT NULL."""
        return "NULL" if expression.args.get("allow_null") else "NOT NULL"

    def uniquecolumnconstraint_sql(self, expression: exp.UniqueColumnConstraint) -> str:
        """Write UNIQUE, of a column or of a table."""
        return _words("UNIQUE", self.sql(expression, "this"))

    def checkcolumnconstraint_sql(self, expression: exp.CheckColumnConstraint) -> str:
        """Write CHECK."""
        return f"CHECK ({self.sql(expression, 'this')})"

    def defaultcolumnconstraint_sql(self, expression: exp.DefaultColumnConstraint) -> str:
        """Write DEFAULT."""
        return f"DEFAULT {self.sql(expression, 'this')}"

    def collatecolumnconstraint_sql(self, expression: exp.CollateColumnConstraint) -> str:
        """Write COLLATE."""
        return f"COLLATE {self.sql(expression, 'this')}"

    def constraint_sql(self, expression: exp.Constraint) -> str:
        """Write a named constraint."""
        return f"CONSTRAINT {self.sql(expression, 'this')} {self.listed(expression)}"

    def _creating(self, expression: exp.Expr, kind: str) -> str:
        return _words(
            "CREATE",
            _flag(expression, "replace", "OR REPLACE"),
            _flag(expression, "temporary", "TEMPORARY"),
            kind,
            _flag(expression, "exists", "IF NOT EXISTS"),
            self.sql(expression, "this"),
        )

    def createsequence_sql(self, expression: nodes.CreateSequence) -> str:
        """Write CREATE SEQUENCE."""
        return _words(
            self._creating(expression, "SEQUENCE"), *(self.sql(item) for item in expression.expressions)
        )

    def createtype_sql(self, expression: nodes.CreateType) -> str:
        """Write CREATE TYPE."""
        definition = expression.args["expression"]
        text = self.sql(definition)
        if definition.key != "typename":
            text = f"ENUM ({text})"
        return f"{self._creating(expression, 'TYPE')} AS {text}"

    def createmacro_sql(self, expression: nodes.CreateMacro) -> str:
        """Write CREATE MACRO with its overloads."""
        return f"{self._creating(expression, str(expression.args['kind']))}{self.listed(expression)}"

    def macrobody_sql(self, expression: nodes.MacroBody) -> str:
        """Write one overload of a macro."""
        table = "TABLE " if expression.args.get("is_table") else ""
        return f"({self.listed(expression)}) AS {table}{self.sql(expression, 'this')}"

    def macroparameter_sql(self, expression: nodes.MacroParameter) -> str:
        """Write a parameter of a macro."""
        default = self.sql(expression, "default")
        operator = expression.args.get("operator") or ":="
        return _words(
            self.sql(expression, "this"), self.sql(expression, "kind"), default and f"{operator} {default}"
        )

    def createextension_sql(self, expression: nodes.CreateExtension) -> str:
        """Write CREATE EXTENSION."""
        return _words(
            "CREATE EXTENSION", _flag(expression, "exists", "IF NOT EXISTS"), self.sql(expression, "this")
        )

    def dropextension_sql(self, expression: nodes.DropExtension) -> str:
        """Write DROP EXTENSION."""
        return _words(
            "DROP EXTENSION", _flag(expression, "exists", "IF EXISTS"), self.sql(expression, "this")
        )

    def createsecret_sql(self, expression: nodes.CreateSecret) -> str:
        """Write CREATE SECRET."""
        storage = self.sql(expression, "storage")
        return _words(
            "CREATE",
            _flag(expression, "replace", "OR REPLACE"),
            expression.args.get("persistence"),
            "SECRET",
            _flag(expression, "exists", "IF NOT EXISTS"),
            self.sql(expression, "this"),
            storage and f"IN {storage}",
            self._wrapped_of(expression.expressions),
        )

    def dropsecret_sql(self, expression: nodes.DropSecret) -> str:
        """Write DROP SECRET."""
        storage = self.sql(expression, "storage")
        return _words(
            "DROP",
            expression.args.get("persistence"),
            "SECRET",
            _flag(expression, "exists", "IF EXISTS"),
            self.sql(expression, "this"),
            storage and f"FROM {storage}",
        )

    def commenton_sql(self, expression: nodes.CommentOn) -> str:
        """Write COMMENT ON."""
        target, text = self.sql(expression, "this"), self.sql(expression, "expression")
        return f"COMMENT ON {expression.args['kind']} {target} IS {text}"

    def drop_sql(self, expression: exp.Drop) -> str:
        """Write DROP."""
        return _words(
            f"DROP {expression.args['kind']}",
            _flag(expression, "exists", "IF EXISTS"),
            self._list_of(expression.args["tables"]),
            _flag(expression, "cascade", "CASCADE"),
            _flag(expression, "restrict", "RESTRICT"),
        )

    # --- ALTER ---

    def alter_sql(self, expression: exp.Alter) -> str:
        """Write ALTER."""
        return _words(
            f"ALTER {expression.args['kind']}",
            _flag(expression, "exists", "IF EXISTS"),
            self.sql(expression, "this"),
            self._list_of(expression.args["actions"]),
        )

    def addconstraint_sql(self, expression: exp.AddConstraint) -> str:
        """Write ADD CONSTRAINT."""
        return f"ADD {self.listed(expression)}"

    def addcolumn_sql(self, expression: nodes.AddColumn) -> str:
        """Write ADD COLUMN."""
        exists = _flag(expression, "exists", "IF NOT EXISTS")
        return _words("ADD", _flag(expression, "word", "COLUMN"), exists, self.sql(expression, "this"))

    def dropcolumn_sql(self, expression: nodes.DropColumn) -> str:
        """Write DROP COLUMN."""
        return _words(
            "DROP",
            _flag(expression, "word", "COLUMN"),
            _flag(expression, "exists", "IF EXISTS"),
            self.sql(expression, "this"),
            expression.args.get("behaviour"),
        )

    def changecolumn_sql(self, expression: nodes.ChangeColumn) -> str:
        """Write ALTER COLUMN."""
        using = self.sql(expression, "using")
        return _words(
            "ALTER",
            _flag(expression, "word", "COLUMN"),
            self.sql(expression, "this"),
            expression.args["kind"],
            self.sql(expression, "type_name"),
            self.sql(expression, "expression"),
            using and f"USING {using}",
        )

    def alterrename_sql(self, expression: exp.AlterRename, include_to: bool = True) -> str:
        """Write RENAME TO."""
        del include_to
        return f"RENAME TO {self.sql(expression, 'this')}"

    def renameto_sql(self, expression: nodes.RenameTo) -> str:
        """Write RENAME COLUMN."""
        target = self.sql(expression, "expression")
        return _words(
            "RENAME", _flag(expression, "word", "COLUMN"), self.sql(expression, "this"), "TO", target
        )

    def setschema_sql(self, expression: nodes.SetSchema) -> str:
        """Write SET SCHEMA."""
        return f"SET SCHEMA {self.sql(expression, 'this')}"

    def ownedby_sql(self, expression: nodes.OwnedBy) -> str:
        """Write OWNED BY."""
        return f"OWNED BY {self.sql(expression, 'this')}"

    def tableoptions_sql(self, expression: nodes.TableOptions) -> str:
        """Write SET (…) or RESET (…)."""
        return f"{expression.args['kind']} {self._wrapped_of(expression.expressions)}"
