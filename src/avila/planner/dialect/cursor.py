"""Reading a list of tokens: what every part of the grammar is built from."""

from __future__ import annotations

from abc import ABC, abstractmethod
from contextlib import contextmanager
from typing import TYPE_CHECKING, NoReturn, TypeVar

from sqlglot import exp

from avila.errors import FeatureNotSupported
from avila.errors import SyntaxError as SqlSyntaxError
from avila.planner.dialect.lexer import END, NUMBER, QUOTED, STRING, SYMBOL, WORD, Token, tokenize
from avila.planner.dialect.words import KEYWORDS, NOT_A_NAME, RESERVED

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from avila.planner.dialect.nodes import TypeName

MAX_DEPTH = 100
"""How deeply parentheses, queries and types may be nested: far beyond what people write, within the stack."""

T = TypeVar("T")
E = TypeVar("E", bound=exp.Expr)


class Cursor(ABC):
    """A place in the tokens of one text, with the small moves of a recursive-descent parser."""

    def __init__(self, sql: str) -> None:
        self.sql = sql
        self.tokens = tokenize(sql)
        self.index = 0
        self.token = self.tokens[0]
        self.depth = 0

    @abstractmethod
    def expression(self, floor: int = 0) -> exp.Expr:
        """Read an expression whose operators bind at least as tightly as ``floor``."""

    @abstractmethod
    def query(self) -> exp.Expr:
        """Read a query."""

    @abstractmethod
    def type_name(self) -> TypeName:
        """Read a type."""

    @abstractmethod
    def statement(self) -> exp.Expr:
        """Read a statement."""

    # --- moving ---

    def advance(self) -> Token:
        """Step over the current token and return it."""
        token = self.token
        if token.kind != END:
            self.index += 1
            self.token = self.tokens[self.index]
        return token

    def retreat(self, index: int) -> None:
        """Go back to an earlier place."""
        self.index = index
        self.token = self.tokens[index]

    def peek(self, ahead: int = 1) -> Token:
        """Return a token further on, without moving."""
        return self.tokens[min(self.index + ahead, len(self.tokens) - 1)]

    @property
    def previous(self) -> Token:
        """The token just read."""
        return self.tokens[self.index - 1]

    # --- matching ---

    def at(self, *words: str) -> bool:
        """Whether the current token is one of these words."""
        return self.token.kind == WORD and self.token.value in words

    def ahead(self, *words: str) -> bool:
        """Whether these words come next, in this order."""
        tokens, index = self.tokens, self.index
        for word in words:
            token = tokens[index]
            if token.kind != WORD or token.value != word:
                return False
            index += 1
        return True

    def take(self, *words: str) -> bool:
        """Step over these words if all come next, in this order."""
        if not self.ahead(*words):
            return False
        self.retreat(self.index + len(words))
        return True

    def take_any(self, *words: str) -> str | None:
        """Step over one of these words and return it."""
        return self.advance().value if self.at(*words) else None

    def expect(self, *words: str) -> None:
        """Step over these words or fail."""
        for word in words:
            if not self.take(word):
                self.fail(f"expected {word}")

    def on(self, *symbols: str) -> bool:
        """Whether the current token is one of these symbols."""
        return self.token.kind == SYMBOL and self.token.value in symbols

    def on_ahead(self, ahead: int, *symbols: str) -> bool:
        """Whether a token further on is one of these symbols."""
        token = self.peek(ahead)
        return token.kind == SYMBOL and token.value in symbols

    def accept(self, symbol: str) -> bool:
        """Step over a symbol if it comes next."""
        if self.token.kind == SYMBOL and self.token.value == symbol:
            self.advance()
            return True
        return False

    def require(self, symbol: str) -> Token:
        """Step over a symbol or fail."""
        if not self.on(symbol):
            self.fail(f"expected {symbol!r}")
        return self.advance()

    # --- lists ---

    def csv(self, item: Callable[[], T], *closers: str) -> list[T]:
        """Read items between commas; before one of ``closers`` a trailing comma is allowed."""
        items = [item()]
        while self.accept(","):
            if closers and self.on(*closers):
                break
            items.append(item())
        return items

    def wrapped(self, item: Callable[[], T]) -> list[T]:
        """Read ``(item, …)``."""
        self.require("(")
        items = self.csv(item, ")")
        self.require(")")
        return items

    # --- names and constants ---

    def is_name(self, token: Token) -> bool:
        """Whether a token can name a column or a table."""
        return token.kind == QUOTED or (token.kind == WORD and token.value not in NOT_A_NAME)

    def name(self, what: str = "a name") -> exp.Identifier:
        """Read the name of a column, table or other object."""
        if self.token.kind == QUOTED or (self.token.kind == WORD and self.token.value not in RESERVED):
            return self.identifier_of(self.advance())
        return self.fail(f"expected {what}")

    def label(self, what: str = "a name") -> exp.Identifier:
        """Read a name in a place where every word is one: after a dot or AS."""
        if self.token.kind in {QUOTED, WORD}:
            return self.identifier_of(self.advance())
        return self.fail(f"expected {what}")

    def alias_label(self) -> exp.Identifier:
        """Read an alias behind AS: any word, or a string."""
        if self.token.kind == STRING:
            token = self.advance()
            alias = self.mark(exp.Identifier(this=token.value, quoted=True), token)
            alias.meta["string"] = True
            return alias
        return self.label("an alias")

    def bare_alias(self) -> bool:
        """Whether the current token can be the alias of a result column without AS."""
        return self.token.kind == QUOTED or (self.token.kind == WORD and self.token.value not in KEYWORDS)

    def identifier_of(self, token: Token) -> exp.Identifier:
        """Make an identifier of a token."""
        quoted = token.kind == QUOTED
        return self.mark(exp.Identifier(this=token.value if quoted else token.text, quoted=quoted), token)

    def string(self, what: str = "a string") -> exp.Literal:
        """Read a string constant."""
        if self.token.kind != STRING:
            self.fail(f"expected {what}")
        token = self.advance()
        return self.mark(exp.Literal(this=token.value, is_string=True), token)

    def number(self, what: str = "a number") -> exp.Literal:
        """Read a number."""
        if self.token.kind != NUMBER:
            self.fail(f"expected {what}")
        token = self.advance()
        return self.mark(exp.Literal(this=token.text, is_string=False), token)

    def word(self, what: str = "a word") -> exp.Var:
        """Read any word as it is written."""
        if self.token.kind not in {WORD, QUOTED}:
            self.fail(f"expected {what}")
        token = self.advance()
        return self.mark(exp.Var(this=token.text), token)

    # --- places and errors ---

    def mark(self, node: E, token: Token, last: Token | None = None) -> E:
        """Note where in the text a node stands."""
        node.meta["start"] = token.start
        node.meta["end"] = (last or token).end
        return node

    def fail(self, message: str, token: Token | None = None) -> NoReturn:
        """Raise the syntax error of this place."""
        token = token or self.token
        found = "the end of the statement" if token.kind == END else f'"{token.text}"'
        raise SqlSyntaxError(f"syntax error at {found}: {message}", statement=self.sql, position=token.start)

    def refuse(self, message: str, token: Token | None = None, hint: str | None = None) -> NoReturn:
        """Raise the error of something that is understood but not offered."""
        token = token or self.token
        raise FeatureNotSupported(message, hint=hint, statement=self.sql, position=token.start)

    @contextmanager
    def nested(self) -> Iterator[None]:
        """Go one level deeper, up to the limit."""
        self.depth += 1
        if self.depth > MAX_DEPTH:
            self.fail(f"the statement is nested more than {MAX_DEPTH} levels deep")
        try:
            yield
        finally:
            self.depth -= 1
