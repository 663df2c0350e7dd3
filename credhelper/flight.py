"""Single flight: of many processes that want the same token at once, one asks AWS, and the others wait for it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Callable, TypeVar

from credhelper import patience
from credhelper.lock import Lock
from credhelper.watch import TimedOut

if TYPE_CHECKING:
    from credhelper.clock import Clock

T = TypeVar("T")

_SHORTEST, _LONGEST = 0.02, 0.05  # seconds between two looks; a lock of the kernel cannot be waited for with a limit


class Turn:
    """The turn to ask AWS, among all processes that come with the same `path`. End it, whatever came of it."""

    def __init__(self, path: str, clock: Clock) -> None:
        self._path = path
        self._clock = clock
        self._lock = Lock(f"{path}-0")

    def wait(self, settled: Callable[[], T | None], seconds: float) -> T | None:
        """Give what `settled` gives meanwhile; None when it is our turn.

        A holder that has been stopped is waited for four seconds, and one that runs three times as long: the machine
        may be busy. Then one of those who wait goes on beside it, and the others wait for that one.

        Raises what `settled` raises, TimedOut after so many seconds, and OSError where there is no lock to be had.
        """
        began = self._clock.now()
        beside = 0
        while not self._lock.take():
            outcome = settled()
            if outcome is not None:
                return outcome
            waited = self._clock.now().since(began)
            if waited >= seconds:
                raise TimedOut
            if waited >= patience.LOCK * (1 if not self._lock.is_at_work() else 3) * (beside + 1):
                beside += 1
                self._lock.release()
                self._lock = Lock(f"{self._path}-{beside}")
            else:
                self._clock.sleep(_SHORTEST + (_LONGEST - _SHORTEST) * self._clock.chance())
        return None

    def end(self) -> None:
        """Let the next one have its turn."""
        self._lock.release()
