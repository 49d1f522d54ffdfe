"""How a plan meets the kernel: its sources, its parameters, and its errors in the user's own text."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Final

from sqlglot import exp

from avila import errors
from avila.frames import frame_table
from avila.planner.dialect import position
from avila.planner.plan import Kind

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from avila.executor import Executor
    from avila.planner.plan import Plan, SourceCall

    Parameters = Sequence[Any] | Mapping[str, Any] | None
    Frames = Callable[[str], object | None]

DRAWS: Final = frozenset({"nextval"})
"""Functions with which a query writes."""


def writes(plan: Plan) -> bool:
    """Whether a plan changes something: a query does when it draws from a sequence."""
    return plan.kind is not Kind.QUERY or not plan.functions.isdisjoint(DRAWS)


def open_source(
    executor: Executor, call: SourceCall, parameters: Parameters, frames: Frames | None
) -> object:
    """Return what the kernel scans for a source call."""
    function = call.function
    if function is None:
        frame = frames(str(call.frame)) if frames else None
        if frame is None:
            raise errors.UndefinedTable(f"table {call.frame} does not exist")
        return frame_table(frame)
    arguments = {name: value.resolve(parameters) for name, value in call.arguments.items()}
    if function.session:
        return function.call(executor, **arguments)
    return function.call(**arguments)


def kernel_parameters(plan: Plan, parameters: Parameters) -> Parameters:
    """Return the parameters the kernel still needs, once sources have taken theirs."""
    if parameters is None or (plan.placeholders is None and not plan.taken):
        return parameters
    if isinstance(parameters, Mapping):
        return {name: value for name, value in parameters.items() if name not in plan.taken}
    if plan.placeholders is not None:
        return [parameters[place] for place in plan.placeholders]
    # By number: what is left keeps its numbers.
    return {str(n): value for n, value in enumerate(parameters, 1) if str(n) not in plan.taken}


def denied(plan: Plan, error: errors.Error) -> errors.Error:
    """Return the error for a column that the kernel did not find because the role may not see it."""
    for node in plan.statement.tree.find_all(exp.Column) if plan.hidden else ():
        table = plan.hidden.get(node.name.lower())
        if table is not None and node.name.lower() in error.message.lower():
            return errors.InsufficientPrivilege(
                f"permission denied for table {table}",
                hint=f"Nobody granted SELECT ({node.name.lower()}) to this role.",
                statement=plan.statement.text,
                position=position(node),
            )
    return error


def locator(plan: Plan) -> Callable[[str], int | None]:
    """Return the search for the place of a name in a statement, for errors of the kernel's."""

    def locate(name: str) -> int | None:
        """Return where the statement first names something."""
        wanted = name.rsplit(".", maxsplit=1)[-1].lower()
        for node in plan.statement.tree.walk():
            if (
                isinstance(node, exp.Column | exp.Table | exp.Anonymous | exp.Identifier)
                and node.name.lower() == wanted
            ):
                place = (
                    position(node)
                    if position(node) is not None
                    else position(node.this)
                    if isinstance(node.this, exp.Expr)
                    else None
                )
                if place is not None:
                    return place
        return None

    return locate
