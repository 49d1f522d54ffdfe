"""The scientific packages, imported when a function first needs them: opening a database loads none."""

from __future__ import annotations

import importlib
from typing import Any

from avila import errors

_DISTRIBUTIONS = {"pywt": "PyWavelets", "nifty_ls": "nifty-ls"}


def package(module: str, function: str) -> Any:
    """Return the module; MissingDependency naming the function when its package is not installed."""
    try:
        return importlib.import_module(module)
    except ModuleNotFoundError as missing:
        top = (missing.name or module).partition(".")[0]
        raise errors.MissingDependency(
            f"{function} needs the Python package {_DISTRIBUTIONS.get(top, top)}, which is not installed",
            hint="pip install avila[science]",
        ) from missing
