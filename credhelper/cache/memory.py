"""The tokens that one process has already got: for whoever asks for many registries at once, or again and again."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Callable

from cachetools import TLRUCache

if TYPE_CHECKING:
    from collections.abc import Hashable

    from credhelper.entry import Held

_MOST = 1024  # scopes: a region has two or three


class Memory:
    """Tokens by what they are good for (such as the scope of target.py), each until it has expired; whether it is
    still fresh is for whoever gets it to ask.

    `clock` gives seconds of UTC since the epoch.
    """

    def __init__(self, clock: Callable[[], float] = time.time) -> None:
        self._tokens: TLRUCache[Hashable, Held] = TLRUCache(_MOST, _expiry, clock)

    def get(self, scope: Hashable) -> Held | None:
        """Give the token for `scope`, if there is one."""
        held: Held | None = self._tokens.get(scope)
        return held

    def put(self, scope: Hashable, held: Held) -> None:
        """Keep `held` for `scope`."""
        self._tokens[scope] = held

    def drop(self, scope: Hashable) -> None:
        """Forget the token for `scope`, if there is one."""
        self._tokens.pop(scope, None)


def _expiry(_: Hashable, held: Held, __: float) -> float:
    return held.life.bought.wall + held.life.whole
