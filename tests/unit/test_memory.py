"""The tokens of one process, by scope."""

from __future__ import annotations

from credhelper.cache.memory import MemoryCache
from credhelper.clock import Instant
from credhelper.entry import CacheEntry, Lifetime

NOW = 1_800_000_000.0


def make_entry(freshness_lifetime: float = 60) -> CacheEntry:
    return CacheEntry(
        Lifetime(
            Instant(NOW, b"", 0), freshness_lifetime, freshness_lifetime, freshness_lifetime, 2 * freshness_lifetime
        ),
        (),
        0,
        b"{}\n",
    )


def test_a_token_is_remembered_for_its_scope_alone() -> None:
    memory = MemoryCache(lambda: NOW)
    entry = make_entry()
    memory.put("one", entry)
    assert memory.get("one") is entry
    assert memory.get("another") is None


def test_a_token_is_forgotten_when_it_has_expired() -> None:
    now = [NOW]
    memory = MemoryCache(lambda: now[0])
    memory.put("one", make_entry(60))
    now[0] += 119
    assert memory.get("one") is not None
    now[0] += 1
    assert memory.get("one") is None


def test_a_token_can_be_dropped() -> None:
    memory = MemoryCache(lambda: NOW)
    memory.put("one", make_entry())
    memory.delete("one")
    memory.delete("another")
    assert memory.get("one") is None
