"""Lets hours pass for the entries of a host: each is written anew as it would be if its token had been bought earlier.

Runs in the instance, on the Python that has the helper: `python -I age.py HOST HOURS`.
"""

from __future__ import annotations

import os
import sys

from credhelper import entry
from credhelper.cache import store
from credhelper.cache.shelf import TokenCache
from credhelper.entry import Instant, Lifetime

_RENEW = 5 * 3600  # seconds; the dice say 4 1/2 to 6 hours


def main(host: str, hours: float) -> None:
    """Take `hours` from the moment at which the token of `host` was bought, by both clocks."""
    shelf = TokenCache(os.environ)
    held = shelf.read(host)
    assert held is not None
    assert shelf.directory is not None
    life, bought = held.lifetime, held.lifetime.issued_at
    renew = min(life.refresh_after, _RENEW)
    held.lifetime = Lifetime(
        _earlier(bought, hours * 3600), life.revalidate_after, renew, life.freshness_lifetime, life.expires_in
    )
    path = f"{shelf.directory}/{entry.file_name(host, shelf.variables)}"
    store.write(path, entry.serialize(host, shelf.variables, held), held.lifetime.issued_at.wall + life.expires_in)


def _earlier(moment: Instant, seconds: float) -> Instant:
    return Instant(moment.wall - seconds, moment.boot, moment.uptime - seconds)


if __name__ == "__main__":
    main(sys.argv[1], float(sys.argv[2]))
