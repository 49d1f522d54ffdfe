"""What the shell shows of the catalog."""

from __future__ import annotations

from fnmatch import fnmatch
from typing import TYPE_CHECKING

import pyarrow as pa

from avila import errors
from avila.planner.suggest import suggest
from avila.show import print_table

if TYPE_CHECKING:
    from avila.cli.shell.runner import Runner

_OWN = "database_name IN ('native', 'lake', 'temp') AND NOT internal"
RELATIONS = f"""
SELECT * FROM (
  SELECT database_name AS store, schema_name AS schema, table_name AS name, 'table' AS kind, column_count AS columns
  FROM duckdb_tables() WHERE {_OWN}
  UNION ALL
  SELECT database_name, schema_name, view_name, 'view', column_count FROM duckdb_views() WHERE {_OWN}
) WHERE schema <> 'avila' ORDER BY store DESC, schema, name
"""
COLUMNS = """
SELECT column_name AS "column", data_type AS type, is_nullable AS nullable, column_default AS "default"
FROM duckdb_columns() WHERE database_name = ? AND schema_name = ? AND table_name = ? ORDER BY column_index
"""
CONSTRAINTS = """
SELECT constraint_text AS "constraint" FROM duckdb_constraints()
WHERE database_name = ? AND schema_name = ? AND table_name = ? AND constraint_type <> 'NOT NULL'
"""
FUNCTIONS = """
SELECT function_name, function_type, list_distinct(parameters), coalesce(return_type, ''), coalesce(description, '')
FROM duckdb_functions() WHERE function_name SIMILAR TO '[a-z_][a-z0-9_]*' ORDER BY ALL
"""
SCHEMAS = """
SELECT database_name AS store, schema_name AS schema FROM duckdb_schemas()
WHERE database_name IN ('native', 'lake') AND schema_name NOT IN ('information_schema', 'pg_catalog') ORDER BY ALL
"""
STORES = """
SELECT database_name AS store, type FROM duckdb_databases() WHERE database_name IN ('native', 'lake') ORDER BY ALL
"""


def relations(runner: Runner, kind: str | None) -> None:
    """Show tables, views or both."""
    runner.show(f"FROM ({RELATIONS})" + (f" WHERE kind = '{kind}'" if kind else ""))


def describe(runner: Runner, name: str) -> None:
    """Show a table's columns and constraints; UndefinedTable with a suggestion when there is none."""
    known = runner.session.execute(RELATIONS).fetchall()
    wanted = name.replace('"', "").lower().split(".")
    found = [row[:3] for row in known if [part.lower() for part in row[:3]][-len(wanted) :] == wanted]
    if not found and len(wanted) == 2:
        found = [row[:3] for row in known if [row[0].lower(), row[2].lower()] == wanted]
    if not found:
        raise errors.UndefinedTable(
            f"there is no table or view {name}", hint=suggest(name, [row[2] for row in known])
        )
    for place in found:
        if len(found) > 1:
            runner.show("SELECT ? AS store, ? AS schema, ? AS name", list(place))
        runner.show(COLUMNS, list(place))
    constraints = runner.session.execute(CONSTRAINTS, list(found[0]))
    if constraints.head(1)[0]:
        print_table(constraints, 0)


def functions(runner: Runner, pattern: str) -> None:
    """Show functions by name: the kernel's, and those of extensions with the first line of their reference."""
    from avila.cli.shell.names import extension_functions
    from avila.kernel.arrow_answer import ArrowAnswer
    from avila.result import Result

    own = extension_functions()
    rows = [(str(f.signature), f.kind, f.summary) for f in own.values()]
    for name, kind, parameters, returns, about in runner.session.execute(FUNCTIONS).fetchall():
        if name not in own:
            signature = f"{name}({', '.join(str(parameter) for parameter in parameters or [])})"
            rows.append((f"{signature} -> {returns}" if returns else signature, kind, about))
    wanted = pattern.lower() or "*"
    wanted = wanted if "*" in wanted else f"*{wanted}*"
    chosen = sorted({row for row in rows if fnmatch(row[0].partition("(")[0].lower(), wanted)})
    names = (
        ("function", "VARCHAR", pa.string()),
        ("kind", "VARCHAR", pa.string()),
        ("about", "VARCHAR", pa.string()),
    )
    print_table(Result(ArrowAnswer.of(names, chosen)), runner.rows)


def schemas(runner: Runner) -> None:
    """Show the schemas of the stores."""
    runner.show(SCHEMAS)


def stores(runner: Runner) -> None:
    """Show the stores."""
    runner.show(STORES)
