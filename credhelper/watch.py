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

_LOOK = 0.5  # seconds between two looks at how many there are


class TimedOut(Exception):  # noqa: N818  (an event, and the word for it)
    """Nothing came within the time that there was."""


class Watch:
    """What a run does now, so that whoever gives up on it can say so; and what it has learned by then.

    `told` is what the machine's metadata said its role's identity is, as far as it was asked; `left_behind` says that
    work was given up on, which may have started programs.
    """

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self.told = ""
        self.left_behind = False
        self._workers: list[threading.Thread] = []
        self.doing("starting")

    def follow(self, worker: threading.Thread) -> None:
        """Look at what this thread does as well, where something hangs."""
        self._workers.append(worker)

    def doing(self, step: str, at_stake: str = "") -> None:
        """Say which step begins now: a clause such as "asking https://... for a token"; and what nobody knows if it
        never ends.
        """
        self._step = step
        self.at_stake = at_stake
        self._since = self._clock()

    def hung(self) -> str:
        """Give the clause for the step that is under way: what, since when, and on which name if it hangs on DNS."""
        name = next((str(frame.f_locals.get("host")) for frame in self._frames() if _looks_up(frame)), "")
        where = f" (its name {name} is looked up, and DNS does not answer)" if name else ""
        return f"{self._clock() - self._since:.0f} seconds were spent {self._step}{where}"

    def left_running(self) -> list[Popen[bytes]]:
        """Give the programs that work which was given up on is waiting for."""
        from subprocess import Popen  # noqa: PLC0415  (4 ms that no other run needs)

        seen = (frame.f_locals.get("self") for frame in self._frames()) if self.left_behind else ()
        return [each for each in seen if isinstance(each, Popen)]

    def _frames(self) -> Iterator[FrameType]:
        """Nothing but its stack can tell what a thread does just now."""
        tops = sys._current_frames()  # noqa: SLF001  (documented for exactly this)
        for worker in self._workers:
            frame = tops.get(worker.ident or 0)
            while frame is not None:
                yield frame
                frame = frame.f_back


def within(seconds: Callable[[], float], work: Callable[[], T], watch: Watch) -> T:
    """Give what `work` gives, or raise what it raises, but raise TimedOut after so many seconds; it is then left to
    itself, which `watch` remembers. `seconds` is asked again and again: `work` may have learned of others.
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
    watch.follow(thread)
    began = time.monotonic()
    while thread.is_alive() and (left := began + seconds() - time.monotonic()) > 0:
        thread.join(min(left, _LOOK))
    if errors:
        raise errors[0]
    if not results:
        watch.left_behind = True
        raise TimedOut
    return results[0]


def _looks_up(frame: FrameType) -> bool:
    return frame.f_code.co_name == "getaddrinfo"
