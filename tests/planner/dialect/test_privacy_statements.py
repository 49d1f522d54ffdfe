"""The grammar of statements about the subjects of data, and of encryption keys that are dropped."""

from __future__ import annotations

import pytest

from avila.errors import SyntaxError as SqlSyntaxError
from avila.planner.dialect import generate, nodes, parse


@pytest.mark.parametrize(
    "sql",
    [
        "REPORT SUBJECT 'ada@example.org'",
        "EXPORT SUBJECT ?",
        "ERASE SUBJECT $1 ON guests (mail), lake.main.clicks (who, whom) DELETE ROWS",
        "DROP ENCRYPTION KEY IF EXISTS k CASCADE",
        "DROP ENCRYPTION KEY k RESTRICT",
    ],
)
def test_statements_come_out_as_they_went_in(sql: str) -> None:
    """Word for word."""
    (tree,) = parse(sql)
    assert generate(tree) == sql
    assert isinstance(tree, nodes.SubjectStatement | nodes.DropEncryptionKey)


@pytest.mark.parametrize(
    "sql",
    [
        "REPORT SUBJECT",
        "REPORT SUBJECT ada",
        "REPORT SUBJECT 'a' DELETE ROWS",
        "ERASE SUBJECT 'a' ON t",
        "ERASE 'a'",
    ],
)
def test_what_is_none_is_refused(sql: str) -> None:
    """A person is a text or a parameter, and only erasing deletes."""
    with pytest.raises(SqlSyntaxError):
        parse(sql)


def test_the_words_are_still_names() -> None:
    """Tables may be called so."""
    sql = "SELECT subject, report, erase, export FROM report AS erase"
    assert generate(parse(sql)[0]) == sql
