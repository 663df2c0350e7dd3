"""Single flight: of many processes that want the same token at once, one asks AWS, and the others wait for it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Callable, TypeVar

from credhelper import timeouts
from credhelper.fingerprint import is_digest_of, salted_digest
from credhelper.system.deadline import DeadlineExceeded
from credhelper.system.lock import Lock

if TYPE_CHECKING:
    from credhelper.clock import Clock

T = TypeVar("T")

# Seconds between two looks; a lock of the kernel cannot be waited for with a limit
_MIN_POLL_INTERVAL, _MAX_POLL_INTERVAL = 0.02, 0.05


class SingleFlight:
    """The turn to ask AWS, among all processes that come with the same `path` and the same `confidential` text, which
    must not be in a file's name. End it, whatever came of it.
    """

    def __init__(self, path: str, clock: Clock, confidential: bytes = b"") -> None:
        self._path = path
        self._clock = clock
        self._confidential = confidential
        self._digest = salted_digest(confidential) if confidential else b""
        self._takeovers = 0
        self._lock = Lock(f"{path}-0", self._digest)

    def acquire(self, check_result: Callable[[], T | None], timeout: float) -> T | None:
        """Give what `check_result` gives meanwhile; None when it is our turn.

        A holder that has been stopped is waited for four seconds, and one that runs three times as long: the machine
        may be busy. Then one of those who wait goes on beside it, and the others wait for that one. A holder with
        another identity is not waited for at all.

        Raises what `check_result` raises, DeadlineExceeded after so many seconds, and OSError where there is no lock
        to be had.
        """
        started_at = self._clock.now()
        takeovers = 0
        while not self._lock.try_acquire():
            result = check_result()
            if result is not None:
                return result
            elapsed = self._clock.now().seconds_since(started_at)
            if elapsed >= timeout:
                raise DeadlineExceeded
            if self._belongs_to_other_identity():
                self._take_over()
            elif elapsed >= timeouts.LOCK_TIMEOUT * (1 if not self._lock.holder_is_running() else 3) * (takeovers + 1):
                takeovers += 1
                self._take_over()
            else:
                self._clock.sleep(_MIN_POLL_INTERVAL + (_MAX_POLL_INTERVAL - _MIN_POLL_INTERVAL) * self._clock.random())
        return None

    def _belongs_to_other_identity(self) -> bool:
        digest = self._lock.holder_note()
        return digest is not None and not is_digest_of(digest or salted_digest(b""), self._confidential)

    def _take_over(self) -> None:
        self._takeovers += 1
        self._lock.release()
        self._lock = Lock(f"{self._path}-{self._takeovers}", self._digest)

    def release(self) -> None:
        """Let the next one have its turn."""
        self._lock.release()
