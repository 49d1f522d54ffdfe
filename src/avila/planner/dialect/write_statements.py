"""Writing statements other than queries."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlglot import exp

from avila.planner.dialect.write_queries import QueryWriter

if TYPE_CHECKING:
    from collections.abc import Iterable

    from avila.planner.dialect import nodes


def _words(*words: object) -> str:
    """Join what there is: strings as they are, nothing for what is missing."""
    return " ".join(str(word) for word in words if word)


def _flag(expression: exp.Expr, key: str, word: str) -> str:
    return word if expression.args.get(key) else ""


class StatementWriter(QueryWriter):
    """Writes statements that change rows, and commands."""

    def _list_of(self, items: Iterable[exp.Expr] | None) -> str:
        return ", ".join(self.sql(item) for item in items or ())

    def _wrapped_of(self, items: Iterable[exp.Expr] | None) -> str:
        return f"({self._list_of(items)})" if items else ""

    # --- changes ---

    def insert_sql(self, expression: exp.Insert) -> str:
        """Write INSERT."""
        alternative = expression.args.get("alternative")
        return _words(
            self.sql(expression, "with_"),
            "INSERT",
            alternative and f"OR {alternative}",
            "INTO",
            self.sql(expression, "this"),
            self._by(expression),
            _flag(expression, "default", "DEFAULT VALUES"),
            self.sql(expression, "expression"),
            self.sql(expression, "conflict"),
            self.sql(expression, "returning"),
        )

    def _by(self, expression: exp.Expr) -> str:
        kind = expression.meta.get("by") or ("NAME" if expression.args.get("by_name") else "")
        return f"BY {kind}" if kind else ""

    def schema_sql(self, expression: exp.Schema) -> str:
        """Write a table with its columns."""
        return _words(self.sql(expression, "this"), self._wrapped_of(expression.expressions))

    def onconflict_sql(self, expression: exp.OnConflict) -> str:
        """Write ON CONFLICT."""
        assignments = expression.expressions
        return _words(
            "ON CONFLICT",
            self._wrapped_of(expression.args.get("conflict_keys")),
            self.sql(expression, "index_predicate"),
            self.sql(expression, "action"),
            assignments and f"SET {self._list_of(assignments)}",
            self.sql(expression, "where"),
        )

    def returning_sql(self, expression: exp.Returning) -> str:
        """Write RETURNING."""
        return f"RETURNING {self.listed(expression)}"

    def update_sql(self, expression: exp.Update) -> str:
        """Write UPDATE."""
        return _words(
            self.sql(expression, "with_"),
            "UPDATE",
            self.sql(expression, "this"),
            f"SET {self.listed(expression)}",
            self.sql(expression, "from_"),
            self.sql(expression, "where"),
            self.sql(expression, "returning"),
        )

    def delete_sql(self, expression: exp.Delete) -> str:
        """Write DELETE."""
        using = expression.args.get("using")
        return _words(
            self.sql(expression, "with_"),
            "DELETE FROM",
            self.sql(expression, "this"),
            using and f"USING {self._list_of(using)}",
            self.sql(expression, "where"),
            self.sql(expression, "returning"),
        )

    def truncatetable_sql(self, expression: exp.TruncateTable) -> str:
        """Write TRUNCATE."""
        return f"TRUNCATE {self.listed(expression)}"

    def merge_sql(self, expression: exp.Merge) -> str:
        """Write MERGE."""
        condition, columns = self.sql(expression, "on"), expression.args.get("using_cond")
        return _words(
            self.sql(expression, "with_"),
            "MERGE INTO",
            self.sql(expression, "this"),
            f"USING {self.sql(expression, 'using')}",
            condition and f"ON {condition}",
            columns and f"USING {self._wrapped_of(columns)}",
            " ".join(self.sql(when) for when in expression.args["whens"].expressions),
            self.sql(expression, "returning"),
        )

    def when_sql(self, expression: exp.When) -> str:
        """Write a branch of MERGE."""
        source = expression.args.get("source")
        condition = self.sql(expression, "condition")
        return _words(
            "WHEN",
            "MATCHED" if expression.args["matched"] else "NOT MATCHED",
            "" if source is None else "BY SOURCE" if source else "BY TARGET",
            condition and f"AND {condition}",
            "THEN",
            self._merge_action(expression.args["then"]),
        )

    def _merge_action(self, action: exp.Expr) -> str:
        if isinstance(action, exp.Update):
            listed = self.listed(action)
            return _words("UPDATE", self._by(action), listed and f"SET {listed}")
        if isinstance(action, exp.Insert):
            values = self.sql(action, "expression")
            return _words(
                "INSERT",
                self._by(action),
                self.sql(action, "this"),
                _flag(action, "default", "DEFAULT VALUES"),
                values and f"VALUES {values}",
            )
        return self.sql(action)

    def mergeerror_sql(self, expression: nodes.MergeError) -> str:
        """Write ERROR."""
        return _words("ERROR", self.sql(expression, "this"))

    # --- copies and options ---

    def copystatement_sql(self, expression: nodes.CopyStatement) -> str:
        """Write COPY."""
        options = expression.expressions
        listed = (
            self._wrapped_of(options) if expression.args.get("wrapped") else _words(*map(self.sql, options))
        )
        return _words(
            "COPY",
            self.sql(expression, "this"),
            self._wrapped_of(expression.args.get("columns")),
            "FROM" if expression.args.get("is_from") else "TO",
            self.sql(expression, "path"),
            _flag(expression, "with_word", "WITH"),
            listed,
        )

    def option_sql(self, expression: nodes.Option) -> str:
        """Write an option."""
        return _words(
            self.sql(expression, "this"), expression.args.get("operator"), self.sql(expression, "expression")
        )

    def copyfromdatabase_sql(self, expression: nodes.CopyFromDatabase) -> str:
        """Write COPY FROM DATABASE."""
        kind = expression.args.get("kind")
        source, target = self.sql(expression, "this"), self.sql(expression, "expression")
        return _words(f"COPY FROM DATABASE {source} TO {target}", kind and f"({kind})")

    # --- commands ---

    def explain_sql(self, expression: nodes.Explain) -> str:
        """Write EXPLAIN."""
        return _words(
            "EXPLAIN",
            _flag(expression, "analyze", "ANALYZE"),
            self._wrapped_of(expression.args.get("options")),
            self.sql(expression, "this"),
        )

    def showstatement_sql(self, expression: nodes.ShowStatement) -> str:
        """Write SHOW, DESCRIBE or SUMMARIZE."""
        text = _words(expression.args["kind"], expression.args.get("words"), self.sql(expression, "this"))
        return self._queried(expression, text)

    def call_sql(self, expression: nodes.Call) -> str:
        """Write CALL."""
        return f"CALL {self.sql(expression, 'this')}"

    def setoption_sql(self, expression: nodes.SetOption) -> str:
        """Write SET."""
        words = (expression.args.get("scope"), self.sql(expression, "this"), expression.args.get("operator"))
        return _words("SET", *words, self.listed(expression))

    def resetoption_sql(self, expression: nodes.ResetOption) -> str:
        """Write RESET."""
        return _words("RESET", expression.args.get("scope"), self.sql(expression, "this"))

    def setvariable_sql(self, expression: nodes.SetVariable) -> str:
        """Write SET VARIABLE."""
        operator = expression.args.get("operator") or "="
        return f"SET VARIABLE {self.sql(expression, 'this')} {operator} {self.sql(expression, 'expression')}"

    def resetvariable_sql(self, expression: nodes.ResetVariable) -> str:
        """Write RESET VARIABLE."""
        return f"RESET VARIABLE {self.sql(expression, 'this')}"

    def pragmastatement_sql(self, expression: nodes.PragmaStatement) -> str:
        """Write PRAGMA."""
        value = self.sql(expression, "expression")
        return f"PRAGMA {self.sql(expression, 'this')}{f' = {value}' if value else ''}"

    def useschema_sql(self, expression: nodes.UseSchema) -> str:
        """Write USE."""
        return f"USE {self.sql(expression, 'this')}"

    def attachdatabase_sql(self, expression: nodes.AttachDatabase) -> str:
        """Write ATTACH."""
        alias = self.sql(expression, "alias")
        return _words(
            "ATTACH",
            _flag(expression, "replace", "OR REPLACE"),
            _flag(expression, "database", "DATABASE"),
            _flag(expression, "exists", "IF NOT EXISTS"),
            self.sql(expression, "this"),
            alias and f"AS {alias}",
            self._wrapped_of(expression.expressions),
        )

    def detachdatabase_sql(self, expression: nodes.DetachDatabase) -> str:
        """Write DETACH."""
        return _words(
            "DETACH",
            _flag(expression, "database", "DATABASE"),
            _flag(expression, "exists", "IF EXISTS"),
            self.sql(expression, "this"),
        )

    def loadextension_sql(self, expression: nodes.LoadExtension) -> str:
        """Write LOAD or INSTALL."""
        repository, version = self.sql(expression, "repository"), self.sql(expression, "version")
        return _words(
            _flag(expression, "force", "FORCE"),
            "INSTALL" if expression.args.get("install") else "LOAD",
            self.sql(expression, "this"),
            repository and f"FROM {repository}",
            version and f"VERSION {version}",
        )

    def exportdatabase_sql(self, expression: nodes.ExportDatabase) -> str:
        """Write EXPORT DATABASE."""
        database = self.sql(expression, "database")
        return _words(
            "EXPORT DATABASE",
            database and f"{database} TO",
            self.sql(expression, "this"),
            self._wrapped_of(expression.expressions),
        )

    def importdatabase_sql(self, expression: nodes.ImportDatabase) -> str:
        """Write IMPORT DATABASE."""
        return f"IMPORT DATABASE {self.sql(expression, 'this')}"

    def prepare_sql(self, expression: nodes.Prepare) -> str:
        """Write PREPARE."""
        types = self._wrapped_of(expression.expressions)
        return _words(
            "PREPARE", self.sql(expression, "this"), types, "AS", self.sql(expression, "expression")
        )

    def executeprepared_sql(self, expression: nodes.ExecutePrepared) -> str:
        """Write EXECUTE."""
        return f"EXECUTE {self.sql(expression, 'this')}{self._wrapped_of(expression.expressions)}"

    def deallocate_sql(self, expression: nodes.Deallocate) -> str:
        """Write DEALLOCATE."""
        return _words(
            "DEALLOCATE", _flag(expression, "prepare", "PREPARE"), self.sql(expression, "this") or "ALL"
        )

    def transactionstatement_sql(self, expression: nodes.TransactionStatement) -> str:
        """Write BEGIN, COMMIT, ROLLBACK and their synonyms."""
        return _words(expression.args["kind"], expression.args.get("words"))

    def vacuum_sql(self, expression: nodes.Vacuum) -> str:
        """Write VACUUM."""
        columns = self._wrapped_of(expression.expressions)
        return _words(
            "VACUUM", _flag(expression, "analyze", "ANALYZE"), self.sql(expression, "this"), columns
        )

    def analyzetable_sql(self, expression: nodes.AnalyzeTable) -> str:
        """Write ANALYZE."""
        return _words("ANALYZE", self.sql(expression, "this"), self._wrapped_of(expression.expressions))

    def checkpoint_sql(self, expression: nodes.Checkpoint) -> str:
        """Write CHECKPOINT."""
        return _words(_flag(expression, "force", "FORCE"), "CHECKPOINT", self.sql(expression, "this"))
