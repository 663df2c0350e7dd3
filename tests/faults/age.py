"""Lets hours pass for the entries of a host: each is rewritten as if its token had been issued earlier.

Runs in the instance, on the Python that has the helper: `python -I age.py HOST HOURS`.
"""

from __future__ import annotations

import os
import sys

from credhelper import entry
from credhelper.cache.token_cache import TokenCache
from credhelper.clock import Instant
from credhelper.entry import Lifetime
from credhelper.settings.rules import Settings
from credhelper.system import atomic
from credhelper.system.context import Context

_REFRESH_AFTER = 5 * 3600  # seconds; the dice say 4 1/2 to 6 hours


def main(host: str, hours: float) -> None:
    """Set the time at which the token of `host` was issued back by `hours`, on both clocks."""
    cache = TokenCache(Context(os.environ, Settings()))
    cache_entry = cache.read(host)
    assert cache_entry is not None
    assert cache.directory is not None
    lifetime, issued_at = cache_entry.lifetime, cache_entry.lifetime.issued_at
    refresh_after = min(lifetime.refresh_after, _REFRESH_AFTER)
    cache_entry.lifetime = Lifetime(
        _shift_back(issued_at, hours * 3600),
        lifetime.revalidate_after,
        refresh_after,
        lifetime.freshness_lifetime,
        lifetime.expires_in,
    )
    path = f"{cache.directory}/{entry.file_name(host, cache.variables)}"
    atomic.write(
        path,
        entry.serialize(host, cache.variables, cache_entry),
        mtime=cache_entry.lifetime.issued_at.wall + lifetime.expires_in,
    )


def _shift_back(instant: Instant, seconds: float) -> Instant:
    return Instant(instant.wall - seconds, instant.boot, instant.uptime - seconds)


if __name__ == "__main__":
    main(sys.argv[1], float(sys.argv[2]))
