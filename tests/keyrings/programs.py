"""Programs that a test starts and stops by their own pid, and directories with a short path."""

from __future__ import annotations

import contextlib
import signal
import subprocess
import tempfile
import time
from pathlib import Path
from typing import TYPE_CHECKING, Callable

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

PATH = "/usr/local/bin:/usr/bin:/bin"  # without the helper's own directory, which a store does not need
TIMEOUT = 20  # seconds that a program may take to be ready, or to end


@contextlib.contextmanager
def start_program(
    argv: Sequence[str], environment: Mapping[str, str], stdin: bytes = b""
) -> Iterator[subprocess.Popen[bytes]]:
    """Start a program with `stdin` as its input, and stop it at the end of the block, even if it is suspended."""
    process = subprocess.Popen(
        argv,
        env={"PATH": PATH, **environment},
        stdin=subprocess.PIPE,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        assert process.stdin is not None
        process.stdin.write(stdin)
        process.stdin.close()
        yield process
    finally:
        stop_program(process)


def stop_program(process: subprocess.Popen[bytes]) -> None:
    """Stop a program, which may have ended already."""
    process.send_signal(signal.SIGCONT)
    process.terminate()
    try:
        process.wait(TIMEOUT)
    finally:
        process.kill()


def wait_until(is_ready: Callable[[], bool], description: str) -> None:
    """Wait until `is_ready` returns true; a timeout fails the test."""
    deadline = time.monotonic() + TIMEOUT
    while not is_ready():
        assert time.monotonic() < deadline, f"gave up waiting for {description}"
        time.sleep(0.01)


@contextlib.contextmanager
def create_short_directory() -> Iterator[Path]:
    """Yield a directory with a short path: the path of a socket in it may have at most 107 bytes."""
    with tempfile.TemporaryDirectory(prefix="ch-", dir="/tmp") as directory:
        yield Path(directory)


def has_ended(pid: int) -> bool:
    """Return whether a process is gone or is a zombie."""
    try:
        return "State:\tZ" in Path(f"/proc/{pid}/status").read_text()
    except FileNotFoundError:
        return True
