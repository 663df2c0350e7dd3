"""Single flight: of many processes that want the same token at once, one asks AWS, and the others wait for it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Callable, TypeVar

from credhelper import patience
from credhelper.evidence import is_digest_of, salted_digest
from credhelper.lock import Lock
from credhelper.watch import TimedOut

if TYPE_CHECKING:
    from credhelper.clock import Clock

T = TypeVar("T")

_SHORTEST, _LONGEST = 0.02, 0.05  # seconds between two looks; a lock of the kernel cannot be waited for with a limit


class Turn:
    """The turn to ask AWS, among all processes that come with the same `path` and the same `confidential` text, which
    must not be in a file's name. End it, whatever came of it.
    """

    def __init__(self, path: str, clock: Clock, confidential: bytes = b"") -> None:
        self._path = path
        self._clock = clock
        self._confidential = confidential
        self._note = salted_digest(confidential) if confidential else b""
        self._beside = 0
        self._lock = Lock(f"{path}-0", self._note)

    def wait(self, settled: Callable[[], T | None], seconds: float) -> T | None:
        """Give what `settled` gives meanwhile; None when it is our turn.

        A holder that has been stopped is waited for four seconds, and one that runs three times as long: the machine
        may be busy. Then one of those who wait goes on beside it, and the others wait for that one. A holder with
        another identity is not waited for at all.

        Raises what `settled` raises, TimedOut after so many seconds, and OSError where there is no lock to be had.
        """
        began = self._clock.now()
        takeovers = 0
        while not self._lock.take():
            outcome = settled()
            if outcome is not None:
                return outcome
            waited = self._clock.now().since(began)
            if waited >= seconds:
                raise TimedOut
            if self._is_anothers():
                self._go_beside()
            elif waited >= patience.LOCK * (1 if not self._lock.is_at_work() else 3) * (takeovers + 1):
                takeovers += 1
                self._go_beside()
            else:
                self._clock.sleep(_SHORTEST + (_LONGEST - _SHORTEST) * self._clock.chance())
        return None

    def _is_anothers(self) -> bool:
        note = self._lock.holder_note()
        return note is not None and not is_digest_of(note or salted_digest(b""), self._confidential)

    def _go_beside(self) -> None:
        self._beside += 1
        self._lock.release()
        self._lock = Lock(f"{self._path}-{self._beside}", self._note)

    def end(self) -> None:
        """Let the next one have its turn."""
        self._lock.release()
