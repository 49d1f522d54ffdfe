"""CREATE SECRET and DROP SECRET: credentials for reading elsewhere, kept encrypted and never shown."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlglot import exp

from avila import errors
from avila.catalog import secrets as catalog
from avila.kernel.arrow_answer import ArrowAnswer
from avila.planner.dialect import generate
from avila.planner.suggest import suggest
from avila.security import secrets

if TYPE_CHECKING:
    from avila.executor import Executor, Parameters
    from avila.kernel.base import Answer
    from avila.planner.plan import Plan

_CONSTANTS = (
    exp.Literal, exp.Boolean, exp.Null, exp.Var, exp.Identifier, exp.Column, exp.Neg, exp.Paren,
    exp.Array, exp.Tuple, exp.Struct, exp.ToMap, exp.PropertyEQ,
)  # fmt: skip


def create(executor: Executor, plan: Plan, parameters: Parameters) -> Answer:  # noqa: ARG001
    """Keep a secret and give it to the kernel; what the kernel refuses is not kept."""
    executor.require_superuser("create secrets")
    _check(executor, plan.tree)
    name = _name(plan.tree)
    known = executor.described().secrets.secrets
    if name in known and plan.tree.args.get("exists"):
        return ArrowAnswer.empty()
    kind, options, hidden = _options(plan.tree)
    key, engine = executor.instance.keys.secret("secrets"), executor.instance.engine
    change = catalog.CreateSecret(
        name, kind, secrets.seal(key, name, kind, options), bool(plan.tree.args.get("replace"))
    )
    change.apply(executor.described())
    try:
        secrets.give(engine, name, options)
        executor.change(change)
    except errors.Error as error:
        if name in known:
            secrets.hand_over(engine, key, known[name])
        else:
            secrets.take_back(engine, name)
        raise _without(error, hidden) from None
    return ArrowAnswer.empty()


def drop(executor: Executor, plan: Plan, parameters: Parameters) -> Answer:  # noqa: ARG001
    """Keep a secret no more, and have the kernel forget it."""
    executor.require_superuser("drop secrets")
    _check(executor, plan.tree)
    name, known = _name(plan.tree), executor.described().secrets.secrets
    if name not in known:
        if plan.tree.args.get("exists"):
            return ArrowAnswer.empty()
        raise errors.UndefinedObject(f"there is no secret {name}", hint=suggest(name, known))
    executor.change(catalog.DropSecret(name))
    secrets.take_back(executor.instance.engine, name)
    return ArrowAnswer.empty()


def _check(executor: Executor, tree: exp.Expr) -> None:
    if tree.args.get("storage") is not None or str(tree.args.get("persistence") or "").startswith("TEMP"):
        raise errors.FeatureNotSupported(
            "secrets are kept in the database, encrypted, and nowhere else",
            hint="CREATE SECRET name (…) is enough.",
        )
    if executor.transaction is not None:
        raise errors.ActiveSqlTransaction(
            "the kernel's secrets know no transactions", hint="COMMIT or ROLLBACK first."
        )


def _name(tree: exp.Expr) -> str:
    if tree.this is None:
        raise errors.SyntaxError("a secret needs a name", hint="CREATE SECRET name (TYPE s3, …).")
    return str(tree.this.name.lower())


def _options(tree: exp.Expr) -> tuple[str, str, list[str]]:
    """Return the secret's type, its options as SQL, and the texts among them that nobody may see."""
    kind = None
    for option in tree.expressions:
        value = option.args.get("expression")
        if value is None or any(not isinstance(node, _CONSTANTS) for node in value.walk()):
            raise errors.InvalidParameterValue(
                f"the option {option.this.name} of a secret must be a constant"
            )
        if option.this.name.lower() == "type":
            kind = str(value.name).lower()
    if not kind:
        raise errors.InvalidParameterValue("a secret needs a type", hint="Such as TYPE s3.")
    written = ", ".join(generate(option) for option in tree.expressions)
    hidden = [str(literal.this) for literal in tree.find_all(exp.Literal) if literal.is_string]
    return kind, f"({written})", hidden


def _without(error: errors.Error, hidden: list[str]) -> errors.Error:
    """Return an error whose texts hold none of a secret's."""
    for text in sorted(filter(None, hidden), key=len, reverse=True):
        error.message = error.message.replace(text, "…")
        error.hint = error.hint.replace(text, "…") if error.hint else error.hint
    error.args = (error.message,)
    error.statement = None
    return error
