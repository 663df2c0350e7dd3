"""What a run is doing, and when to give up on it.

The work runs in a daemon thread, since nothing else ends a look-up of a name that nobody answers: no signal is
delivered while it lasts. Whoever gives up on it answers, and leaves the process with the thread in it. What cannot
be bounded is a file system that sleeps uninterruptibly, and a client that never closes our standard input.
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

_POLL_INTERVAL = 0.5  # seconds between two looks at how many there are


class DeadlineExceeded(Exception):  # noqa: N818  (an event, and the word for it)
    """Nothing came within the time that there was."""


class Progress:
    """What a run does now, so that whoever gives up on it can say so; and what it has learned by then.

    `role_identity` is what the machine's metadata said its role's identity is, as far as it was asked; `abandoned`
    says that work was given up on, which may have started programs.
    """

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self.role_identity = ""
        self.abandoned = False
        self._threads: list[threading.Thread] = []
        self.step("starting")

    def track(self, thread: threading.Thread) -> None:
        """Look at what this thread does as well, where something hangs."""
        self._threads.append(thread)

    def step(self, name: str, if_interrupted: str = "") -> None:
        """Say which step begins now: a clause such as "asking https://... for a token"; and what nobody knows if it
        never ends.
        """
        self._step_name = name
        self.if_interrupted = if_interrupted
        self._step_started_at = self._clock()

    def describe_hang(self) -> str:
        """Give the clause for the step that is under way: what, since when, and on which name if it hangs on DNS."""
        host = next((str(frame.f_locals.get("host")) for frame in self._frames() if _is_dns_lookup(frame)), "")
        dns_clause = f" (its name {host} is looked up, and DNS does not answer)" if host else ""
        return f"{self._clock() - self._step_started_at:.0f} seconds were spent {self._step_name}{dns_clause}"

    def running_children(self) -> list[Popen[bytes]]:
        """Give the programs that work which was given up on is waiting for."""
        from subprocess import Popen  # noqa: PLC0415  (4 ms that no other run needs)

        candidates = (frame.f_locals.get("self") for frame in self._frames()) if self.abandoned else ()
        return [candidate for candidate in candidates if isinstance(candidate, Popen)]

    def _frames(self) -> Iterator[FrameType]:
        """Nothing but its stack can tell what a thread does just now."""
        top_frames = sys._current_frames()  # noqa: SLF001  (documented for exactly this)
        for thread in self._threads:
            frame = top_frames.get(thread.ident or 0)
            while frame is not None:
                yield frame
                frame = frame.f_back


def run_with_timeout(timeout: Callable[[], float], work: Callable[[], T], progress: Progress) -> T:
    """Give what `work` gives, or raise what it raises, but raise DeadlineExceeded after so many seconds; it
    is then left to itself, which `progress` remembers. `timeout` is asked again and again: `work` may have learned
    of others.
    """
    results: list[T] = []
    errors: list[BaseException] = []

    def run() -> None:
        try:
            results.append(work())
        except BaseException as error:  # noqa: BLE001  (it belongs to whoever waits)
            errors.append(error)

    thread = threading.Thread(target=run, daemon=True)
    try:
        thread.start()
    except RuntimeError:  # the user may have no more threads: better without a limit than without an answer
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
