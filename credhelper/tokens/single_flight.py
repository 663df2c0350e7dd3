"""Single flight: of processes that need the same token at once, one calls AWS and the others wait for its result."""

from __future__ import annotations

from typing import TYPE_CHECKING, Callable, TypeVar

from credhelper import timeouts
from credhelper.fingerprint import is_digest_of, salted_digest
from credhelper.system.deadline import DeadlineExceeded
from credhelper.system.lock import Lock

if TYPE_CHECKING:
    from credhelper.clock import Clock

T = TypeVar("T")

_RUNNING_FACTOR = 3  # how many times longer to wait for a running holder than a stopped one: the machine may be busy


class SingleFlight:
    """The exclusive right to call AWS, among all processes with the same `path` and `confidential` variables.

    Confidential variables must not be part of a file name. Acquire the right once, and always release it.
    """

    def __init__(self, path: str, clock: Clock, confidential: bytes = b"") -> None:
        self._path = path
        self._clock = clock
        self._confidential = confidential
        self._digest = salted_digest(confidential) if confidential else b""
        self._number = 0
        self._lock = Lock(f"{path}-0", self._digest)

    def acquire(self, check_result: Callable[[], T | None], timeout: float) -> T | None:
        """Wait for another process's result, which `check_result` returns; return None if this process must call AWS.

        Waits 4 seconds for a stopped lock holder and 12 seconds for a running one. After that, one waiter proceeds
        under a secondary lock, and the others wait for that lock. Does not wait for a holder with another identity.

        Raises what `check_result` raises, DeadlineExceeded after `timeout` seconds, and OSError if there can be no
        lock.
        """
        started_at = self._clock.now()
        takeovers = 0
        while True:
            for _ in self._lock.acquire(self._clock):
                result = check_result()
                if result is not None:
                    return result
                waited = self._clock.now().seconds_since(started_at)
                if waited >= timeout:
                    raise DeadlineExceeded
                if self._belongs_to_other_identity():
                    break
                if waited >= self._lock_timeout() * (takeovers + 1):
                    takeovers += 1
                    break
            else:
                return None
            self._take_over()

    def _belongs_to_other_identity(self) -> bool:
        digest = self._lock.holder_note()
        return digest is not None and not is_digest_of(digest or salted_digest(b""), self._confidential)

    def _take_over(self) -> None:
        """Continue with the next numbered lock."""
        self._number += 1
        self._lock.release()
        self._lock = Lock(f"{self._path}-{self._number}", self._digest)

    def release(self) -> None:
        """Release the lock, so that the next process can call AWS."""
        self._lock.release()

    def _lock_timeout(self) -> float:
        return timeouts.LOCK_TIMEOUT * (_RUNNING_FACTOR if self._lock.holder_is_running() else 1)
