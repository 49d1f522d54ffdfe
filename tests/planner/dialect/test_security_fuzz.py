"""Statements of security that nobody would write: read to a tree that says the same again, or refused in our words."""

from __future__ import annotations

from pathlib import Path

from hypothesis import given, settings
from hypothesis import strategies as st

from avila.errors import Error
from avila.planner.dialect import generate, parse
from avila.planner.dialect.lexer import END, tokenize

CORPUS = [
    line
    for path in sorted((Path(__file__).parent / "security").glob("*.sql"))
    for line in path.read_text().splitlines()
]
PIECES = sorted({token.text for sql in CORPUS for token in tokenize(sql) if token.kind != END})
OPENINGS = sorted({" ".join(sql.split(" ")[:count]) for sql in CORPUS for count in (1, 2, 3)})


def check(text: str) -> None:
    """Read a text; whatever else happens than a tree or an error of ours is a failure."""
    try:
        trees = parse(text)
    except Error as error:
        assert error.statement == text
        assert error.position is not None
        assert 0 <= error.position <= len(text)
    else:
        for tree in trees:
            assert parse(generate(tree)) == [tree]


def mutations() -> st.SearchStrategy[str]:
    """Return statements of the corpus with some tokens gone, doubled, exchanged or replaced."""

    def mutated(sql: str, edits: list[tuple[int, str, str]]) -> str:
        words = [token.text for token in tokenize(sql) if token.kind != END]
        for at, edit, piece in edits:
            place = at % max(len(words), 1)
            match edit:
                case "drop":
                    del words[place : place + 1]
                case "double":
                    words[place:place] = words[place : place + 1]
                case "move":
                    words.append(words.pop(place)) if words else None
                case _:
                    words[place : place + (edit == "replace")] = [piece]
        return " ".join(words)

    kinds = st.sampled_from(["drop", "double", "move", "replace", "insert"])
    edit = st.tuples(st.integers(0, 40), kinds, st.sampled_from(PIECES))
    return st.builds(mutated, st.sampled_from(CORPUS), st.lists(edit, min_size=1, max_size=3))


@settings(max_examples=1000, deadline=None)
@given(mutations())
def test_a_changed_statement_parses_or_raises_an_error_of_ours(text: str) -> None:
    check(text)


@settings(max_examples=600, deadline=None)
@given(st.sampled_from(OPENINGS), st.lists(st.sampled_from(PIECES), max_size=12))
def test_any_words_after_the_first_ones_parse_or_raise_an_error_of_ours(
    opening: str, words: list[str]
) -> None:
    check(" ".join([opening, *words]))
