"""PREPARE, EXECUTE and DEALLOCATE: plans that a session keeps by name."""

from __future__ import annotations

from typing import TYPE_CHECKING

from avila import errors
from avila.kernel.arrow_answer import ArrowAnswer
from avila.planner import planner
from avila.planner.arguments import argument
from avila.planner.parameters import ordinals
from avila.planner.plan import Statement
from avila.planner.rules.call_arguments import named_and_positional
from avila.planner.suggest import suggest

if TYPE_CHECKING:
    from avila.executor import Executor, Parameters
    from avila.kernel.base import Answer
    from avila.planner.plan import Plan


def prepare(executor: Executor, plan: Plan, parameters: Parameters) -> Answer:  # noqa: ARG001
    """Check a statement now and keep it under a name."""
    name = plan.tree.this.name.lower()
    inner = Statement(plan.statement.text, plan.tree.args["expression"])
    planner.plan(inner, executor.context())  # its errors belong here
    executor.prepared[name] = inner
    return ArrowAnswer.empty()


def execute(executor: Executor, plan: Plan, parameters: Parameters) -> Answer:
    """Run a kept statement with the values given; it is planned anew, for definitions may have changed."""
    statement = _find(executor, plan)
    places = ordinals(plan.tree)
    positional, named = named_and_positional(plan.tree.expressions)
    values = {
        **{str(index): argument(node, plan.statement, places) for index, node in enumerate(positional, 1)},
        **{name: argument(node, plan.statement, places) for name, node in named.items()},
    }
    given = {name: value.resolve(parameters) for name, value in values.items()}
    inner = planner.plan(statement, executor.context())
    in_order = ordinals(statement.tree)
    return executor.run(inner, list(given.values()) if in_order else given or None)


def deallocate(executor: Executor, plan: Plan, parameters: Parameters) -> Answer:  # noqa: ARG001
    """Forget a kept statement, or all of them."""
    if plan.tree.args.get("this") is None:
        executor.prepared.clear()
    else:
        _find(executor, plan)
        del executor.prepared[plan.tree.this.name.lower()]
    return ArrowAnswer.empty()


def _find(executor: Executor, plan: Plan) -> Statement:
    name = plan.tree.this.name
    if name.lower() not in executor.prepared:
        raise errors.UndefinedObject(
            f"there is no prepared statement {name}",
            hint=suggest(name, executor.prepared),
            statement=plan.statement.text,
        )
    return executor.prepared[name.lower()]
