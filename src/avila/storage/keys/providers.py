"""The providers there are, by the names that the setting ``key_provider`` takes."""

from __future__ import annotations

from typing import TYPE_CHECKING

from avila import errors
from avila.storage.keys.environment import EnvironmentProvider
from avila.storage.keys.file import FileProvider
from avila.storage.keys.keyring import KeyringProvider
from avila.storage.keys.pkcs11 import Pkcs11Provider
from avila.storage.keys.vault import VaultProvider

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from avila.storage.keys.provider import KeyProvider

PROVIDERS: Mapping[str, Callable[[], KeyProvider]] = {
    "file": FileProvider,
    "keyring": KeyringProvider,
    "environment": EnvironmentProvider,
    "pkcs11": Pkcs11Provider,
    "vault": VaultProvider,
}


def provider(name: str) -> KeyProvider:
    """Return a provider by its name; ConfigurationError when there is none."""
    try:
        return PROVIDERS[name]()
    except KeyError:
        raise errors.ConfigurationError(
            f"there is no key provider {name!r}", hint=f"There are {', '.join(PROVIDERS)}."
        ) from None
