"""The settings, from avila.settings."""

from __future__ import annotations

from avila.settings import ENVIRONMENT_PREFIX, SETTINGS, Setting
from reference.markdown import page, table

INTRODUCTION = f"""
A setting is looked for in this order: `SET` in the session, the keyword arguments of
[`avila.connect`](python.md), the environment (`{ENVIRONMENT_PREFIX}` and the name in capitals),
`avila.toml` in the database directory, and the default.

```sql
SET statement_timeout = 5000;
RESET statement_timeout;
```
"""

SCOPES = {
    "session": ("In a session", "Each session may change them with `SET`, and go back with `RESET`."),
    "database": ("Of the database", "They are read when the database is opened."),
}


def pages() -> dict[str, str]:
    """Return the page of the settings."""
    parts = [INTRODUCTION]
    for scope, (title, meaning) in SCOPES.items():
        rows = [_row(setting) for setting in SETTINGS.values() if setting.scope == scope]
        parts += [f"## {title}", meaning, table(["Setting", "Type", "Default", "Meaning"], rows)]
    return {"settings.md": page("Settings", *parts, label="settings")}


def _row(setting: Setting) -> list[object]:
    choices = f" One of {', '.join(f'`{choice}`' for choice in setting.choices)}." if setting.choices else ""
    types = {str: "text", int: "whole number", bool: "true or false"}
    default = "none" if setting.default is None else f"`{str(setting.default).lower()}`"
    return [f"`{setting.name}`", types[setting.type], default, setting.doc + choices]
