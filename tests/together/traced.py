"""Trials of the executable itself, killed by strace at each system call that changes the cache.

For the command alone: strace is not everywhere. The tests do the like without it (victim.py).
"""

from __future__ import annotations

import re
import subprocess
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.together.cold import Place, place
from tests.together.crowd import HOST, PATH, PATIENCE, PROGRAM, crowd
from tests.together.warm import password_of

_CALL = re.compile(r"(\d+) +(\w+)\(")  # the thread, the system call
_CHANGES_NOTHING = {"openat", "close", "newfstatat", "fstat", "stat", "getdents64", "read", "lseek", "ioctl"}


def first_get() -> Counter[str]:
    """Kill a `get` that finds nothing at each such call. Give how often there was which entry then, and how often a
    `get` after that had a token.
    """
    return _killed_at_each("get", is_renewal=False)


def refresh() -> Counter[str]:
    """The same for a `refresh` of a token."""
    return _killed_at_each("refresh", HOST, is_renewal=True)


def _killed_at_each(*words: str, is_renewal: bool) -> Counter[str]:
    found: Counter[str] = Counter()
    for name, number in _changes(words, is_renewal=is_renewal):
        with _prepared(is_renewal=is_renewal) as here:
            old = password_of(here.environ)
            status = _strace(here, words, "-o", "/dev/null", "-e", f"inject={name}:signal=KILL:when={number}")
            assert status < 0, f"{name} was not reached"
            found[_kind(here, old)] += 1
            [(status, _)] = crowd([HOST], here.environ)
            found["served then" if status == 0 else "refused then"] += 1
    return found


def _changes(words: tuple[str, ...], *, is_renewal: bool) -> Iterator[tuple[str, int]]:
    """Give each system call that changes something in the cache: its name, and how manieth of its thread it is."""
    with _prepared(is_renewal=is_renewal) as here:
        log = Path(here.home, "log")
        assert _strace(here, words, "-y", "-o", str(log)) == 0
        calls: Counter[tuple[str, str]] = Counter()
        for line in log.read_text("utf-8", "replace").splitlines():
            found = _CALL.match(line)
            if found:
                calls[found[1], found[2]] += 1
                if f"{here.home}/.cache" in line and found[2] not in _CHANGES_NOTHING:
                    yield found[2], calls[found[1], found[2]]


def _kind(here: Place, old: str) -> str:
    left = password_of(here.environ)
    if left == old:
        return "as before"
    return "new" if here.cloud.tokens.find(left, "ecr", "us-east-1") else "lost"


@contextmanager
def _prepared(*, is_renewal: bool) -> Iterator[Place]:
    with place() as here:
        if is_renewal:
            crowd([HOST], here.environ)
        yield here


def _strace(here: Place, words: tuple[str, ...], *options: str) -> int:
    """Run the helper with `words`, and with its threads, under strace. Give its exit status."""
    done = subprocess.run(
        ["strace", "-f", "-qq", *options, PROGRAM, *words],
        input=HOST.encode(),
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        env={"PATH": PATH, **here.environ},
        timeout=PATIENCE,
        check=False,
    )
    return done.returncode
