"""The extensions that are installed: first-party ones, and those that packages offer under ``avila.extensions``."""

from __future__ import annotations

from importlib.metadata import entry_points
from typing import TYPE_CHECKING, Any

from avila import errors
from avila.extensions.api import Extension

if TYPE_CHECKING:
    from collections.abc import Mapping

GROUP = "avila.extensions"


def discover() -> Mapping[str, Extension]:
    """Return every installed extension by name.

    Raises ConfigurationError naming the package when an entry point does not lead to one.
    """
    found: dict[str, Extension] = {}
    for point in entry_points(group=GROUP):
        extension = point.load()
        if not isinstance(extension, Extension):
            raise errors.ConfigurationError(
                f"the entry point {point.name} = {point.value} is not an extension"
            )
        found[extension.name] = extension
    return found


def functions(extensions: Mapping[str, Extension]) -> dict[str, Mapping[str, Any]]:
    """Return all functions by family; ConfigurationError when two extensions claim one name."""
    families: dict[str, dict[str, Any]] = {"scalars": {}, "macros": {}, "tables": {}}
    owner: dict[str, str] = {}
    for extension in extensions.values():
        for family, known in families.items():
            for name, function in getattr(extension, family).items():
                if name in owner:
                    raise errors.ConfigurationError(
                        f"the extensions {owner[name]} and {extension.name} both define {name}"
                    )
                owner[name] = extension.name
                known[name] = function
    return {**families, "owners": owner}
