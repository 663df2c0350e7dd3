"""Trials of processes that find a token, while others rewrite it."""

from __future__ import annotations

import json
import tempfile
import threading
import time
from collections import Counter
from collections.abc import Iterator, Mapping
from contextlib import contextmanager

from credhelper import entry
from credhelper.clock import read_clocks
from credhelper.ecr.registry import parse
from credhelper.ecr.target import without_settings
from credhelper.ecr.token import Token
from credhelper.settings.rules import Settings
from credhelper.system.context import Context
from credhelper.tokens.source import TokenSource
from tests.concurrency.processes import HOST, start_get, wait_for_all

LIFETIME = 12 * 3600  # seconds
BATCH_SIZE = 20
SIZE = 2000  # characters of a password

UNREACHABLE = {"AWS_ENDPOINT_URL": "http://127.0.0.1:9", "AWS_EC2_METADATA_DISABLED": "true"}


def write_entry(environ: Mapping[str, str], password: str, host: str = HOST) -> None:
    """Rewrite the entry, with another password, as a refresh does."""
    registry = parse(host)
    assert registry is not None
    token = Token("AWS", password, time.time() + LIFETIME)
    TokenSource(without_settings(registry), Context(environ, Settings()), exchange=lambda _, __: token).refresh()


def read_password(environ: Mapping[str, str]) -> str:
    """Give the password of the entry, if it is a hit; else "none"."""
    cache_entry = entry.lookup(HOST, environ, read_clocks())
    return "none" if cache_entry is None else str(json.loads(cache_entry.body)["Secret"])


def read_while_replacing(readers: int, writes: int) -> Counter[str]:
    """Let processes, and this one 50 times as often, read an entry while it is being replaced.

    Return how often each of these was found: a "whole" token, "torn" or "mixed" text, or "nothing".
    """
    with tempfile.TemporaryDirectory() as home:
        environ = {"HOME": home, **UNREACHABLE}
        write_entry(environ, "0" * SIZE)
        with _keep_writing(environ, writes):
            counts: Counter[str] = Counter()
            for _ in range(0, readers, BATCH_SIZE):
                processes = [start_get(HOST, environ) for _ in range(BATCH_SIZE)]
                counts.update(_classify(_run_hit(environ)) for _ in range(50 * BATCH_SIZE))
                counts.update(map(_classify, wait_for_all(processes)))
        return counts


@contextmanager
def _keep_writing(environ: Mapping[str, str], writes: int) -> Iterator[None]:
    """Write while the block runs, and so often at least."""
    is_over = threading.Event()

    def write_repeatedly() -> None:
        number = 0
        while number < writes or not is_over.is_set():
            write_entry(environ, str(number % 10) * SIZE)
            number += 1

    thread = threading.Thread(target=write_repeatedly)
    thread.start()
    yield
    is_over.set()
    thread.join()


def _run_hit(environ: Mapping[str, str]) -> tuple[int, bytes]:
    hit = entry.lookup(HOST, environ, read_clocks())
    return (1, b"") if hit is None else (hit.status, hit.body)


def _classify(result: tuple[int, bytes]) -> str:
    status, answer = result
    if status:
        return "nothing"
    try:
        secret = json.loads(answer)["Secret"]
    except ValueError:
        return "torn"
    return "whole" if len(secret) == SIZE and len(set(secret)) == 1 else "mixed"
