"""Trials that go on and on: nothing may grow."""

from __future__ import annotations

import gc
import itertools
import os
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Callable, NamedTuple

from credhelper import entry
from credhelper.cache import prune
from credhelper.cache.token_cache import TokenCache, for_host
from credhelper.clock import read_clocks
from credhelper.settings.rules import Settings
from credhelper.system.context import Context
from tests.concurrency.processes import HOST, account_host
from tests.concurrency.warm import UNREACHABLE, write_entry

_MAX_REFRESHES = 1000  # refreshes that are waited for
_PAGE_SIZE = os.sysconf("SC_PAGE_SIZE")


class ProcessSize(NamedTuple):
    """What a process has: objects that Python holds, kilobytes of memory, open descriptors, files in its cache."""

    blocks: int
    kilobytes: int
    descriptors: int
    files: int


def measure_hits(times: int) -> ProcessSize:
    """So many hits in one process. Give how much more there is after them than after the first tenth of them."""

    def run_hit(environ: Mapping[str, str], _: int) -> None:
        assert entry.lookup(HOST, environ, read_clocks()) is not None

    return _measure_growth(run_hit, times)


def measure_refreshes(times: int) -> ProcessSize:
    """Measure the same for several refreshes."""
    return _measure_growth(lambda environ, number: write_entry(environ, str(number) * 300), times)


class PruneResult(NamedTuple):
    """How many refreshes it took to prune a cache directory, and how many entries and other files remained."""

    refreshes: int
    entries: int
    others: int


def measure_pruning(hosts: int) -> PruneResult:
    """Fill a cache directory, and exchange for a registry of another region until nothing is left to be pruned.

    The directory has `hosts` entries, as many expired ones, and as many files of killed processes.
    """
    with _create_home() as environ:
        _fill(environ, hosts)
        for refreshes in itertools.count(1):
            write_entry(environ, "1" * 2000, account_host(0, "eu-west-1"))
            names = [path.name for path in _cache_directory(environ).iterdir()]
            entries = [name for name in names if not name.startswith(".")]
            if len(names) == min(hosts + 2, prune.MAX_ENTRIES) or refreshes == _MAX_REFRESHES:
                return PruneResult(refreshes, len(entries), len(names) - len(entries))
    raise AssertionError


@contextmanager
def _create_home() -> Iterator[Mapping[str, str]]:
    with tempfile.TemporaryDirectory() as home:
        environ = {"HOME": home, **UNREACHABLE}
        write_entry(environ, "0" * 2000)
        yield environ


def _cache_directory(environ: Mapping[str, str]) -> Path:
    return Path(environ["HOME"], ".cache", "credhelper")


def _measure_growth(action: Callable[[Mapping[str, str], int], None], times: int) -> ProcessSize:
    with _create_home() as environ:
        for number in range(times // 10):
            action(environ, number)
        initial_size = _measure_size(environ)
        for number in range(times // 10, times):
            action(environ, number)
        return ProcessSize(*(after - earlier for after, earlier in zip(_measure_size(environ), initial_size)))


def _measure_size(environ: Mapping[str, str]) -> ProcessSize:
    gc.collect()
    resident = int(Path("/proc/self/statm").read_text().split()[1])
    return ProcessSize(
        sys.getallocatedblocks(),
        resident * _PAGE_SIZE // 1024,
        len(list(Path("/proc/self/fd").iterdir())),
        len(list(_cache_directory(environ).iterdir())),
    )


def _fill(environ: Mapping[str, str], hosts: int) -> None:
    cache = TokenCache(Context(environ, Settings()))
    cache_entry = cache.read(HOST)
    assert cache_entry is not None
    for number in range(hosts):
        cache.store(account_host(number), for_host(cache_entry, account_host(number)))
        _write_expired(_cache_directory(environ) / f"{account_host(hosts + number)}-0123456789abcdef")
        _write_expired(_cache_directory(environ) / f".tmp-{number}-1")


def _write_expired(path: Path) -> None:
    """Put an entry, or what could have become one, that expired long ago."""
    long_ago = time.time() - 2 * prune.ORPHAN_AGE
    path.write_bytes(entry.MAGIC)
    os.utime(path, (long_ago, long_ago))
