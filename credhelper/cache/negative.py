"""Negative caching: the answer that no login is stored for a host becomes an entry, so that the next `get` is a hit."""

from __future__ import annotations

import os
import time
from typing import TYPE_CHECKING

from credhelper.cache.file_stamps import is_stable
from credhelper.clock import Clock, read_clocks
from credhelper.entry import CacheEntry, Lifetime
from credhelper.errors import NOT_FOUND

if TYPE_CHECKING:
    from collections.abc import Sequence

    from credhelper.cache.token_cache import TokenCache

_BODY = f"{NOT_FOUND}\n".encode()


def cache_not_found(cache: TokenCache, host: str, dependencies: Sequence[bytes], ttl: float) -> None:
    """Cache that no login is stored for `host`, for `ttl` seconds while `dependencies` and the settings are unchanged.

    The answer is not cached if one of their files has just changed, since its stamp may not show another change.
    """
    settings = cache.settings
    now = time.time()
    all_dependencies = [*settings.file_stamps, *dependencies]
    paths = [dependency.split(b"\t")[1] for dependency in all_dependencies if dependency.startswith(b"file\t")]
    if all(is_stable(os.fsdecode(path), settings.read_at, now) for path in paths):
        cache.store(host, CacheEntry(Lifetime(read_clocks(), ttl, ttl, ttl, ttl), all_dependencies, 1, _BODY))
        cache.prune(now, Clock().random())
