"""A crowd of helpers: processes that start together, and what came of them."""

from __future__ import annotations

import signal
import subprocess
import sys
import time
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Callable

PROGRAM = "docker-credential-ecr"
HOST = "123456789012.dkr.ecr.us-east-1.amazonaws.com"
PATIENCE = 60  # seconds until what hangs is an error


def account(number: int, region: str = "us-east-1") -> str:
    """Give the host of one of many accounts."""
    return f"{number:012}.dkr.ecr.{region}.amazonaws.com"


def started(host: str, environ: Mapping[str, str]) -> subprocess.Popen[bytes]:
    """Start a `get`."""
    path = f"{Path(sys.executable).parent}:/usr/bin:/bin"
    process = subprocess.Popen(
        [PROGRAM, "get"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        env={"PATH": path, **environ},
    )
    assert process.stdin is not None
    process.stdin.write(host.encode())
    process.stdin.close()
    process.stdin = None
    return process


def ended(processes: Iterable[subprocess.Popen[bytes]]) -> list[tuple[int, bytes]]:
    """Give the exit status and the answer of each, when all have ended."""
    found = []
    for process in processes:
        answer, _ = process.communicate(timeout=PATIENCE)
        found.append((process.returncode, answer))
    return found


def crowd(hosts: Iterable[str], environ: Mapping[str, str]) -> list[tuple[int, bytes]]:
    """Start a `get` for each of `hosts`, all at once; give the exit status and the answer of each."""
    return ended([started(host, environ) for host in hosts])


@contextmanager
def stopped(process: subprocess.Popen[bytes]) -> Iterator[None]:
    """Stop a process, as Ctrl-Z or a debugger does, and kill it at last."""
    process.send_signal(signal.SIGSTOP)
    try:
        yield
    finally:
        process.kill()
        process.communicate(timeout=PATIENCE)


def until(what: Callable[[], bool]) -> None:
    """Wait for something that another process does."""
    end = time.monotonic() + PATIENCE
    while not what():
        if time.monotonic() > end:
            raise TimeoutError
        time.sleep(0.005)
