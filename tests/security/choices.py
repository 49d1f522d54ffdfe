"""Random choices in the words of the generators, and the expressions that are made of them.

They come from a seed rather than from Hypothesis: measured on cases of this size, Hypothesis repeats one statement in
four, and takes minutes to shrink what ``cases.reduced`` makes small in a second.
"""

from __future__ import annotations

from datetime import date, timedelta
from random import Random
from typing import TYPE_CHECKING, NamedTuple, TypeVar

from security.expressions import Call, Case, Column, CurrentUser, Literal, Subquery
from security.world import TYPES

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from security.expressions import Expression
    from security.queries import Query

    T = TypeVar("T")

COMPARISONS = ("=", "<>", "<", ">=", ">", "<=")
NAMES = ("alice", "bob", "carol", "staff")
DAY = date(2024, 1, 1)


class Typed(NamedTuple):
    """A column in scope with its kind; ``base`` says that it is a column of a table or view by its own name."""

    column: Column
    kind: str
    base: bool = True


class Chooser:
    """Chooses what a case is made of."""

    def __init__(self, seed: int) -> None:
        self._random = Random(seed)
        self._numbers: dict[str, int] = {}
        self.raising = False

    def pick(self, options: Sequence[T]) -> T:
        """Choose one."""
        return self._random.choice(options)

    def chance(self, percent: int) -> bool:
        """Choose yes in so many of a hundred cases."""
        return self._random.random() * 100 < percent

    def number(self, low: int, high: int) -> int:
        """Choose a number of a range, both ends included."""
        return self._random.randint(low, high)

    def some(self, options: Sequence[T], percent: int = 50) -> list[T]:
        """Choose each with a chance, and at least one."""
        return [option for option in options if self.chance(percent)] or [options[0]]

    def name(self, prefix: str) -> str:
        """Return a name that nothing else has."""
        self._numbers[prefix] = self._numbers.get(prefix, 0) + 1
        return f"{prefix}{self._numbers[prefix]}"

    def literal(self, kind: str) -> Literal:
        """Choose a constant."""
        match kind:
            case "int" | "big":
                return Literal(self.number(0, 9) if self.chance(70) else self.number(10, 99))
            case "text":
                return Literal(self.pick(NAMES) if self.chance(60) else str(self.number(0, 99)))
            case "bool":
                return Literal(self.pick((True, False)))
            case _:
                return Literal(DAY + timedelta(days=self.number(0, 20)))

    def expression(
        self, kind: str, scope: Sequence[Typed], depth: int = 2, inner: Callable[[str], Query] | None = None
    ) -> Expression:
        """Choose an expression of a kind. ``inner`` makes the subqueries that a condition may hold."""
        fitting = [typed for typed in scope if typed.kind == kind]
        if depth <= 0 or self.chance(40):
            if fitting and (kind != "bool" or self.chance(30)):
                return self.pick(fitting).column
            if kind != "bool":
                return self.literal(kind)
        match kind:
            case "bool":
                return self._condition(scope, depth, inner)
            case "int":
                return self._int(scope, depth)
            case "text":
                return self._text(scope, depth)
            case _:
                return self._chosen(kind, scope, depth)

    def _chosen(self, kind: str, scope: Sequence[Typed], depth: int) -> Expression:
        one, other = (self.expression(kind, scope, depth - 1) for _ in range(2))
        if self.chance(50):
            return Call("coalesce", (one, other))
        return Case(self.expression("bool", scope, 1), one, other)

    def _int(self, scope: Sequence[Typed], depth: int) -> Expression:
        if self.raising and self.chance(50) and (tempting := self.failing(scope)):
            return tempting
        match self.number(0, 4):
            case 0 | 1:
                operands = tuple(self.expression("int", scope, depth - 1) for _ in range(2))
                return Call(self.pick(("+", "-")), operands)
            case 2:
                return Call("length", (self.expression("text", scope, depth - 1),))
            case 3:
                return Call("year", (self.expression("date", scope, depth - 1),))
            case _:
                return self._chosen("int", scope, depth)

    def failing(self, scope: Sequence[Typed]) -> Expression | None:
        """Choose an expression that fails for the secrets, and for nothing else that the tables hold."""
        notes = [typed.column for typed in scope if typed.base and typed.column.name == "note"]
        amounts = [typed.column for typed in scope if typed.base and typed.column.name == "amount"]
        if notes and self.chance(60):
            return Call("number", (self.pick(notes),))
        return Call("*", (self.pick(amounts), Literal(1000))) if amounts else None

    def _text(self, scope: Sequence[Typed], depth: int) -> Expression:
        match self.number(0, 4):
            case 0:
                return CurrentUser()
            case 1:
                return Call("upper", (self.expression("text", scope, depth - 1),))
            case 2:
                return Call("||", tuple(self.expression("text", scope, depth - 1) for _ in range(2)))
            case 3:
                return Call("text", (self.expression("int", scope, depth - 1),))
            case _:
                return self._chosen("text", scope, depth)

    def _condition(
        self, scope: Sequence[Typed], depth: int, inner: Callable[[str], Query] | None
    ) -> Expression:
        if depth > 0 and self.chance(35):
            one, other = (self.expression("bool", scope, depth - 1, inner) for _ in range(2))
            return self.pick((Call("and", (one, other)), Call("or", (one, other)), Call("not", (one,))))
        if inner is not None and self.chance(30):
            return self._subquery(scope, inner)
        kinds = sorted({typed.kind for typed in scope} & {"int", "text", "date", "big"}) or ["int"]
        kind = self.pick(kinds)
        one = self.expression(kind, scope, depth - 1)
        match self.number(0, 8):
            case 0:
                return Call("null", (one,))
            case 1:
                return Call("not null", (one,))
            case 2:
                return Call("between", (one, *(self.expression(kind, scope, depth - 1) for _ in range(2))))
            case 3 if kind == "text":
                return Call("starts", (one, self.literal("text")))
            case 4:
                return Call("distinct", (one, self.expression(kind, scope, depth - 1)))
            case _:
                return Call(self.pick(COMPARISONS), (one, self.expression(kind, scope, depth - 1)))

    def _subquery(self, scope: Sequence[Typed], inner: Callable[[str], Query]) -> Expression:
        match self.number(0, 2):
            case 0:
                return Subquery("exists", inner("any"))
            case 1:
                kind = self.pick(("int", "text"))
                return Subquery("in", inner(kind), self.expression(kind, scope, 1))
            case _:
                maximum = Subquery("scalar", inner("scalar"))
                return Call(self.pick(COMPARISONS), (self.expression("int", scope, 1), maximum))


def null(kind: str) -> Literal:
    """Return the NULL of a kind."""
    return Literal(None, TYPES[kind])
