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
TIMEOUT = 60  # seconds until what hangs is an error

PATH = f"{Path(sys.executable).parent}:/usr/bin:/bin"


def account_host(number: int, region: str = "us-east-1") -> str:
    """Give the host of one of many accounts."""
    return f"{number:012}.dkr.ecr.{region}.amazonaws.com"


def start_idle(environ: Mapping[str, str], verb: str = "get") -> subprocess.Popen[bytes]:
    """Start a helper that waits for its request."""
    pipe = subprocess.PIPE
    return subprocess.Popen([PROGRAM, verb], stdin=pipe, stdout=pipe, stderr=pipe, env={"PATH": PATH, **environ})


def send_request(process: subprocess.Popen[bytes], request: str = HOST) -> None:
    """Tell it the host, or the login, and so let it run."""
    assert process.stdin is not None
    process.stdin.write(request.encode())
    process.stdin.close()
    process.stdin = None


def start_get(host: str, environ: Mapping[str, str]) -> subprocess.Popen[bytes]:
    """Start a `get`."""
    process = start_idle(environ)
    send_request(process, host)
    return process


def wait_for_all(processes: Iterable[subprocess.Popen[bytes]]) -> list[tuple[int, bytes]]:
    """Give the exit status and the answer of each, when all have ended."""
    results = []
    for process in processes:
        answer, _ = process.communicate(timeout=TIMEOUT)
        results.append((process.returncode, answer))
    return results


def run_gets(hosts: Iterable[str], environ: Mapping[str, str]) -> list[tuple[int, bytes]]:
    """Start a `get` for each of `hosts`, all at once; give the exit status and the answer of each."""
    return wait_for_all([start_get(host, environ) for host in hosts])


def is_waiting(process: subprocess.Popen[bytes]) -> bool:
    """Whether it has come to where one asks and the others wait."""
    try:
        open_files = [link.readlink().name for link in Path("/proc", str(process.pid), "fd").iterdir()]
    except OSError:  # it has just closed one of them
        return False
    return any(name.startswith(".lock-") for name in open_files)


def is_stable(path: Path) -> bool:
    """Return whether the kernel's clock for files has ticked: a token that depends on a younger file is not cached."""
    probe = path.with_name("probe")
    probe.write_text("")
    return probe.stat().st_ctime_ns > path.stat().st_ctime_ns + 50_000_000


@contextmanager
def stop_process(process: subprocess.Popen[bytes]) -> Iterator[None]:
    """Stop a process, as Ctrl-Z or a debugger does, and kill it at last."""
    process.send_signal(signal.SIGSTOP)
    try:
        yield
    finally:
        kill_process(process)


def kill_process(process: subprocess.Popen[bytes]) -> None:
    """Kill a process, and wait until it is gone."""
    process.kill()
    process.communicate(timeout=TIMEOUT)


def wait_until(condition: Callable[[], bool]) -> None:
    """Wait for something that another process does."""
    deadline = time.monotonic() + TIMEOUT
    while not condition():
        if time.monotonic() > deadline:
            raise TimeoutError
        time.sleep(0.005)
