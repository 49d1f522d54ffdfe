"""The kernel's functions that encrypt and decrypt whole vectors. Their names are reserved: no statement can call them.

What they are given says which key to use, by a name that is no secret; the keys themselves are in no SQL.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from avila.catalog.functions import ScalarFunction
from avila.catalog.signature import Signature
from avila.security.columns.keys import Reference

if TYPE_CHECKING:
    from collections.abc import Callable

    from avila.security.columns.keys import ColumnKeys

RESERVED = "__avila_"
"""What the names of Avila's own functions begin with."""

SEAL = f"{RESERVED}seal"
CONCEAL = f"{RESERVED}conceal"
REVEAL = f"{RESERVED}reveal"


def functions(keys: ColumnKeys) -> tuple[ScalarFunction, ...]:
    """Return the functions over the keys of a database, to be registered with its kernel."""
    # Annotated with Any, as the kernel's Python evaluates annotations, and Arrow is imported only when it is needed.

    def seal(values: Any, reference: Any) -> Any:
        """Encrypt so that equal values stay equal; a constant is encrypted once, when the statement is planned."""
        return _vector(keys.seal(values.to_pylist(), _reference(reference)))

    def conceal(values: Any, subjects: Any, reference: Any) -> Any:
        """Encrypt so that nothing shows; each value anew, equal ones too."""
        return _vector(keys.conceal(values.to_pylist(), subjects.to_pylist(), _reference(reference)))

    def reveal(values: Any, reference: Any) -> Any:
        """Decrypt."""
        return _vector(keys.reveal(values.to_pylist(), _reference(reference)))

    return (
        _function(f"{SEAL}(value BLOB, reference VARCHAR) -> BLOB", seal),
        _function(
            f"{CONCEAL}(value BLOB, subject VARCHAR, reference VARCHAR) -> BLOB", conceal, volatile=True
        ),
        _function(f"{REVEAL}(value BLOB, reference VARCHAR) -> BLOB", reveal),
    )


def _function(signature: str, call: Callable[..., Any], *, volatile: bool = False) -> ScalarFunction:
    return ScalarFunction(Signature.parse(signature), call, str(call.__doc__), volatile=volatile)


def _reference(vector: Any) -> Reference:
    """Return the reference: it is a constant, so every row says the same."""
    return Reference.parse(vector[0].as_py())


def _vector(values: list[bytes | None]) -> Any:
    # Imported when the first column is encrypted: most databases have none.
    import pyarrow as pa

    return pa.array(values, pa.binary())
