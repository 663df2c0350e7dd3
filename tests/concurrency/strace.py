"""Trials of the executable itself, killed by strace at each system call that changes the cache.

For the command alone: strace is not everywhere. The tests do the like without it (killed_process.py).
"""

from __future__ import annotations

import re
import subprocess
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.concurrency.cold import Sandbox, create_sandbox
from tests.concurrency.processes import HOST, PATH, PROGRAM, TIMEOUT, run_gets
from tests.concurrency.warm import read_password

_CALL_LINE = re.compile(r"(\d+) +(\w+)\(")  # the thread, the system call
_READING_CALLS = {"openat", "close", "newfstatat", "fstat", "stat", "getdents64", "read", "lseek", "ioctl"}


def kill_first_get() -> Counter[str]:
    """Kill a `get` without an entry at each such call.

    Return how often there was which entry then, and how often the next `get` had a token.
    """
    return _kill_at_each_call("get", is_refresh=False)


def kill_refresh() -> Counter[str]:
    """Do the same with a `refresh` of a token."""
    return _kill_at_each_call("refresh", HOST, is_refresh=True)


def _kill_at_each_call(*argv: str, is_refresh: bool) -> Counter[str]:
    counts: Counter[str] = Counter()
    for name, number in _find_changing_calls(argv, is_refresh=is_refresh):
        with _prepare(is_refresh=is_refresh) as sandbox:
            old_password = read_password(sandbox.environ)
            status = _run_strace(sandbox, argv, "-o", "/dev/null", "-e", f"inject={name}:signal=KILL:when={number}")
            assert status < 0, f"{name} was not reached"
            counts[_classify(sandbox, old_password)] += 1
            [(status, _)] = run_gets([HOST], sandbox.environ)
            counts["served then" if status == 0 else "refused then"] += 1
    return counts


def _find_changing_calls(argv: tuple[str, ...], *, is_refresh: bool) -> Iterator[tuple[str, int]]:
    """Give each system call that changes something in the cache: its name, and how manieth of its thread it is."""
    with _prepare(is_refresh=is_refresh) as sandbox:
        log = Path(sandbox.home, "log")
        assert _run_strace(sandbox, argv, "-y", "-o", str(log)) == 0
        calls: Counter[tuple[str, str]] = Counter()
        for line in log.read_text("utf-8", "replace").splitlines():
            match = _CALL_LINE.match(line)
            if match:
                calls[match[1], match[2]] += 1
                if f"{sandbox.home}/.cache" in line and match[2] not in _READING_CALLS:
                    yield match[2], calls[match[1], match[2]]


def _classify(sandbox: Sandbox, old_password: str) -> str:
    password = read_password(sandbox.environ)
    if password == old_password:
        return "as before"
    return "new" if sandbox.cloud.tokens.find(password, "ecr", "us-east-1") else "lost"


@contextmanager
def _prepare(*, is_refresh: bool) -> Iterator[Sandbox]:
    with create_sandbox() as sandbox:
        if is_refresh:
            run_gets([HOST], sandbox.environ)
        yield sandbox


def _run_strace(sandbox: Sandbox, argv: tuple[str, ...], *options: str) -> int:
    """Run the helper with `argv`, and with its threads, under strace. Give its exit status."""
    result = subprocess.run(
        ["strace", "-f", "-qq", *options, PROGRAM, *argv],
        input=HOST.encode(),
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        env={"PATH": PATH, **sandbox.environ},
        timeout=TIMEOUT,
        check=False,
    )
    return result.returncode
