"""The key hierarchy: random data keys in the directory, wrapped by a key that is kept somewhere else.

- :mod:`names`: which data keys a database has, and what each is for
- :mod:`document`: the file ``avila.keys`` as a value
- :mod:`keyfile`: the file itself: made, opened, and changed whole or not at all
- :mod:`provider`: what keeps wrapping keys must offer, and the wrapping of those that hand their key out
- :mod:`providers`: the providers there are; a file each
"""

from __future__ import annotations

from avila.storage.keys.keyfile import KeyFile
from avila.storage.keys.private import remove_unfinished, write_private
from avila.storage.keys.providers import PROVIDERS, provider
from avila.storage.keys.unwrapped import Keys

__all__ = ["PROVIDERS", "KeyFile", "Keys", "provider", "remove_unfinished", "write_private"]
