"""Text to tokens, by the rules of the kernel's own scanner, with the place of each in the text."""

from __future__ import annotations

import re
from typing import Final, NamedTuple

from avila.errors import FeatureNotSupported
from avila.errors import SyntaxError as SqlSyntaxError

WORD: Final = "word"
QUOTED: Final = "quoted"
STRING: Final = "string"
NUMBER: Final = "number"
PARAMETER: Final = "parameter"
SYMBOL: Final = "symbol"
END: Final = "end"


class Token(NamedTuple):
    """A piece of the statement.

    ``value`` is what it means: a word in upper case, the name in a quoted identifier, the text of a string,
    the
    name of a parameter; numbers and symbols mean themselves.
    """

    kind: str
    value: str
    text: str
    start: int
    end: int


_BLANK = re.compile(r"(?:[ \t\r\n\f\v\u00a0\u2000-\u200a\u202f\u205f\u3000\ufeff]+|--[^\n]*)+")
_WORD = re.compile(r"[A-Za-z_\u0080-\U0010ffff][A-Za-z0-9_$\u0080-\U0010ffff]*")
_NUMBER = re.compile(
    r"0[xX][0-9a-fA-F](?:_?[0-9a-fA-F])*"
    r"|(?:\d(?:_?\d)*(?:\.(?!\.)(?:\d(?:_?\d)*)?)?|\.\d(?:_?\d)*)(?:[eE][+-]?\d(?:_?\d)*)?"
)
_QUOTED = re.compile(r'"((?:[^"]|"")*)"')
_PLAIN_STRING = re.compile(r"'((?:[^']|'')*)'")
_ESCAPE_STRING = re.compile(r"[eE]'((?:[^'\\]|''|\\.)*)'", re.DOTALL)
_CONTINUED = re.compile(r"(?:[ \t\r\f\v]|--[^\n]*)*\n(?:\s|--[^\n]*\n)*(?=')")
_PARAMETER = re.compile(r"\$(\d+|[A-Za-z_\u0080-\U0010ffff][A-Za-z0-9_]*)|\?(\d*)")
_DOLLAR_QUOTE = re.compile(r"\$([A-Za-z_\u0080-\U0010ffff][A-Za-z0-9_\u0080-\U0010ffff]*)?\$")
_OPERATOR = re.compile(r"[~!@^&|`+\-*/%<>=]+|#")
_PUNCTUATION = re.compile(r"::|:=|=>|[()\[\]{},;.:]")
_COMMENT_EDGE = re.compile(r"/\*|\*/")
_ESCAPES = {"b": b"\b", "f": b"\f", "n": b"\n", "r": b"\r", "t": b"\t"}
_ESCAPE = re.compile(
    r"\\(?:x([0-9a-fA-F]{1,2})|([0-7]{1,3})|u([0-9a-fA-F]{4})|U([0-9a-fA-F]{8})|(.))|''", re.DOTALL
)
_OPERATOR_MARKS = frozenset("~!@^&|`%")


def tokenize(sql: str) -> list[Token]:
    """Return the tokens of a text, ending with one of kind END."""
    tokens: list[Token] = []
    at, size = 0, len(sql)
    while True:
        at = _skip_blank(sql, at)
        if at >= size:
            tokens.append(Token(END, "", "", size, size))
            return tokens
        token = _next(sql, at)
        tokens.append(token)
        at = token.end


def _skip_blank(sql: str, at: int) -> int:
    while True:
        if blank := _BLANK.match(sql, at):
            at = blank.end()
        if not sql.startswith("/*", at):
            return at
        at = _skip_comment(sql, at)


def _skip_comment(sql: str, start: int) -> int:
    """Return the end of a block comment; they nest."""
    depth, at = 0, start
    while edge := _COMMENT_EDGE.search(sql, at):
        depth += 1 if edge.group() == "/*" else -1
        at = edge.end()
        if depth == 0:
            return at
    raise SqlSyntaxError("unterminated comment", statement=sql, position=start)


def _next(sql: str, at: int) -> Token:
    first = sql[at]
    if first == "'":
        return _string(sql, at)
    if first == '"':
        return _quoted(sql, at)
    if first in "eE" and sql.startswith("'", at + 1):
        return _escape_string(sql, at)
    if first in "xXbB" and sql.startswith("'", at + 1):
        raise FeatureNotSupported(
            f"{first}'…' literals are not supported",
            hint=r"Write '\xAA'::BLOB or '101'::BIT.",
            statement=sql,
            position=at,
        )
    if word := _WORD.match(sql, at):
        return Token(WORD, word.group().upper(), word.group(), at, word.end())
    if (first.isdigit() or first == ".") and (number := _NUMBER.match(sql, at)):
        return Token(NUMBER, number.group(), number.group(), at, number.end())
    if first in "$?":
        return _dollar(sql, at)
    if punctuation := _PUNCTUATION.match(sql, at):
        return Token(SYMBOL, punctuation.group(), punctuation.group(), at, punctuation.end())
    if operator := _OPERATOR.match(sql, at):
        text = _operator(operator.group())
        return Token(SYMBOL, text, text, at, at + len(text))
    raise SqlSyntaxError(f"syntax error at or near {first!r}", statement=sql, position=at)


def _operator(run: str) -> str:
    """Cut a run of operator characters where the kernel's scanner cuts it."""
    for comment in ("--", "/*"):
        if (cut := run.find(comment)) > 0:
            run = run[:cut]
    if run.startswith("=>"):
        return "=>"
    while len(run) > 1 and run[-1] in "+-" and not _OPERATOR_MARKS.intersection(run):
        run = run[:-1]
    return run


def _string(sql: str, start: int) -> Token:
    pieces: list[str] = []
    at = start
    while piece := _PLAIN_STRING.match(sql, at):
        pieces.append(piece.group(1).replace("''", "'"))
        more = _CONTINUED.match(sql, piece.end())
        if more is None:
            return Token(STRING, "".join(pieces), sql[start : piece.end()], start, piece.end())
        at = more.end()
    raise SqlSyntaxError("unterminated string", statement=sql, position=start)


def _escape_string(sql: str, start: int) -> Token:
    string = _ESCAPE_STRING.match(sql, start)
    if string is None:
        raise SqlSyntaxError("unterminated string", statement=sql, position=start)
    if _CONTINUED.match(sql, string.end()):
        raise FeatureNotSupported(
            "an E'…' string that goes on after a line break is not supported", statement=sql, position=start
        )
    try:
        value = _unescape(string.group(1))
    except (UnicodeDecodeError, OverflowError, ValueError):
        raise SqlSyntaxError("invalid escape in a string", statement=sql, position=start) from None
    return Token(STRING, value, string.group(), start, string.end())


def _unescape(body: str) -> str:
    """Resolve the escapes of an E'…' string; numeric ones are bytes of UTF-8."""
    out = bytearray()
    at = 0
    for escape in _ESCAPE.finditer(body):
        out += body[at : escape.start()].encode()
        at = escape.end()
        hexadecimal, octal, short, long, other = escape.groups()
        if hexadecimal:
            out.append(int(hexadecimal, 16))
        elif octal:
            out.append(int(octal, 8) & 0xFF)
        elif short or long:
            out += chr(int(short or long, 16)).encode()
        elif other:
            out += _ESCAPES.get(other, other.encode())
        else:
            out += b"'"
    out += body[at:].encode()
    if b"\0" in out:
        raise ValueError("a string cannot contain a zero byte")
    return out.decode()


def _quoted(sql: str, start: int) -> Token:
    quoted = _QUOTED.match(sql, start)
    if quoted is None:
        raise SqlSyntaxError("unterminated quoted identifier", statement=sql, position=start)
    name = quoted.group(1).replace('""', '"')
    if not name:
        raise SqlSyntaxError("zero-length quoted identifier", statement=sql, position=start)
    return Token(QUOTED, name, quoted.group(), start, quoted.end())


def _dollar(sql: str, start: int) -> Token:
    if mark := _DOLLAR_QUOTE.match(sql, start):
        end = sql.find(mark.group(), mark.end())
        if end < 0:
            raise SqlSyntaxError("unterminated dollar-quoted string", statement=sql, position=start)
        stop = end + len(mark.group())
        return Token(STRING, sql[mark.end() : end], sql[start:stop], start, stop)
    if parameter := _PARAMETER.match(sql, start):
        name = parameter.group(1) or parameter.group(2) or ""
        return Token(PARAMETER, name, parameter.group(), start, parameter.end())
    raise SqlSyntaxError("syntax error at or near '$'", statement=sql, position=start)
