"""The tokens that one process has already got: for whoever asks for many registries at once, or again and again."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Callable

from cachetools import TLRUCache

if TYPE_CHECKING:
    from collections.abc import Hashable

    from credhelper.entry import CacheEntry

_MAX_ENTRIES = 1024  # scopes: a region has two or three


class MemoryCache:
    """Tokens by what they are good for (such as the scope of target.py), each until it has expired; whether it is
    still fresh is for whoever gets it to ask.

    `clock` gives seconds of UTC since the epoch.
    """

    def __init__(self, clock: Callable[[], float] = time.time) -> None:
        self._tokens: TLRUCache[Hashable, CacheEntry] = TLRUCache(_MAX_ENTRIES, _expires_at, clock)

    def get(self, scope: Hashable) -> CacheEntry | None:
        """Give the token for `scope`, if there is one."""
        entry: CacheEntry | None = self._tokens.get(scope)
        return entry

    def put(self, scope: Hashable, entry: CacheEntry) -> None:
        """Keep `entry` for `scope`."""
        self._tokens[scope] = entry

    def delete(self, scope: Hashable) -> None:
        """Forget the token for `scope`, if there is one."""
        self._tokens.pop(scope, None)


def _expires_at(_: Hashable, entry: CacheEntry, __: float) -> float:
    return entry.lifetime.issued_at.wall + entry.lifetime.expires_in
