"""Nothing is undocumented: settings, functions, errors, commands, options, statements and the Python API."""

from __future__ import annotations

import inspect
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from avila.catalog.grants import PRIVILEGES
from avila.catalog.roles import PREDEFINED
from avila.extensions import registry
from avila.planner import governed
from avila.planner.dialect.statements import _READERS
from avila.settings import SETTINGS
from avila.system_views import VIEWS

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "tools"))

import generate_reference  # noqa: E402
from reference import commands, errors, python, rights  # noqa: E402

if TYPE_CHECKING:
    import avila

PAGES = generate_reference.pages()
FUNCTIONS = [
    (extension.name, family, name, function)
    for extension in registry.discover().values()
    for family in ("scalars", "macros", "tables")
    for name, function in getattr(extension, family).items()
]
COMMANDS = list(commands.commands())
CLASSES = [value for module in python.MODULES.values() for value in python.public(module)]


def sentence(text: str | None) -> bool:
    """Whether a text says something."""
    return bool(text) and len(text.split()) >= 3


@pytest.mark.parametrize("setting", SETTINGS.values(), ids=lambda setting: setting.name)
def test_setting_is_documented(setting: Any) -> None:
    assert sentence(setting.doc)
    assert f"`{setting.name}`" in PAGES["settings.md"]


@pytest.mark.parametrize(
    ("extension", "family", "name", "function"), FUNCTIONS, ids=lambda value: str(value)[:40]
)
def test_function_is_documented(extension: str, family: str, name: str, function: Any) -> None:
    assert sentence(function.doc), f"{family} {name} needs a docstring"
    assert function.example, f"{family} {name} needs an example"
    page = PAGES[f"functions-{extension}.md"]
    assert f"### {name}\n" in page
    assert str(function.signature) in page


@pytest.mark.parametrize(
    ("extension", "family", "name", "function"), FUNCTIONS, ids=lambda value: str(value)[:40]
)
def test_example_runs(extension: str, family: str, name: str, function: Any, memory: avila.Database) -> None:
    if family == "tables" and function.files:
        pytest.skip("its example reads files of the reader's own")
    assert memory.execute(function.example).fetchall(), f"the example of {name} answers nothing"


@pytest.mark.parametrize("name", sorted(governed.TABLE_FUNCTIONS | governed.REFUSED.keys()))
def test_kernel_function_is_listed(name: str) -> None:
    assert f"`{name}`" in PAGES["kernel-functions.md"]


@pytest.mark.parametrize(("name", "entry"), errors.conditions().items(), ids=lambda value: str(value)[:40])
def test_error_is_documented(name: str, entry: dict[str, Any]) -> None:
    assert sentence(entry["doc"])
    assert f"## {name}\n" in PAGES["errors.md"]


@pytest.mark.parametrize(("name", "command"), COMMANDS, ids=lambda value: str(value)[:40])
def test_command_is_documented(name: str, command: Any) -> None:
    assert sentence(command.help), f"avila {name} needs a help text"
    assert f"## avila {name}\n" in PAGES["commands.md"]
    for parameter in command.params:
        help_text = getattr(parameter, "help", None)
        assert help_text, f"{parameter.name} of avila {name} needs a help text"


@pytest.mark.parametrize("view", VIEWS, ids=lambda view: view.name)
def test_view_is_documented(view: Any) -> None:
    assert sentence(view.doc)
    page = PAGES["views.md"]
    assert f"## avila.{view.name}" in page
    assert [name for name in view.schema.names if f"`{name}`" not in page] == []
    statements = (ROOT / "docs" / "reference" / "statements.md").read_text(encoding="utf-8")
    assert f"`avila.{view.name}" in statements


def test_privileges_and_predefined_roles_are_documented() -> None:
    every = {(kind, privilege) for kind, privileges in PRIVILEGES.items() for privilege in privileges}
    assert set(rights.MEANINGS) == every
    assert [name for name in PREDEFINED if f"`{name}`" not in PAGES["rights.md"]] == []


def test_statements_are_documented() -> None:
    page = (ROOT / "docs" / "reference" / "statements.md").read_text(encoding="utf-8")
    spelled_once = {"ANALYSE"}  # what PostgreSQL also accepts for ANALYZE
    assert [word for word in _READERS if f"`{word}" not in page and word not in spelled_once] == []


@pytest.mark.parametrize("value", CLASSES, ids=lambda value: value.__qualname__)
def test_python_is_documented(value: Any) -> None:
    assert sentence(value.__doc__), f"{value.__qualname__} needs a docstring"
    members = vars(value).items() if inspect.isclass(value) else ()
    bare = [
        name
        for name, member in members
        if not name.startswith("_")
        and (inspect.isfunction(member) or isinstance(member, property | classmethod))
        and not inspect.getdoc(getattr(value, name))
    ]
    assert bare == [], f"{value.__qualname__} has members without a docstring"
