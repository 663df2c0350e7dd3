"""A program whose children write an entry and are killed while they do. It prints what they left, as JSON.

It forks, which the process of a test, with its threads, had better not.
"""

from __future__ import annotations

import itertools
import json
import os
import random
import shutil
import signal
import sys
import time
import traceback
from collections import Counter
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Callable

from credhelper.cache import prune
from tests.concurrency.warm import SIZE, read_password, write_entry

if TYPE_CHECKING:
    from types import FrameType

_SYSTEM_MODULES = ("posix", "fcntl", "_io")  # the modules whose functions are the operating system's
_MAX_LIFETIME = 0.02  # seconds that a child has, enough for some ten entries


def kill_refreshes_at_each_call(home: str) -> Counter[str]:
    """Kill a child before its first system call, another one before its second, and so on, until one survives.

    Return how often the entry was then "old" or "new".
    """
    return _kill_at_each_call(home, lambda environ: write_entry(environ, "old"))


def kill_first_writes_at_each_call(home: str) -> Counter[str]:
    """Do the same where there is neither an entry nor a directory: no entry is "none"."""
    return _kill_at_each_call(home, lambda _: shutil.rmtree(Path(home, ".cache"), ignore_errors=True))


def kill_at_random(home: str, times: str) -> Counter[str]:
    """Kill children, which write one entry after the other, at random times.

    Return how often the entry was then "whole" or something else.
    """
    environ = {"HOME": home}
    rng = random.Random(times)  # noqa: S311  (for moments, not for secrets)
    counts: Counter[str] = Counter()
    write_entry(environ, "0" * SIZE)
    for _ in range(int(times)):
        child_pid = _fork(lambda: _write_forever(environ))
        time.sleep(rng.random() * _MAX_LIFETIME)
        os.kill(child_pid, signal.SIGKILL)
        _wait_for_child(child_pid)
        counts["whole" if _is_whole(read_password(environ)) else "torn, mixed or gone"] += 1
    counts["leftovers after a sweep"] = _leftovers(environ)
    return counts


def _kill_at_each_call(home: str, prepare: Callable[[Mapping[str, str]], None]) -> Counter[str]:
    environ = {"HOME": home}
    counts: Counter[str] = Counter()
    for number in itertools.count():
        prepare(environ)
        child_pid = _fork(lambda: _write_until_call(number, environ))  # noqa: B023  (it is over within the round)
        has_survived = _wait_for_child(child_pid)
        counts[read_password(environ)] += 1
        write_entry(environ, "next")  # neither a lock nor half a file is in the way of what comes next
        assert read_password(environ) == "next"
        if has_survived:
            return counts
    raise AssertionError


def _fork(body: Callable[[], None]) -> int:
    """Give the id of a child that does this work."""
    child_pid = os.fork()
    if child_pid == 0:
        try:
            body()
            os._exit(0)
        except BaseException:  # noqa: BLE001  (nothing of the child may go on in the parent's code)
            traceback.print_exc()
            os._exit(1)
    return child_pid


def _wait_for_child(child_pid: int) -> bool:
    """Whether it lived to its end, and was not killed."""
    status = os.waitpid(child_pid, 0)[1]
    assert status in (0, signal.SIGKILL), f"the child has ended with {status}"
    return status == 0


def _write_until_call(number: int, environ: Mapping[str, str]) -> None:
    """Write an entry, and kill the process before its system call `number`. Python traces each call."""
    calls = itertools.count()

    def kill_at_call(_: FrameType, event: str, function: object) -> None:
        if event == "c_call" and getattr(function, "__module__", "") in _SYSTEM_MODULES and next(calls) == number:
            signal.raise_signal(signal.SIGKILL)

    sys.setprofile(kill_at_call)
    write_entry(environ, "new")
    sys.setprofile(None)


def _write_forever(environ: Mapping[str, str]) -> None:
    for number in itertools.count():
        write_entry(environ, str(number % 10) * SIZE)


def _is_whole(password: str) -> bool:
    return len(password) == SIZE and len(set(password)) == 1


def _leftovers(environ: Mapping[str, str]) -> int:
    """Prune, and return the number of files that are left besides entries.

    A process may be killed just before it renames its file, whose modification time is already that of the expiry.
    """
    directory = Path(environ["HOME"], ".cache", "credhelper")
    prune.prune(str(directory), time.time() + 12 * 3600 + 2 * prune.ORPHAN_AGE)
    return sum(1 for path in directory.iterdir() if path.name.startswith("."))


def main(trial: str, *arguments: str) -> None:
    """Run one of the trials above."""
    print(json.dumps(globals()[trial](*arguments)))  # noqa: T201
