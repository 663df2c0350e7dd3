"""The tokens that one process has already got: for whoever asks for many registries at once."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Callable

from cachetools import TLRUCache

if TYPE_CHECKING:
    from credhelper.entry import Held
    from credhelper.target import Target

_MOST = 1024  # scopes: a region has two or three


class Memory:
    """Tokens by scope (target.py), of one identity, each until it is no longer fresh.

    `clock` gives seconds of UTC since the epoch.
    """

    def __init__(self, clock: Callable[[], float] = time.time) -> None:
        self._tokens: TLRUCache[object, Held] = TLRUCache(_MOST, _stale_at, clock)

    def get(self, target: Target) -> Held | None:
        """Give the token that serves `target`, if there is one."""
        held: Held | None = self._tokens.get(target.scope)
        return held

    def put(self, target: Target, held: Held) -> None:
        """Keep `held` for every registry of the scope of `target`."""
        self._tokens[target.scope] = held


def _stale_at(_: object, held: Held, __: float) -> float:
    return held.life.bought.wall + held.life.fresh
