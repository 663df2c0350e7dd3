"""Simulated time: processes take turns on one clock, in the order in which they wake up."""

from __future__ import annotations

import heapq
import itertools
from collections.abc import Generator
from typing import TypeVar

T = TypeVar("T")

# A process yields the seconds that it waits; `yield from` returns its result to another process.
Process = Generator[float, None, T]


class Simulation:
    """The clock, in seconds from 0, and the processes that wait for it."""

    def __init__(self) -> None:
        self.now = 0.0
        self._order = (
            itertools.count()
        )  # the order of processes that wake up at the same time, so that runs are reproducible
        self._queue: list[tuple[float, int, Process[object]]] = []

    def start(self, process: Process[object]) -> None:
        """Start `process` at the current time."""
        seconds = next(process, None)
        if seconds is not None:
            heapq.heappush(self._queue, (self.now + seconds, next(self._order), process))

    def run(self, end: float) -> None:
        """Run all processes until the time `end`."""
        while self._queue and self._queue[0][0] < end:
            self.now, _, process = heapq.heappop(self._queue)
            self.start(process)
        self.now = end


def run_with_timeout(seconds: float, process: Process[T]) -> Process[T | None]:
    """Return the result of `process`, or end it after `seconds` and return None."""
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
