"""Mutated statements as a role without rights: refusals, or answers that do not depend on what it may not read.

Each statement runs in two databases whose tables differ in every value and in how many rows they have. Whatever a role
without rights to them does, both must look the same to it, and the tables must stay as they are.
"""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import avila
from avila.planner.dialect import parse
from security.on_avila import Governed, leaks
from security.world import Role, Table, World
from sqllogic.slt_format import read_file

if TYPE_CHECKING:
    from collections.abc import Iterator

pytestmark = pytest.mark.timeout(3600)  # the long mode
RECORDS = Path(__file__).parents[1] / "sqllogic" / "records"
TOKENS = re.compile(r"'(?:[^']|'')*'|\"[^\"]*\"|\w+|\s+|::|->>|->|<>|<=|>=|\|\||.", re.DOTALL)
TABLES = ("vault", "t", "a")
NAMES = (
    "vault",
    "main.vault",
    '"vault"',
    "t",
    "native.main.t",
    "a",
    "VAULT",
    "(FROM vault)",
    "query_table('vault')",
)
WORDS = (
    *NAMES, "SELECT", "FROM", "WHERE", "*", "(", ")", ",", ";", "UNION ALL", "IN", "EXISTS", "NOT", "NULL", "AS", "WITH", "RECURSIVE",
    "LATERAL", "JOIN", "ON", "USING", "GROUP BY ALL", "ORDER BY ALL", "LIMIT 1", "RETURNING *", "INSERT INTO vault", "UPDATE vault SET",
    "DELETE FROM vault", "MERGE INTO vault", "TABLE vault", "VALUES", "COPY", "TO", "EXPLAIN", "ANALYZE", "DESCRIBE", "SUMMARIZE", "PREPARE p AS",
    "EXECUTE p", "CREATE TEMP TABLE x AS", "CREATE VIEW x AS", "CREATE MACRO x() AS", "SET ROLE owner", "RESET ROLE", "PIVOT", "UNPIVOT",
    "COLUMNS(*)", "query('FROM vault')", "stats(word)", "error(word)", "word", "number", "vault.word", "rowid", "::INTEGER",
    "x -> x", "duckdb_tables()", "pragma_storage_info('vault')", "PRAGMA", "CALL", "--", "/*", "*/", "$1", "?", "'", '"', "e'\\'", "$$",
)  # fmt: skip

READS = (
    "(SELECT max(word) FROM vault)", "(SELECT count(*) FROM vault)", "(SELECT number FROM main.vault ORDER BY ALL LIMIT 1)", "(FROM t SELECT min(id))",
    "(SELECT list(word) FROM a)", "(SELECT vault FROM vault LIMIT 1)", "(SELECT error(word) FROM vault)", "(EXISTS (FROM vault WHERE number > 0))",
    "(SELECT * FROM query('SELECT count(*) FROM vault'))", "(SELECT stats(word) FROM vault)", "(SELECT rowid FROM vault LIMIT 1)",
)  # fmt: skip


@pytest.fixture(scope="module")
def corpus() -> list[list[str]]:
    """Return the statements of the records, as tokens."""
    found = dict.fromkeys(record.sql for path in sorted(RECORDS.glob("*.slt")) for record in read_file(path))
    return [TOKENS.findall(sql) for sql in found if len(sql) < 600]


@pytest.fixture(scope="module")
def naming(corpus: list[list[str]]) -> list[list[str]]:
    """Return those that name tables."""
    return [tokens for tokens in corpus if _renamed(tokens, "vault") != tokens]


@pytest.fixture(scope="module")
def twins(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Governed, Governed]]:
    """Open the two databases, in a directory where a file that is written harms nobody."""
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(tmp_path_factory.mktemp("fuzz"))
        with Governed(_world(1, 4), patch) as one, Governed(_world(2, 7), patch) as two:
            yield one, two


def _world(number: int, rows: int) -> World:
    """Return tables of which nobody but their owner may know more than the names."""
    world = World(roles={"alice": Role("alice")})
    for name in TABLES:
        table = Table(name, {"id": "int", "word": "text", "number": "int"}, key="id")
        for row in range(rows):
            token = number * 100_000 + row
            table.rows.append(
                {"id": 10 * row + number, "word": f"SECRET_{token}", "number": 700_000_000 + token}
            )
        world.tables[name] = table
    return world


@st.composite
def mutations(draw: st.DrawFn, corpus: list[list[str]], naming: list[list[str]]) -> str:
    """Change a statement of the corpus: the tables it names, what stands for its constants, or any of its tokens."""
    way = draw(st.sampled_from(("tables", "constants", "both", "tokens", "anything")))
    name = draw(st.sampled_from(NAMES))
    tokens = list(draw(st.sampled_from(naming if way in {"tables", "both"} else corpus)))
    if way in {"tables", "both", "anything"}:
        tokens = _renamed(tokens, name)
    if way in {"constants", "both", "anything"}:
        constants = [place for place, token in enumerate(tokens) if re.fullmatch(r"\d+|'.*'", token)]
        for place in draw(st.lists(st.sampled_from(constants), max_size=2)) if constants else ():
            tokens[place] = draw(st.sampled_from(READS))
    for _ in range(draw(st.integers(1, 4)) if way in {"tokens", "anything"} else 0):
        _edit(draw, tokens, corpus)
    return "".join(tokens)


def _edit(draw: st.DrawFn, tokens: list[str], corpus: list[list[str]]) -> None:
    """Insert, replace, delete, repeat, or go on with another statement."""
    place = draw(st.integers(0, max(len(tokens) - 1, 0)))
    match draw(st.integers(0, 4)):
        case 0:
            tokens.insert(place, f" {draw(st.sampled_from(WORDS))} ")
        case 1:
            tokens[place : place + 1] = [f" {draw(st.sampled_from(WORDS))} "]
        case 2:
            del tokens[place : place + draw(st.integers(1, 3))]
        case 3:
            other = draw(st.sampled_from(corpus))
            tokens[place:] = other[draw(st.integers(0, len(other) - 1)) :]
        case _:
            tokens[place:place] = tokens[max(place - 6, 0) : place]


def _renamed(tokens: list[str], name: str) -> list[str]:
    """Put a name where tables are named."""
    made, after = [], False
    for token in tokens:
        named = after and re.fullmatch(r"\w+", token)
        made.append(name if named else token)
        if token.strip():
            after = token.upper() in {
                "FROM",
                "JOIN",
                "INTO",
                "UPDATE",
                "TABLE",
                "DESCRIBE",
                "SUMMARIZE",
                "PIVOT",
            }
    return made


def test_no_statement_tells_or_changes_anything(
    corpus: list[list[str]], naming: list[list[str]], twins: tuple[Governed, Governed], long_mode: bool
) -> None:
    @settings(
        deadline=None,
        max_examples=20_000 if long_mode else 1_200,
        derandomize=not long_mode,
        suppress_health_check=list(HealthCheck),
        database=None,
    )
    @given(sql=mutations(corpus, naming))
    def nothing_happens(sql: str) -> None:
        seen, again = (governed.attempt("alice", None, sql, keep=False) for governed in twins)
        for table in TABLES:
            for governed in twins:
                assert governed.rows(table) == before[governed, table], sql
        assert leaks(secrets, seen.text + seen.watched + again.text + again.watched) == []
        if not seen.same(again):
            # Unless it answers differently each time, as random() does, it told one from the other.
            repeated = [governed.attempt("alice", None, sql, keep=False) for governed in twins]
            assert [seen, again] != repeated, f"{sql}\n{seen}\n{again}"

    before = {(governed, table): governed.rows(table) for governed in twins for table in TABLES}
    secrets = {value for rows in before.values() for row in rows for value in row[1:]}
    nothing_happens()


def test_the_parser_reads_or_refuses(
    corpus: list[list[str]], naming: list[list[str]], long_mode: bool
) -> None:
    @settings(
        deadline=None,
        max_examples=20_000 if long_mode else 1_000,
        derandomize=not long_mode,
        suppress_health_check=list(HealthCheck),
        database=None,
    )
    @given(sql=mutations(corpus, naming))
    def reads_or_refuses(sql: str) -> None:
        try:
            parse(sql)
        except avila.Error:
            return

    reads_or_refuses()
