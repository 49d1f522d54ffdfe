"""Equality searches on encrypted columns: the ciphertext of a constant is looked for, and nothing is decrypted in vain.

The statement's own condition stays where it is, so this is only about time: it may leave out what it is not sure of.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlglot import exp

from avila.planner.governance.names import column
from avila.security.columns.rewriting import matches

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from avila.catalog.encryption import EncryptedColumn


def searched(table: exp.Table, stored: str, secret: Mapping[str, EncryptedColumn]) -> exp.Expr | None:
    """Return what the stored rows must fulfil, by what the SELECT around a table asks of its encrypted columns."""
    select = table.find_ancestor(exp.Select)
    where = None if select is None else select.args.get("where")
    if select is None or where is None:
        return None
    alone = not select.args.get("joins")
    found: exp.Expr | None = None
    for condition in _conjuncts(where.this):
        made = _search(condition, str(table.alias or table.name), stored, secret, alone=alone)
        if made is not None:
            found = made if found is None else exp.And(this=found, expression=made)
    return found


def _search(
    condition: exp.Expr, name: str, stored: str, secret: Mapping[str, EncryptedColumn], *, alone: bool
) -> exp.Expr | None:
    if isinstance(condition, exp.EQ):
        sides = (condition.left, condition.right)
        operand = next((side for side in sides if isinstance(side, exp.Column)), None)
        constants = [side for side in sides if side is not operand]
    elif isinstance(condition, exp.In) and condition.expressions and isinstance(condition.this, exp.Column):
        operand, constants = condition.this, condition.expressions
    else:
        return None
    if operand is None or not (operand.table.lower() == name.lower() or (alone and not operand.table)):
        return None
    info = secret.get(operand.name.lower())
    if info is None:
        return None
    wanted = [matches(info, constant.copy()) for constant in constants]
    ciphertexts = [item for item in wanted if item is not None]
    if len(ciphertexts) != len(wanted):
        return None
    return exp.In(this=column(operand.name, stored), expressions=ciphertexts)


def _conjuncts(condition: exp.Expr) -> Iterator[exp.Expr]:
    if isinstance(condition, exp.Paren):
        yield from _conjuncts(condition.this)
    elif isinstance(condition, exp.And):
        yield from _conjuncts(condition.left)
        yield from _conjuncts(condition.right)
    else:
        yield condition
