"""``FROM 'stars.parquet'`` becomes a call of the function that reads such files, so that it is governed as one."""

from __future__ import annotations

from dataclasses import replace
from pathlib import PurePosixPath
from typing import TYPE_CHECKING

from sqlglot import exp

from avila.planner.scope import tables

if TYPE_CHECKING:
    from avila.planner.plan import Context, Plan

READERS = {
    ".parquet": "read_parquet",
    ".csv": "read_csv",
    ".tsv": "read_csv",
    ".json": "read_json",
    ".jsonl": "read_json",
    ".ndjson": "read_json",
    ".xlsx": "read_xlsx",
}
_COMPRESSED = frozenset({".gz", ".zst"})


def file_tables(plan: Plan, context: Context) -> Plan:
    """Replace tables that are named like files by readers."""
    readers = READERS | {
        suffix: name for name, function in context.functions.tables.items() for suffix in function.suffixes
    }
    found = [table for table in tables(plan.tree) if _reader(table, readers)]
    if not found:
        return plan
    tree = plan.tree.copy()
    for table in tables(tree):
        if reader := _reader(table, readers):
            call = exp.Anonymous(this=reader, expressions=[exp.Literal.string(table.name)])
            call.meta.update(table.this.meta)
            if not table.args.get("alias"):
                stem = PurePosixPath(table.name).name.split(".")[0]
                table.set("alias", exp.TableAlias(this=exp.to_identifier(stem, quoted=True)))
            table.set("this", call)
    return replace(plan, tree=tree)


def _reader(table: exp.Table, readers: dict[str, str]) -> str | None:
    # Only quoted names can hold the dot of a suffix: "a.csv" is a name, a.csv a table of schema a.
    if table.db or table.catalog or not isinstance(table.this, exp.Identifier | exp.Literal):
        return None
    suffixes = [suffix.lower() for suffix in PurePosixPath(table.name).suffixes]
    if suffixes and suffixes[-1] in _COMPRESSED:
        suffixes.pop()
    return readers.get(suffixes[-1]) if suffixes else None
