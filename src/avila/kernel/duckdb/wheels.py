"""The kernel's extensions, loaded from the wheels that pip installed: nothing is fetched at run time."""

from __future__ import annotations

from importlib.util import find_spec
from pathlib import Path

import duckdb

from avila import errors


def extension_path(name: str) -> Path:
    """Return where the wheel put the extension; MissingDependency when it is not there or of another version."""
    package = f"duckdb_extension_{name}"
    spec = find_spec(package)
    if spec is None or not spec.submodule_search_locations:
        raise errors.MissingDependency(
            f"the kernel's extension {name} is not installed",
            hint=f"pip install duckdb-extension-{name}=={duckdb.__version__}",
        )
    folder = Path(next(iter(spec.submodule_search_locations))) / "extensions" / f"v{duckdb.__version__}"
    path = folder / f"{name}.duckdb_extension"
    if not path.is_file():
        raise errors.MissingDependency(
            f"the kernel's extension {name} is not built for kernel version {duckdb.__version__}",
            hint=f"pip install duckdb-extension-{name}=={duckdb.__version__}",
        )
    return path
