"""Simulated time: processes take turns on one clock, in the order in which they wake up."""

from __future__ import annotations

import heapq
import itertools
from collections.abc import Generator
from typing import TypeVar

T = TypeVar("T")

# A process yields how many seconds it waits; what it returns is for whoever waits for it by `yield from`.
Process = Generator[float, None, T]


class Simulation:
    """The clock, in seconds from 0, and whoever waits for it."""

    def __init__(self) -> None:
        self.now = 0.0
        self._order = itertools.count()  # who comes to the same moment first goes first: the same seed, the same run
        self._queue: list[tuple[float, int, Process[object]]] = []

    def start(self, process: Process[object]) -> None:
        """Let `process` run from now on, beside whoever starts it."""
        seconds = next(process, None)
        if seconds is not None:
            heapq.heappush(self._queue, (self.now + seconds, next(self._order), process))

    def run(self, end: float) -> None:
        """Let time pass until then."""
        while self._queue and self._queue[0][0] < end:
            self.now, _, process = heapq.heappop(self._queue)
            self.start(process)
        self.now = end


def run_with_timeout(seconds: float, process: Process[T]) -> Process[T | None]:
    """Give what `process` gives, but None after so many seconds, when it is ended."""
    while True:
        try:
            wait = next(process)
        except StopIteration as done:
            result: T = done.value
            return result
        if wait >= seconds:
            yield seconds
            process.close()
            return None
        seconds -= wait
        yield wait
