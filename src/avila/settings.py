"""Typed settings: each once, with its type, default and meaning; read from avila.toml, the environment and SET.

The order of precedence is SET, then the keyword arguments of :func:`avila.connect`, then the environment
(``AVILA_MEMORY_LIMIT``), then ``avila.toml`` in the database directory, then the default.
"""

from __future__ import annotations

import os
import tomllib
from dataclasses import dataclass
from difflib import get_close_matches
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

from avila import errors

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

Value = str | int | bool | None


@dataclass(frozen=True)
class Setting:
    """One setting. ``scope`` is 'database' (fixed while it is open) or 'session'; ``kernel`` the kernel's own name."""

    name: str
    type: type[str] | type[int] | type[bool]
    default: Value
    doc: str
    scope: str = "session"
    kernel: str | None = None
    choices: tuple[str, ...] = ()

    def parse(self, value: object, where: str) -> Value:
        """Return the value in the setting's type; ConfigurationError naming ``where`` it stood when it is not one."""
        if value is None:
            return None
        try:
            parsed = self._convert(value)
        except ValueError:
            raise errors.ConfigurationError(
                f"setting {self.name} in {where} is {value!r}, which is not {_ARTICLE[self.type]}"
            ) from None
        if self.choices and parsed not in self.choices:
            raise errors.ConfigurationError(
                f"setting {self.name} in {where} is {value!r}",
                hint=f"It is one of {', '.join(self.choices)}.",
            )
        if isinstance(parsed, int) and not isinstance(parsed, bool) and parsed < 0:
            raise errors.ConfigurationError(
                f"setting {self.name} in {where} is {parsed}, and may not be negative"
            )
        return parsed

    def _convert(self, value: object) -> Value:
        if self.type is bool:
            text = str(value).strip().lower()
            if text not in _BOOLEANS:
                raise ValueError(text)
            return _BOOLEANS[text]
        if self.type is int:
            if isinstance(value, bool):
                raise ValueError(value)
            return int(str(value))
        return str(value)


_ARTICLE = {str: "a text", int: "a whole number", bool: "true or false"}
_BOOLEANS = {
    "true": True,
    "on": True,
    "1": True,
    "yes": True,
    "false": False,
    "off": False,
    "0": False,
    "no": False,
}

SETTINGS: Mapping[str, Setting] = MappingProxyType({
    setting.name: setting
    for setting in (
        Setting("memory_limit", str, None, "How much memory the kernel may use, such as '4GB'; without it 80 % of the "
                "machine's.", "database", "memory_limit"),
        Setting("threads", int, None, "How many threads one statement may use; without it one a core.", "database",
                "threads"),
        Setting("temp_limit", str, None, "How much the kernel may spill to disk, such as '50GB'.", "database",
                "max_temp_directory_size"),
        Setting("key_provider", str, "file", "Where the wrapping key of a new database is kept.", "database",
                choices=("file", "keyring", "environment", "pkcs11", "vault")),
        Setting("lake", bool, True, "Whether the lake store is opened too.", "database"),
        Setting("checkpoint_log_bytes", int, 64 * 2**20, "Size of the write-ahead log at which the native store is "
                "checkpointed.", "database"),
        Setting("checkpoint_interval_s", int, 60, "How often the size of the log is looked at; 0 for never.",
                "database"),
        Setting("lake_maintenance_interval_s", int, 3600, "How often the lake is compacted and old snapshots are "
                "expired; 0 for never.", "database"),
        Setting("retention_interval_s", int, 86_400, "How often retention policies are applied, after opening too; "
                "0 for never.", "database"),
        Setting("lake_retention_days", int, 30, "How long snapshots of the lake are kept for time travel.", "database"),
        Setting("history_statements", int, 1000, "How many finished statements the history remembers.", "database"),
        Setting("slow_statement_ms", int, 1000, "Statements that take longer are logged as warnings; 0 for none.",
                "database"),
        Setting("audit", bool, True, "Whether the audit log is kept.", "database"),
        Setting("audit_interval_ms", int, 50, "How long a record of the audit log may wait to be written with others.",
                "database"),
        Setting("usage_interval_s", int, 60, "How often what roles have used is kept, and what is stored measured; 0 "
                "for when the database is closed.", "database"),
        Setting("statement_timeout", int, 0, "Milliseconds after which a statement is cancelled; 0 for never."),
        Setting("statement_memory", str, None, "How much memory a statement may hold, such as '200MB'; without it as "
                "much as the kernel has."),
        Setting("statement_rows", int, 0, "How many rows a statement may answer; 0 for any number."),
        Setting("statement_temp", str, None, "How much a statement may spill to disk, such as '10GB'; without it as "
                "much as the kernel may."),
        Setting("max_statements", int, 0, "How many statements of a role may run at a time; 0 for any number."),
        Setting("lock_timeout", int, 10_000, "Milliseconds a statement waits for a checkpoint, or a checkpoint for "
                "writers."),
        Setting("timezone", str, None, "The time zone in which TIMESTAMPTZ values are shown and read.",
                kernel="TimeZone"),
        Setting("default_null_order", str, "nulls_last", "Where NULLs sort when the statement does not say.",
                kernel="default_null_order", choices=("nulls_first", "nulls_last", "nulls_first_on_asc_last_on_desc",
                                                      "nulls_last_on_asc_first_on_desc")),
        Setting("default_order", str, "asc", "How ORDER BY sorts when the statement does not say.",
                kernel="default_order", choices=("asc", "desc")),
        Setting("integer_division", bool, False, "Whether / of two whole numbers is whole, as in PostgreSQL.",
                kernel="integer_division"),
        Setting("preserve_insertion_order", bool, True, "Whether rows without ORDER BY come in the order they were "
                "inserted.", "database", "preserve_insertion_order"),
    )
})  # fmt: skip

ENVIRONMENT_PREFIX = "AVILA_"


def find(name: str) -> Setting:
    """Return a setting by name; UndefinedObject with a suggestion when there is none."""
    setting = SETTINGS.get(name.lower())
    if setting is None:
        close = get_close_matches(name.lower(), SETTINGS, n=1)
        raise errors.UndefinedObject(
            f"there is no setting {name}",
            hint=f"Did you mean {close[0]}?" if close else "SHOW ALL lists the settings.",
        )
    return setting


@dataclass(frozen=True)
class Settings:
    """The values in force, and where each came from."""

    values: Mapping[str, Value]
    origins: Mapping[str, str]

    def __getitem__(self, name: str) -> Any:
        return self.values[name]

    @classmethod
    def load(cls, file: Path | None, arguments: Mapping[str, object]) -> Settings:
        """Read every source; ConfigurationError naming the source of what is not possible."""
        values: dict[str, Value] = {name: setting.default for name, setting in SETTINGS.items()}
        origins = dict.fromkeys(values, "default")
        for where, given in (
            (str(file), _from_file(file)),
            ("the environment", _from_environment()),
            ("the arguments of connect()", arguments),
        ):
            for name, value in given.items():
                setting = find(name)
                values[setting.name], origins[setting.name] = setting.parse(value, where), where
        return cls(values, origins)

    def kernel(self, scope: str) -> dict[str, Value]:
        """Return the kernel's own settings of a scope that differ from its defaults."""
        return {
            setting.kernel: self.values[name]
            for name, setting in SETTINGS.items()
            if setting.kernel and setting.scope == scope and self.values[name] != setting.default
        }


def _from_file(file: Path | None) -> Mapping[str, object]:
    if file is None or not file.exists():
        return {}
    try:
        return tomllib.loads(file.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise errors.ConfigurationError(f"{file} cannot be read: {error}") from error


def _from_environment() -> Mapping[str, object]:
    """Return the settings of the environment; other variables of Avila's are not settings and are left alone."""
    return {
        name: os.environ[variable]
        for name in SETTINGS
        if (variable := ENVIRONMENT_PREFIX + name.upper()) in os.environ
    }
