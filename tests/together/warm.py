"""Trials of processes that find a token, while others write it anew."""

from __future__ import annotations

import json
import tempfile
import threading
import time
from collections import Counter
from collections.abc import Iterator, Mapping
from contextlib import contextmanager

from credhelper import entry, fastpath
from credhelper.cache.record import Token
from credhelper.cache.shelf import TokenCache
from credhelper.entry import read_clocks
from credhelper.registry import parse
from credhelper.resolve import TokenSource
from credhelper.target import without_settings
from tests.together.crowd import HOST, ended, started

LIFE = 12 * 3600  # seconds
AT_ONCE = 20
SIZE = 2000  # characters of a password

NOWHERE = {"AWS_ENDPOINT_URL": "http://127.0.0.1:9", "AWS_EC2_METADATA_DISABLED": "true"}


def write(environ: Mapping[str, str], password: str, host: str = HOST) -> None:
    """Write the entry anew, with another password, as a renewal does."""
    registry = parse(host)
    assert registry is not None
    token = Token("AWS", password, time.time() + LIFE)
    TokenSource(without_settings(registry), TokenCache(environ), exchange=lambda _, __: token).refresh()


def password_of(environ: Mapping[str, str]) -> str:
    """Give the password of the entry, if it is a hit; else "none"."""
    held = entry.lookup(HOST, environ, read_clocks())
    return "none" if held is None else str(json.loads(held.body)["Secret"])


def replaced(readers: int, writes: int) -> Counter[str]:
    """Let so many processes, and this one 50 times as often, read an entry that is replaced so often meanwhile. Give
    how often what was found: a "whole" token, "torn" or "mixed" text, or "nothing".
    """
    with tempfile.TemporaryDirectory() as home:
        environ = {"HOME": home, **NOWHERE}
        write(environ, "0" * SIZE)
        with _written(environ, writes):
            found: Counter[str] = Counter()
            for _ in range(0, readers, AT_ONCE):
                processes = [started(HOST, environ) for _ in range(AT_ONCE)]
                found.update(_kind(_read(environ)) for _ in range(50 * AT_ONCE))
                found.update(map(_kind, ended(processes)))
        return found


@contextmanager
def _written(environ: Mapping[str, str], writes: int) -> Iterator[None]:
    """Write while the block runs, and so often at least."""
    over = threading.Event()

    def run() -> None:
        number = 0
        while number < writes or not over.is_set():
            write(environ, str(number % 10) * SIZE)
            number += 1

    thread = threading.Thread(target=run)
    thread.start()
    yield
    over.set()
    thread.join()


def _read(environ: Mapping[str, str]) -> tuple[int, bytes]:
    held = fastpath.get(HOST.encode(), environ, read_clocks())
    return (1, b"") if held is None else (held.status, held.body)


def _kind(done: tuple[int, bytes]) -> str:
    status, answer = done
    if status:
        return "nothing"
    try:
        secret = json.loads(answer)["Secret"]
    except ValueError:
        return "torn"
    return "whole" if len(secret) == SIZE and len(set(secret)) == 1 else "mixed"
