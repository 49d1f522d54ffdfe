"""Turn errors.toml into errors.py; with --check, only say whether errors.py is what the table says."""

from __future__ import annotations

import sys
import tomllib
from pathlib import Path

PACKAGE = Path(__file__).resolve().parent.parent / "src" / "avila"

HEAD = '''"""The errors of Avila, generated from errors.toml by tools/generate_errors.py: edit the table, not this file.

The tree is PEP 249's: :class:`Error` is the root, and each condition is a class below the PEP 249 class it belongs
to. Every class carries its SQLSTATE and whether trying again may help; every instance may carry the place in the
statement and a hint.
"""

from __future__ import annotations

from typing import ClassVar


class Warning(Exception):  # noqa: A001  (PEP 249 fixes the name)
    """PEP 249's warning; Avila raises none."""


class Error(Exception):
    """The root of everything Avila raises.

    ``message`` says what was wrong, ``hint`` what would be right, ``position`` is the 0-based offset of the place in
    ``statement``, the text as the user wrote it.
    """

    sqlstate: ClassVar[str] = "XX000"
    http_status: ClassVar[int] = 500
    grpc_status: ClassVar[str] = "INTERNAL"
    retryable: ClassVar[bool] = False
    default_hint: ClassVar[str | None] = None

    def __init__(
        self,
        message: str,
        *,
        hint: str | None = None,
        statement: str | None = None,
        position: int | None = None,
    ) -> None:
        super().__init__(message)
        self.message = message
        self.hint = hint if hint is not None else self.default_hint
        self.statement = statement
        self.position = position

    def __str__(self) -> str:
        lines = [self.message, *self._excerpt()]
        if self.hint:
            lines.append(f"Hint: {self.hint}")
        return "\\n".join(lines)

    def __reduce__(self) -> tuple[object, ...]:
        """Pickle by value, so that an error crosses processes whole."""
        return (_rebuild, (type(self), self.message, self.hint, self.statement, self.position))

    def _excerpt(self) -> list[str]:
        """Return the line of the statement that is meant, with a caret under the place."""
        if self.statement is None or self.position is None:
            return []
        at = min(max(self.position, 0), len(self.statement))
        start = self.statement.rfind("\\n", 0, at) + 1
        end = self.statement.find("\\n", at)
        line = self.statement[start : end if end >= 0 else len(self.statement)]
        column, margin = at - start, 60
        cut = max(0, column - margin)
        shown = ("…" if cut else "") + line[cut : column + margin]
        caret = " " * (column - cut + (1 if cut else 0)) + "^"
        prefix = f"LINE {self.statement.count(chr(10), 0, at) + 1}: "
        return [prefix + shown, " " * len(prefix) + caret]


def _rebuild(
    cls: type[Error], message: str, hint: str | None, statement: str | None, position: int | None
) -> Error:
    return cls(message, hint=hint, statement=statement, position=position)


class InterfaceError(Error):
    """PEP 249: the API was used wrongly, rather than the database."""


class DatabaseError(Error):
    """PEP 249: the root of what the database itself reports."""


class DataError(DatabaseError):
    """PEP 249: the data processed has a problem."""

    sqlstate = "22000"


class OperationalError(DatabaseError):
    """PEP 249: the operation of the database has a problem, not necessarily in the caller's hands."""

    sqlstate = "58000"


class IntegrityError(DatabaseError):
    """PEP 249: a constraint is broken."""

    sqlstate = "23000"


class InternalError(DatabaseError):
    """PEP 249: the database met an internal problem."""


class ProgrammingError(DatabaseError):
    """PEP 249: the statement or its use is wrong."""

    sqlstate = "42000"


class NotSupportedError(DatabaseError):
    """PEP 249: the database does not offer this."""

    sqlstate = "0A000"
'''

TAIL = '''

CONDITIONS: dict[str, type[Error]] = {
%s
}
"""Every condition of the table by its class name: what the wire protocols rebuild an error from."""
'''


def render() -> str:
    """Return the text of errors.py."""
    table = tomllib.loads((PACKAGE / "errors.toml").read_text(encoding="utf-8"))
    parts = [HEAD]
    for name, entry in table.items():
        doc = entry["doc"]
        lines = [f"\n\nclass {name}({entry['base']}):" + ("  # noqa: A001" if name == "SyntaxError" else "")]
        lines += [f'    """{doc}"""', ""]
        lines += [
            f'    sqlstate = "{entry["sqlstate"]}"',
            f"    http_status = {entry['http']}",
            f'    grpc_status = "{entry["grpc"]}"',
        ]
        if entry.get("retryable"):
            lines.append("    retryable = True")
        if hint := entry.get("hint"):
            lines.append(f'    default_hint = "{hint}"')
        parts.append(
            "\n".join(line if len(line) <= 110 else line + "  # noqa: E501" for line in lines) + "\n"
        )
    parts.append(TAIL % "\n".join(f'    "{name}": {name},' for name in table))
    return "".join(parts)


def main() -> int:
    """Write errors.py, or check it."""
    target, text = PACKAGE / "errors.py", render()
    if "--check" in sys.argv:
        if target.read_text(encoding="utf-8") != text:
            print("src/avila/errors.py is not what errors.toml says: run python tools/generate_errors.py")
            return 1
        return 0
    target.write_text(text, encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
