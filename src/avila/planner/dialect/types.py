"""The grammar of types."""

from __future__ import annotations

from sqlglot import exp

from avila.planner.dialect.cursor import Cursor
from avila.planner.dialect.lexer import NUMBER, STRING, Token
from avila.planner.dialect.nodes import TypeName

_T = exp.DataType.Type
KNOWN = {
    **dict.fromkeys(("BIGINT", "INT8", "LONG"), _T.BIGINT),
    **dict.fromkeys(("INTEGER", "INT", "INT4", "SIGNED", "INTEGRAL"), _T.INT),
    **dict.fromkeys(("SMALLINT", "INT2", "SHORT"), _T.SMALLINT),
    **dict.fromkeys(("TINYINT", "INT1"), _T.TINYINT),
    **dict.fromkeys(("HUGEINT", "INT128"), _T.INT128),
    **dict.fromkeys(("UHUGEINT", "UINT128"), _T.UINT128),
    **dict.fromkeys(("UBIGINT", "UINT64"), _T.UBIGINT),
    **dict.fromkeys(("UINTEGER", "UINT32"), _T.UINT),
    **dict.fromkeys(("USMALLINT", "UINT16"), _T.USMALLINT),
    **dict.fromkeys(("UTINYINT", "UINT8"), _T.UTINYINT),
    **dict.fromkeys(("DOUBLE", "FLOAT8", "DOUBLE PRECISION"), _T.DOUBLE),
    **dict.fromkeys(("FLOAT", "FLOAT4", "REAL"), _T.FLOAT),
    **dict.fromkeys(("DECIMAL", "NUMERIC", "DEC"), _T.DECIMAL),
    **dict.fromkeys(("BOOLEAN", "BOOL", "LOGICAL"), _T.BOOLEAN),
    **dict.fromkeys(("VARCHAR", "TEXT", "STRING", "CHAR", "BPCHAR", "NVARCHAR", "CHARACTER"), _T.VARCHAR),
    **dict.fromkeys(("BLOB", "BYTEA", "VARBINARY", "BINARY"), _T.BLOB),
    **dict.fromkeys(("BIT", "BITSTRING"), _T.BIT),
    **dict.fromkeys(("TIMESTAMP", "DATETIME", "TIMESTAMP_US"), _T.TIMESTAMP),
    **dict.fromkeys(("TIMESTAMPTZ", "TIMESTAMP WITH TIME ZONE"), _T.TIMESTAMPTZ),
    **dict.fromkeys(("TIMETZ", "TIME WITH TIME ZONE"), _T.TIMETZ),
    **dict.fromkeys(("UUID", "GUID"), _T.UUID),
    "DATE": _T.DATE,
    "TIME": _T.TIME,
    "TIMESTAMP_S": _T.TIMESTAMP_S,
    "TIMESTAMP_MS": _T.TIMESTAMP_MS,
    "TIMESTAMP_NS": _T.TIMESTAMP_NS,
    "INTERVAL": _T.INTERVAL,
    "JSON": _T.JSON,
    "STRUCT": _T.STRUCT,
    "ROW": _T.STRUCT,
    "UNION": _T.UNION,
    "MAP": _T.MAP,
    "ENUM": _T.ENUM,
}
"""sqlglot's type of each spelling; a type that is not here is USERDEFINED to it."""

INTERVAL_UNITS = frozenset(
    [
        "YEAR",
        "YEARS",
        "MONTH",
        "MONTHS",
        "DAY",
        "DAYS",
        "HOUR",
        "HOURS",
        "MINUTE",
        "MINUTES",
        "SECOND",
        "SECONDS",
        "MILLISECOND",
        "MILLISECONDS",
        "MICROSECOND",
        "MICROSECONDS",
        "WEEK",
        "WEEKS",
        "QUARTER",
        "QUARTERS",
        "DECADE",
        "DECADES",
        "CENTURY",
        "CENTURIES",
        "MILLENNIUM",
        "MILLENNIA",
    ]
)
LITERAL_PREFIXES = (
    "DOUBLE",
    "TIMESTAMP",
    "TIME",
    "CHARACTER",
    "NATIONAL",
    "BIT",
    "VARCHAR",
    "CHAR",
    "NCHAR",
    "DECIMAL",
)
"""Types of more than one token that can stand before a string: ``timestamp with time zone '…'``."""


class TypeParser(Cursor):
    """Reads types."""

    def type_name(self) -> TypeName:
        """Read a type, with its brackets."""
        first = self.token
        with self.nested():
            found = self._simple_type()
            dimensions: list[exp.Expr] = []
            if self.take("ARRAY"):
                found.set("array", True)
                if self.on("["):
                    dimensions.append(self._dimension())
            else:
                while self.on("["):
                    dimensions.append(self._dimension())
            if dimensions:
                found.set("dimensions", dimensions)
            return self.mark(found, first, self.previous)

    def _dimension(self) -> exp.Expr:
        self.require("[")
        size = exp.Null() if self.on("]") else self.number("the length of the array")
        self.require("]")
        return size

    def _simple_type(self) -> TypeName:
        if self.at("STRUCT", "ROW", "UNION") and self.on_ahead(1, "("):
            kind = self.advance()
            return self._named(kind.text, self.wrapped(self._field), kind.value)
        if self.at("MAP") and self.on_ahead(1, "("):
            return self._named(self.advance().text, self.wrapped(self.type_name), "MAP")
        if self.at("ENUM") and self.on_ahead(1, "("):
            return self._named(self.advance().text, self.wrapped(self.expression), "ENUM")
        if self.at("INTERVAL"):
            return self._interval_type()
        if self.at("TIME", "TIMESTAMP"):
            return self._zoned_type()
        words = self._spelled()
        if words is not None:
            return self._named(words, self._parameters())
        parts = [self.label("a type")]
        while self.accept("."):
            parts.append(self.label("a type"))
        if len(parts) == 1 and not parts[0].quoted:
            return self._named(parts[0].name, self._parameters())
        return TypeName(
            this=_T.USERDEFINED, name_parts=parts, expressions=self._parameters(), kind=parts[-1].name
        )

    def _named(
        self, words: str, parameters: list[exp.Expr] | list[TypeName] | None, known: str = ""
    ) -> TypeName:
        base = KNOWN.get(known or " ".join(words.upper().split()), _T.USERDEFINED)
        return TypeName(this=base, kind=words, expressions=parameters or None, nested=base in _NESTED)

    def _spelled(self) -> str | None:
        """Read the types that are spelled with more than one word."""
        start = self.token
        if self.take("DOUBLE", "PRECISION"):
            return self._since(start)
        if self.at("NATIONAL", "CHARACTER", "CHAR", "NCHAR", "BIT"):
            if self.advance().value == "NATIONAL" and not self.take_any("CHARACTER", "CHAR"):
                self.fail("expected CHARACTER")
            self.take("VARYING")
            return self._since(start)
        return None

    def _since(self, start: Token) -> str:
        return " ".join(self.sql[start.start : self.previous.end].split())

    def _zoned_type(self) -> TypeName:
        base = self.advance()
        parameters = self._parameters()
        zone = ""
        for word in ("WITH", "WITHOUT"):
            if self.take(word, "TIME", "ZONE"):
                zone = f" {word} TIME ZONE"
        known = base.value + (zone if zone == " WITH TIME ZONE" else "")
        found = self._named(base.text, parameters, known)
        found.set("kind", base.text + zone)
        return found

    def _interval_type(self) -> TypeName:
        start = self.advance()
        if self.at(*INTERVAL_UNITS) and not self.on_ahead(1, "("):
            self.advance()
            if self.take("TO"):
                self.advance()
        return self._named(self._since(start), self._parameters(), "INTERVAL")

    def _parameters(self) -> list[exp.Expr] | None:
        if not self.on("("):
            return None
        return self.wrapped(self._parameter)

    def _parameter(self) -> exp.Expr:
        if self.token.kind == NUMBER:
            return exp.DataTypeParam(this=self.number())
        if self.token.kind == STRING:
            return exp.DataTypeParam(this=self.string())
        return self.expression()

    def _field(self) -> exp.Expr:
        first = self.token
        name = self.label("the name of a field")
        return self.mark(exp.ColumnDef(this=name, kind=self.type_name()), first, self.previous)


_NESTED = frozenset({_T.STRUCT, _T.UNION, _T.MAP})
