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

from credhelper import entry, fastpath
from credhelper.cache import sweep
from credhelper.cache.shelf import TokenCache, for_host
from credhelper.entry import read_clocks
from tests.together.crowd import HOST, account
from tests.together.warm import NOWHERE, write

_ENOUGH = 1000  # purchases that are waited for
_PAGE = os.sysconf("SC_PAGE_SIZE")


class Size(NamedTuple):
    """What a process has: objects that Python holds, kilobytes of memory, open descriptors, files in its cache."""

    blocks: int
    kilobytes: int
    descriptors: int
    files: int


def hits(times: int) -> Size:
    """So many hits in one process. Give how much more there is after them than after the first tenth of them."""

    def hit(environ: Mapping[str, str], _: int) -> None:
        assert fastpath.get(HOST.encode(), environ, read_clocks()) is not None

    return _grown(hit, times)


def refreshes(times: int) -> Size:
    """The same for so many refreshes."""
    return _grown(lambda environ, number: write(environ, str(number) * 300), times)


class Swept(NamedTuple):
    """How many purchases it took to sweep a folder, and how many entries, and other files, were left then."""

    purchases: int
    entries: int
    others: int


def swept(hosts: int) -> Swept:
    """Let a folder fill with so many hosts and as many that have expired, and with as many files that killed processes
    leave; then buy for a registry of another region until nothing is left to be swept.
    """
    with _home() as environ:
        _fill(environ, hosts)
        for purchases in itertools.count(1):
            write(environ, "1" * 2000, account(0, "eu-west-1"))
            names = [path.name for path in _folder(environ).iterdir()]
            entries = [name for name in names if not name.startswith(".")]
            if len(names) == min(hosts + 2, sweep.MAX_ENTRIES) or purchases == _ENOUGH:
                return Swept(purchases, len(entries), len(names) - len(entries))
    raise AssertionError


@contextmanager
def _home() -> Iterator[Mapping[str, str]]:
    with tempfile.TemporaryDirectory() as home:
        environ = {"HOME": home, **NOWHERE}
        write(environ, "0" * 2000)
        yield environ


def _folder(environ: Mapping[str, str]) -> Path:
    return Path(environ["HOME"], ".cache", "credhelper")


def _grown(do: Callable[[Mapping[str, str], int], None], times: int) -> Size:
    with _home() as environ:
        for number in range(times // 10):
            do(environ, number)
        before = _size(environ)
        for number in range(times // 10, times):
            do(environ, number)
        return Size(*(after - earlier for after, earlier in zip(_size(environ), before)))


def _size(environ: Mapping[str, str]) -> Size:
    gc.collect()
    resident = int(Path("/proc/self/statm").read_text().split()[1])
    return Size(
        sys.getallocatedblocks(),
        resident * _PAGE // 1024,
        len(list(Path("/proc/self/fd").iterdir())),
        len(list(_folder(environ).iterdir())),
    )


def _fill(environ: Mapping[str, str], hosts: int) -> None:
    shelf = TokenCache(environ)
    held = shelf.read(HOST)
    assert held is not None
    for number in range(hosts):
        shelf.store(account(number), for_host(held, account(number)))
        _leave(_folder(environ) / f"{account(hosts + number)}-0123456789abcdef")
        _leave(_folder(environ) / f".tmp-{number}-1")


def _leave(path: Path) -> None:
    """Put an entry, or what could have become one, that expired long ago."""
    long_ago = time.time() - 2 * sweep.ORPHAN_AGE
    path.write_bytes(entry.MAGIC)
    os.utime(path, (long_ago, long_ago))
