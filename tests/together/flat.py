"""Trials that go on and on: nothing may grow."""

from __future__ import annotations

import gc
import os
import resource
import tempfile
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple

from credhelper import fastpath, sweep
from credhelper.entry import moment
from tests.together.crowd import HOST, account
from tests.together.warm import write


class Grown(NamedTuple):
    """How much more there is after a trial than after its first tenth: kilobytes of memory at its peak, descriptors,
    files in the cache's folder.
    """

    kilobytes: int
    descriptors: int
    files: int


@contextmanager
def _home() -> Iterator[Mapping[str, str]]:
    with tempfile.TemporaryDirectory() as home:
        yield {"HOME": home}


def hits(times: int) -> Grown:
    """So many hits in one process."""
    with _home() as environ:
        write(environ, "0" * 2000)
        _hit(environ, times // 10)
        before = _size(environ)
        _hit(environ, times)
        return _grown(before, _size(environ))


def refreshes(times: int) -> Grown:
    """So many refreshes in one process."""
    with _home() as environ:
        for number in range(times // 10):
            write(environ, str(number) * 300)
        before = _size(environ)
        for number in range(times):
            write(environ, str(number) * 300)
        return _grown(before, _size(environ))


def swept(hosts: int) -> tuple[int, int]:
    """Let a folder fill with so many hosts, half of them expired, and with what killed processes leave. Give how many
    entries the next purchase leaves, and how many of the other files.
    """
    with _home() as environ:
        write(environ, "0" * 2000)
        [path] = Path(environ["HOME"], ".cache", "credhelper").iterdir()
        data = path.read_bytes()
        for number in range(hosts):
            _put(path.with_name(path.name.replace(HOST, account(number))), data, expired=number % 2 == 0)
            _put(path.with_name(f".tmp-{number}-1"), data[:100], expired=True)
        write(environ, "1" * 2000)
        names = [each.name for each in path.parent.iterdir()]
        entries = [name for name in names if not name.startswith(".")]
        return len(entries), len(names) - len(entries)


def _put(path: Path, data: bytes, *, expired: bool) -> None:
    path.write_bytes(data)
    at = time.time() + (-2 * sweep.LEFT if expired else 3600)
    os.utime(path, (at, at))


def _hit(environ: Mapping[str, str], times: int) -> None:
    for _ in range(times):
        assert fastpath.get(HOST.encode(), environ, moment()) is not None


def _size(environ: Mapping[str, str]) -> Grown:
    gc.collect()
    return Grown(
        resource.getrusage(resource.RUSAGE_SELF).ru_maxrss,
        len(list(Path("/proc/self/fd").iterdir())),
        len(list(Path(environ["HOME"], ".cache", "credhelper").iterdir())),
    )


def _grown(before: Grown, after: Grown) -> Grown:
    return Grown(*(later - earlier for later, earlier in zip(after, before)))
