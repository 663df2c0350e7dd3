"""A writer that is killed at each of its system calls, one after the other, by strace's fault injection."""

from __future__ import annotations

import shutil
import signal
import subprocess
import sys
import tempfile
from collections import Counter
from pathlib import Path

from tests.together.warm import state, write, writer


def killed_at_each_call() -> Counter[str]:
    """Kill a writer at each call from the first one in the cache's folder to its last. Give how often the entry was
    then "whole" or something else, and in how many cases the next purchase then went "on as ever".
    """
    if shutil.which("strace") is None:
        return Counter({"strace is not installed": 1})
    found: Counter[str] = Counter()
    for call, number in _calls():
        with tempfile.TemporaryDirectory() as home:
            write({"HOME": home}, "1" * 300)
            ended = _strace(home, "-e", f"inject={call}:signal=KILL:when={number}")
            found["killed"] += ended in (-signal.SIGKILL, 128 + signal.SIGKILL)
            found[state(home)] += 1
            write({"HOME": home}, "2" * 300)
            found["on as ever"] += state(home) == "whole"
    return found


def _calls() -> list[tuple[str, int]]:
    """Give each call from the first one in the cache's folder on: its name, and how manieth of that name it is."""
    with tempfile.TemporaryDirectory() as home:
        write({"HOME": home}, "1" * 300)
        log = Path(home, "log")
        _strace(home, "-o", str(log))
        lines = [line.split(None, 1) for line in log.read_text().splitlines()]
    counts: Counter[str] = Counter()
    found: list[tuple[str, int]] = []
    for process, call in lines:
        name = call.partition("(")[0]
        if process == lines[0][0] and name.isidentifier():  # the thread of the exchange writes nothing
            counts[name] += 1
            if found or ".cache/credhelper" in call:
                found.append((name, counts[name]))
    return found


def _strace(home: str, *options: str) -> int:
    argv = ["strace", "-f", "-qq", *options, sys.executable, "-I", "-c", writer(1), home]
    return subprocess.run(argv, capture_output=True, check=False).returncode
