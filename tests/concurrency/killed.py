"""Trials of processes that are killed while they write an entry."""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
from collections import Counter
from pathlib import Path

_ROOT = Path(__file__).parents[2]


def kill_refreshes_at_each_call() -> Counter[str]:
    """Kill a renewal before each call of the operating system. Give how often which entry was there then."""
    return _run_trial("kill_refreshes_at_each_call")


def kill_first_writes_at_each_call() -> Counter[str]:
    """Do the same where there is no entry yet."""
    return _run_trial("kill_first_writes_at_each_call")


def kill_at_random(times: int) -> Counter[str]:
    """Kill so many processes that do nothing but write one entry after the other."""
    return _run_trial("kill_at_random", str(times))


def _run_trial(trial: str, *arguments: str) -> Counter[str]:
    imports = f"import sys; sys.path.append({str(_ROOT)!r}); from tests.concurrency.killed_process import main"
    script = f"{imports}; main(*sys.argv[1:])"
    with tempfile.TemporaryDirectory() as home:
        argv = [sys.executable, "-I", "-c", script, trial, home, *arguments]
        result = subprocess.run(argv, stdout=subprocess.PIPE, check=True)
    return Counter(json.loads(result.stdout))
