"""Programs that a test starts, each ended by its own id when the test is over, and folders with a short path."""

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

PATH = "/usr/local/bin:/usr/bin:/bin"  # none of the helper's own folder: a store does not need it
TIMEOUT = 20  # seconds that a program may take to be ready, or to end


@contextlib.contextmanager
def start_program(
    argv: Sequence[str], environment: Mapping[str, str], stdin: bytes = b""
) -> Iterator[subprocess.Popen[bytes]]:
    """Start a program with something on its standard input, and end it with the block, even where it is stopped."""
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
    """End a program; there may be nothing left to end."""
    process.send_signal(signal.SIGCONT)
    process.terminate()
    try:
        process.wait(TIMEOUT)
    finally:
        process.kill()


def wait_until(is_ready: Callable[[], bool], description: str) -> None:
    """Wait until something is so."""
    deadline = time.monotonic() + TIMEOUT
    while not is_ready():
        assert time.monotonic() < deadline, f"gave up waiting for {description}"
        time.sleep(0.01)


@contextlib.contextmanager
def create_short_directory() -> Iterator[Path]:
    """Give a folder with a short path: that of a socket in it may have no more than 107 bytes."""
    with tempfile.TemporaryDirectory(prefix="ch-", dir="/tmp") as directory:
        yield Path(directory)


def has_ended(pid: int) -> bool:
    """Whether a process is there no more, or waits for nothing but to be looked after."""
    try:
        return "State:\tZ" in Path(f"/proc/{pid}/status").read_text()
    except FileNotFoundError:
        return True
