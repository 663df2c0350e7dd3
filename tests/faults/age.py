"""Lets hours pass for the entries of a host: each is written anew as it would be if its token had been bought earlier.

Runs in the instance, on the Python that has the helper: `python -I age.py HOST HOURS`.
"""

from __future__ import annotations

import os
import sys

from credhelper import entry
from credhelper.cache import store
from credhelper.cache.shelf import Shelf
from credhelper.entry import Life, Moment

_RENEW = 5 * 3600  # seconds; the dice say 4 1/2 to 6 hours


def main(host: str, hours: float) -> None:
    """Take `hours` from the moment at which the token of `host` was bought, by both clocks."""
    shelf = Shelf(os.environ)
    held = shelf.read(host)
    assert held is not None
    assert shelf.folder is not None
    life, bought = held.life, held.life.bought
    renew = min(life.renew, _RENEW)
    held.life = Life(_earlier(bought, hours * 3600), life.check, renew, life.fresh, life.whole)
    path = f"{shelf.folder}/{entry.name(host, shelf.variables)}"
    store.replace(path, entry.form(host, shelf.variables, held), held.life.bought.wall + life.whole)


def _earlier(moment: Moment, seconds: float) -> Moment:
    return Moment(moment.wall - seconds, moment.boot, moment.uptime - seconds)


if __name__ == "__main__":
    main(sys.argv[1], float(sys.argv[2]))
