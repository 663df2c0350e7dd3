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

from credhelper.cache import sweep
from tests.together.warm import SIZE, password_of, write

if TYPE_CHECKING:
    from types import FrameType

_SYSTEM = ("posix", "fcntl", "_io")  # the modules whose functions are the operating system's
_LONGEST = 0.02  # seconds that a child has, enough for some ten entries


def renewals_killed_at_each_call(home: str) -> Counter[str]:
    """Kill a child before its first call of the operating system, another one before its second, and so on, until one
    lives: no gap between two calls is left out. Give how often the entry was then "old" or "new".
    """
    return _killed_at_each_call(home, lambda environ: write(environ, "old"))


def first_writes_killed_at_each_call(home: str) -> Counter[str]:
    """The same where nothing is there yet, not even a folder: no entry is "none"."""
    return _killed_at_each_call(home, lambda _: shutil.rmtree(Path(home, ".cache"), ignore_errors=True))


def killed_at_random(home: str, times: str) -> Counter[str]:
    """Kill so many children, which write one entry after the other, at random moments. Give how often the entry was
    then "whole" or something else.
    """
    environ = {"HOME": home}
    dice = random.Random(times)  # noqa: S311  (for moments, not for secrets)
    found: Counter[str] = Counter()
    write(environ, "0" * SIZE)
    for _ in range(int(times)):
        child = _forked(lambda: _write_for_ever(environ))
        time.sleep(dice.random() * _LONGEST)
        os.kill(child, signal.SIGKILL)
        _wait(child)
        found["whole" if _is_whole(password_of(environ)) else "torn, mixed or gone"] += 1
    found["leftovers after a sweep"] = _leftovers(environ)
    return found


def _killed_at_each_call(home: str, prepare: Callable[[Mapping[str, str]], None]) -> Counter[str]:
    environ = {"HOME": home}
    found: Counter[str] = Counter()
    for number in itertools.count():
        prepare(environ)
        child = _forked(lambda: _write_until_call(number, environ))  # noqa: B023  (it is over within the round)
        lives = _wait(child)
        found[password_of(environ)] += 1
        write(environ, "next")  # neither a lock nor half a file is in the way of what comes next
        assert password_of(environ) == "next"
        if lives:
            return found
    raise AssertionError


def _forked(work: Callable[[], None]) -> int:
    """Give the id of a child that does this work."""
    child = os.fork()
    if child == 0:
        try:
            work()
            os._exit(0)
        except BaseException:  # noqa: BLE001  (nothing of the child may go on in the parent's code)
            traceback.print_exc()
            os._exit(1)
    return child


def _wait(child: int) -> bool:
    """Whether it lived to its end, and was not killed."""
    status = os.waitpid(child, 0)[1]
    assert status in (0, signal.SIGKILL), f"the child has ended with {status}"
    return status == 0


def _write_until_call(number: int, environ: Mapping[str, str]) -> None:
    """Python tells of each call before it is made."""
    calls = itertools.count()

    def count(_: FrameType, event: str, function: object) -> None:
        if event == "c_call" and getattr(function, "__module__", "") in _SYSTEM and next(calls) == number:
            signal.raise_signal(signal.SIGKILL)

    sys.setprofile(count)
    write(environ, "new")
    sys.setprofile(None)


def _write_for_ever(environ: Mapping[str, str]) -> None:
    for number in itertools.count():
        write(environ, str(number % 10) * SIZE)


def _is_whole(password: str) -> bool:
    return len(password) == SIZE and len(set(password)) == 1


def _leftovers(environ: Mapping[str, str]) -> int:
    """Give how many files are left, beside entries, when one is swept that was killed a moment before it was an entry:
    its time is that of its expiry.
    """
    folder = Path(environ["HOME"], ".cache", "credhelper")
    sweep.prune(str(folder), time.time() + 12 * 3600 + 2 * sweep.ORPHAN_AGE)
    return sum(1 for path in folder.iterdir() if path.name.startswith("."))


def main(trial: str, *arguments: str) -> None:
    """Run one of the trials above."""
    print(json.dumps(globals()[trial](*arguments)))  # noqa: T201
