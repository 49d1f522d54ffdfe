"""The shape of the house: imports point one way, names say what is inside, and modules hold no state."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest
from importlinter.cli import lint_imports

ROOT = Path(__file__).resolve().parents[1]
MODULES = sorted((ROOT / "src" / "avila").rglob("*.py"))

# Names under which anything could lie, so that nothing can be found.
EMPTY_NAMES = {"base_utils", "common", "helper", "helpers", "lib", "misc", "stuff", "tools", "util", "utils"}
MUTABLE = (ast.List, ast.Dict, ast.Set, ast.ListComp, ast.DictComp, ast.SetComp)


def test_imports_point_one_way() -> None:
    status = lint_imports(config_filename=str(ROOT / "pyproject.toml"), no_cache=True)
    assert status == 0, "see the broken contracts above; ARCHITECTURE.md says what belongs where"


def test_module_names_say_what_is_inside() -> None:
    assert [str(path) for path in MODULES if {path.stem, path.parent.name} & EMPTY_NAMES] == []


@pytest.mark.parametrize("path", MODULES, ids=lambda path: str(path.relative_to(ROOT / "src")))
def test_modules_hold_no_state(path: Path) -> None:
    """Constants are written in capitals and never written to; nothing is declared ``global``."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    names = {name: value for node in tree.body for name, value in _assigned(node)}
    lower = [name for name, value in names.items() if isinstance(value, MUTABLE) and not _constant(name)]
    assert lower == [], f"a mutable module-level value that is not a constant: {lower}"
    written = [name for name in _written_in_functions(tree) if name in names]
    assert written == [], f"a function writes to what belongs to the module: {written}"


def _assigned(node: ast.stmt) -> list[tuple[str, ast.expr]]:
    if isinstance(node, ast.AnnAssign) and node.value is not None and isinstance(node.target, ast.Name):
        return [(node.target.id, node.value)]
    if isinstance(node, ast.Assign):
        return [(target.id, node.value) for target in node.targets if isinstance(target, ast.Name)]
    return []


def _constant(name: str) -> bool:
    return name.upper() == name or name.startswith("__")


def _written_in_functions(tree: ast.Module) -> list[str]:
    """Return names declared global, and names assigned to by subscript where no local hides them."""
    found: list[str] = []
    for function in ast.walk(tree):
        if not isinstance(function, ast.FunctionDef | ast.AsyncFunctionDef):
            continue
        nodes = list(ast.walk(function))
        local = {node.id for node in nodes if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store)}
        local |= {argument.arg for argument in nodes if isinstance(argument, ast.arg)}
        for node in nodes:
            if isinstance(node, ast.Global):
                found += node.names
            elif (
                isinstance(node, ast.Subscript)
                and isinstance(node.ctx, ast.Store | ast.Del)
                and isinstance(node.value, ast.Name)
                and node.value.id not in local
            ):
                found.append(node.value.id)
    return found
