"""The progress and the deadline of a run.

The work runs in a daemon thread, since a DNS lookup without an answer cannot be interrupted: no signal is delivered
while it lasts. After the deadline the main thread reports the error, and the process ends with the hung thread in it.
This cannot bound an uninterruptible sleep in a file system, nor a client that never closes our standard input.
"""

from __future__ import annotations

import sys
import threading
import time
from typing import TYPE_CHECKING, Callable, TypeVar

if TYPE_CHECKING:
    from collections.abc import Iterator
    from subprocess import Popen
    from types import FrameType

T = TypeVar("T")

_POLL_INTERVAL = 0.5  # seconds between two checks of the deadline


class DeadlineExceeded(Exception):  # noqa: N818  (the name that gRPC and Go use)
    """The work did not finish in time."""


class Progress:
    """The current step of a run, for the error message if the run hangs, and the facts that are known so far.

    `role_identity` is the machine's role as the metadata service reported it; "" if it was not queried. `abandoned`
    means that the work was abandoned; it may have started programs.
    """

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self.role_identity = ""
        self.abandoned = False
        self._threads: list[threading.Thread] = []
        self.step("starting")

    def track(self, thread: threading.Thread) -> None:
        """Also inspect this thread if the run hangs."""
        self._threads.append(thread)

    def step(self, name: str, if_interrupted: str = "") -> None:
        """Record the step that begins now, a clause such as "requesting a token from https://...".

        `if_interrupted` states what is uncertain if the step never ends.
        """
        self._step_name = name
        self.if_interrupted = if_interrupted
        self._step_started_at = self._clock()

    def describe_hang(self) -> str:
        """Return a clause with the current step, its duration, and the name being looked up if DNS hangs."""
        host = next((str(frame.f_locals.get("host")) for frame in self._frames() if _is_dns_lookup(frame)), "")
        dns_clause = f" (DNS does not answer the lookup of {host})" if host else ""
        return f"still {self._step_name}{dns_clause} after {self._clock() - self._step_started_at:.0f} seconds"

    def running_children(self) -> list[Popen[bytes]]:
        """Return the programs that the abandoned work is waiting for."""
        from subprocess import Popen  # noqa: PLC0415  (4 ms that no other run needs)

        candidates = (frame.f_locals.get("self") for frame in self._frames()) if self.abandoned else ()
        return [candidate for candidate in candidates if isinstance(candidate, Popen)]

    def _frames(self) -> Iterator[FrameType]:
        """Yield the frames of the threads: only a thread's stack shows where it is blocked."""
        top_frames = sys._current_frames()  # noqa: SLF001  (documented for exactly this)
        for thread in self._threads:
            frame = top_frames.get(thread.ident or 0)
            while frame is not None:
                yield frame
                frame = frame.f_back


def run_with_timeout(timeout: Callable[[], float], work: Callable[[], T], progress: Progress) -> T:
    """Return the result of `work`, or raise its exception; raise DeadlineExceeded after `timeout()` seconds.

    The work is then abandoned, which `progress` records. `timeout` is called repeatedly, since `work` may change it.
    """
    results: list[T] = []
    errors: list[BaseException] = []

    def run() -> None:
        try:
            results.append(work())
        except BaseException as error:  # noqa: BLE001  (it is raised in the waiting thread)
            errors.append(error)

    thread = threading.Thread(target=run, daemon=True)
    try:
        thread.start()
    except RuntimeError:  # the user's thread limit is reached: a run without a deadline is better than no answer
        return work()
    progress.track(thread)
    started_at = time.monotonic()
    while thread.is_alive() and (remaining := started_at + timeout() - time.monotonic()) > 0:
        thread.join(min(remaining, _POLL_INTERVAL))
    if errors:
        raise errors[0]
    if not results:
        progress.abandoned = True
        raise DeadlineExceeded
    return results[0]


def _is_dns_lookup(frame: FrameType) -> bool:
    return frame.f_code.co_name == "getaddrinfo"
