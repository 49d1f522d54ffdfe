"""Random worlds: tables whose hidden cells hold secrets that are recognised wherever they come out.

A secret is planted in each cell of ``note`` and ``amount`` that a tested role cannot read. All other cells hold short
numbers, so that the expressions that fail for secrets fail for nothing else: an error is a leak, too.
"""

from __future__ import annotations

from copy import deepcopy
from datetime import timedelta
from typing import TYPE_CHECKING, cast

from security.choices import DAY, NAMES, Typed, null
from security.expressions import Call, Case, Column, CurrentUser, Literal, Subquery
from security.queries import Scan, Select
from security.reference import Reference, Refused
from security.world import PUBLIC, SUPERUSER, Grant, Mask, Policy, Role, Table, View, World

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from security.choices import Chooser
    from security.expressions import Expression, Value
    from security.queries import Query

TESTED = ("alice", "bob")
GROUPS = ("staff", "admin")
COMMANDS = ("SELECT", "INSERT", "UPDATE", "DELETE")
PAYLOAD = ("note", "amount")
KINDS = {
    "id": "int",
    "k": "int",
    "who": "text",
    "flag": "bool",
    "day": "date",
    "note": "text",
    "amount": "int",
}
SECRET_TEXT = "SECRET_"
SECRET_NUMBERS = range(700_000_000, 800_000_000)


def world(choose: Chooser, query: Callable[[Chooser, World], Query], *, masked: bool = False) -> World:
    """Choose a world; ``query`` makes the queries of its views, and ``masked`` asks for masks, which are Avila's own."""
    made = World(roles=_roles(choose))
    for number, name in enumerate(("t", "u", "v")[: choose.number(2, 3)]):
        made.tables[name] = _table(choose, name, keyed=number == 1)
    if masked:
        _mask(choose, made)
    names = list(made.tables)
    for place, name in enumerate(names):
        _secure(choose, made, made.tables[name], names[place + 1 :])
    for number in range(choose.number(0, 3)):
        view = View(f"w{number + 1}", query(choose, made), choose.pick((SUPERUSER, "carol")))
        view.invoker, view.barrier = choose.chance(30), choose.chance(30)
        made.views[view.name] = view
    made.grants = [*_grants(choose, made), *_owners_grants(choose, made)]
    _plant(made)
    return made


def scope_of(world: World, name: str, alias: str) -> list[Typed]:
    """Return the columns of a table or view under an alias."""
    columns = world.tables[name].columns if name in world.tables else world.views[name].columns
    return [Typed(Column(alias, column), KINDS[column]) for column in columns]


def secret(value: Value) -> bool:
    """Whether a value is a planted one."""
    if isinstance(value, str):
        return SECRET_TEXT in value
    return isinstance(value, int) and value in SECRET_NUMBERS


def secrets_hidden_from(world: World, role: str) -> set[Value]:
    """Return the secrets that nothing the role may read shows, be it a table, a view or a column."""
    seen: set[Value] = set()
    eyes = Reference(world, role)
    for name in (*world.tables, *world.views):
        for column in eyes.columns(name):
            seen.update(_readable(eyes, name, column))
    planted = {value for table in world.tables.values() for row in table.rows for value in row.values()}
    return {value for value in planted - seen if secret(value)}


def _readable(eyes: Reference, name: str, column: str) -> Iterator[Value]:
    try:
        yield from (
            value for (value,) in eyes.run(Select((("c", Column("a", column)),), Scan(name, "a"))).rows or ()
        )
    except Refused:
        return


def _roles(choose: Chooser) -> dict[str, Role]:
    roles = {name: Role(name) for name in (*GROUPS, *NAMES)}
    roles[SUPERUSER] = Role(SUPERUSER, superuser=True)
    roles["alice"].inherit = not choose.chance(15)
    roles["bob"].bypassrls = choose.chance(10)
    for name in TESTED:
        roles[name].member_of = [group for group in GROUPS if choose.chance(35)]
    if choose.chance(30):
        roles["staff"].member_of = ["admin"]
    if choose.chance(10):
        roles["bob"].member_of.append("carol")
    return roles


def _table(choose: Chooser, name: str, *, keyed: bool) -> Table:
    left_out = {column for column in ("flag", "day") if choose.chance(30)}
    table = Table(name, {column: kind for column, kind in KINDS.items() if column not in left_out})
    table.key = "id" if keyed else None
    table.owner = choose.pick((SUPERUSER, SUPERUSER, "carol"))
    for number in range(choose.number(1, 8)):
        row: dict[str, Value] = {
            "id": number + 1,
            "k": None if choose.chance(10) else choose.number(0, 3),
            "who": None if choose.chance(10) else choose.pick(("alice", *NAMES)),
            "flag": choose.pick((True, False, None)),
            "day": DAY + timedelta(days=choose.number(0, 20)),
            "note": None if choose.chance(10) else str(choose.number(0, 99)),
            "amount": None if choose.chance(10) else choose.number(0, 99),
        }
        table.rows.append({column: row[column] for column in table.columns})
    return table


def _secure(choose: Chooser, world: World, table: Table, others: list[str]) -> None:
    table.secured = choose.chance(85)
    table.forced = choose.chance(25)
    for number in range(choose.pick((1, 2, 2, 3, 0))):
        command = choose.pick(("ALL", "SELECT", "ALL", "INSERT", "UPDATE", "DELETE"))
        condition = _condition(choose, world, table, others)
        check = _condition(choose, world, table, others) if choose.chance(30) else None
        table.policies.append(
            Policy(
                f"p{number + 1}",
                command,
                using=None if command == "INSERT" else condition,
                check=condition
                if command == "INSERT"
                else None
                if command in {"SELECT", "DELETE"}
                else check,
                permissive=number == 0 or choose.chance(70),
                roles=(PUBLIC,) if choose.chance(70) else tuple(choose.some((*TESTED, "staff", "admin"), 30)),
            )
        )


def _mask(choose: Chooser, world: World) -> None:
    """Choose masks for what may be secret. None shows a part of it, for then a part would be no leak."""
    value = Column("val", "val", bare=True)
    for table in world.tables.values():
        for column in PAYLOAD:
            if choose.chance(60):
                kind = KINDS[column]
                hidden = choose.pick((null(kind), Literal("0") if kind == "text" else Literal(0)))
                name = Literal(choose.pick(("bob", "carol", "alice")))
                by_role = Case(Call("=", (CurrentUser(), name)), value, hidden)
                table.masks[column] = Mask(
                    choose.name("m"), kind, choose.pick((hidden, by_role)), choose.chance(40)
                )


def _condition(choose: Chooser, world: World, table: Table, others: list[str]) -> Expression:
    """Choose a policy's condition: of what is no secret, so that planting secrets changes nothing it says."""
    scope = [typed for typed in scope_of(world, table.name, table.name) if typed.column.name not in PAYLOAD]
    if choose.chance(40):
        return Call("=", (Column(table.name, "who"), CurrentUser()))
    if others and choose.chance(20):
        other, alias = choose.pick(others), choose.name("p")
        joined = Call("=", (Column(alias, "k"), Column(table.name, "k")))
        inner = [typed for typed in scope_of(world, other, alias) if typed.column.name not in PAYLOAD]
        where = Call("and", (joined, choose.expression("bool", inner, 1)))
        return Subquery("exists", Select((("c", Column(alias, "id")),), Scan(other, alias), where))
    return choose.expression("bool", scope, 2)


def _grants(choose: Chooser, world: World) -> Iterator[Grant]:
    for table in world.tables.values():
        for grantee in (*TESTED, "staff", PUBLIC):
            likely = {"alice": 85, "bob": 75}.get(grantee, 10)
            for privilege in ("SELECT", "INSERT", "UPDATE", "DELETE"):
                if choose.chance(likely):
                    some = privilege != "DELETE" and choose.chance(20)
                    columns = tuple(choose.some(tuple(table.columns), 60)) if some else None
                    yield Grant(privilege, table.name, grantee, columns)
    for view in world.views.values():
        for grantee in (*TESTED, "carol"):
            if choose.chance(85 if grantee in TESTED else 60):
                columns = tuple(choose.some(view.columns, 60)) if choose.chance(15) else None
                yield Grant("SELECT", view.name, grantee, columns)


def _owners_grants(choose: Chooser, world: World) -> Iterator[Grant]:
    """Let carol read most tables, so that her views often work."""
    yield from (Grant("SELECT", name, "carol") for name in world.tables if choose.chance(90))


def _plant(world: World) -> None:
    """Replace what alice cannot read by secrets. No policy depends on these columns, so she sees as little after."""
    number = 0
    eyes = Reference(world, "alice")
    for table in world.tables.values():
        readable = {column: list(_readable_places(eyes, table, column)) for column in PAYLOAD}
        for place, row in enumerate(table.rows):
            number += 1
            if place not in readable["note"]:
                row["note"] = f"{SECRET_TEXT}{number * 7919:08x}"
            if place not in readable["amount"]:
                row["amount"] = SECRET_NUMBERS[number**3 * 7919 % 96_999_997]  # no mean of others


def _readable_places(eyes: Reference, table: Table, column: str) -> Iterator[int]:
    try:
        eyes.authorise_read(table.name, [column])
    except Refused:
        return
    for place, row in enumerate(table.rows):
        if eyes.passes(table, row, "SELECT") and eyes.shown(table, row)[column] == row[column]:
            yield place


def twin(world: World, role: str) -> World:
    """Return a world that looks the same to a role and differs where it cannot look.

    Hidden secrets are others there, and rows that no policy shows it come twice, or as a crowd.
    """
    made = deepcopy(world)
    hidden = secrets_hidden_from(world, role)
    for table in made.tables.values():
        for row in table.rows:
            row.update({column: _other(value) for column, value in row.items() if value in hidden})
    wanted = _view_of(world, role)
    for table in made.tables.values():
        before = list(table.rows)
        eyes = Reference(made, role)
        unseen = [row for row in before if not any(eyes.passes(table, row, command) for command in COMMANDS)]
        table.rows = before + [
            {**row, "id": 50 + place} if table.key else row for place, row in enumerate(unseen)
        ]
        if _view_of(made, role) != wanted:
            table.rows = before
        elif table.key is None:
            table.crowd = [cast("int", row["id"]) for row in unseen]
    return made


def _other(value: Value) -> Value:
    if isinstance(value, int):
        return value + 3_000_017
    return f"{SECRET_TEXT}{str(value).removeprefix(SECRET_TEXT)[::-1]}and more"


def _view_of(world: World, role: str) -> list[list[Value]]:
    eyes = Reference(world, role)
    relations = (*world.tables, *world.views)
    return [
        sorted(_readable(eyes, name, column), key=repr) for name in relations for column in eyes.columns(name)
    ]
