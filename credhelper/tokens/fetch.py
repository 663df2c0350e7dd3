"""Fetching a token from AWS, with one exchange for all processes of this machine that need it at the same time."""

from __future__ import annotations

import contextlib
from typing import TYPE_CHECKING, Callable

from credhelper.cache import recent_failure
from credhelper.cache.dependencies import DependencySnapshot
from credhelper.cache.lifetime import lifetime_of
from credhelper.cache.recent_failure import RecentFailure
from credhelper.cache.token_cache import encode_answer
from credhelper.entry import CacheEntry
from credhelper.error_catalog.client import EXCHANGE_TIMED_OUT
from credhelper.errors import HelperError
from credhelper.fingerprint import is_digest_of, salted_digest
from credhelper.system import atomic, private_dir
from credhelper.system.context import Context
from credhelper.system.deadline import DeadlineExceeded, run_with_timeout
from credhelper.tokens.single_flight import SingleFlight

if TYPE_CHECKING:
    from credhelper.cache.token_cache import TokenCache
    from credhelper.ecr.target import Target
    from credhelper.ecr.token import Token
    from credhelper.system.deadline import Progress

    Exchange = Callable[[Target, Progress], Token]


class TokenFetch:
    """Fetches a token for `target` and stores it in `cache`.

    `notes` are for the user; `snapshot` has the dependencies as they were before the exchange.
    """

    def __init__(self, target: Target, context: Context, cache: TokenCache, exchange: Exchange) -> None:
        self.notes: list[str] = []
        self._target = target
        self._cache = cache
        self._clock = context.clock
        self._progress = context.progress
        self._run_exchange = exchange
        self._started_at = self._clock.now()
        self._lock_warning = ""
        # Before any slow step: if a dependency changes after this point, the token is not cached.
        self.snapshot = DependencySnapshot(cache.environ, cache.settings)
        self._key = self.snapshot.key(target.public_scope)
        self._confidential = self.snapshot.confidential(target.options.secret_values)

    def recent_failure(self) -> RecentFailure | None:
        """Return the last failed exchange for the same token, if one was recorded."""
        if self._cache.directory is None:
            return None
        failure = recent_failure.read(f"{self._cache.directory}/.failure-{self._key}")
        return failure if failure is not None and is_digest_of(failure.identity_digest, self._confidential) else None

    def fetch(self, accept: Callable[[CacheEntry], bool], timeout: float) -> CacheEntry:
        """Return a token from another process's exchange, if `accept` accepts it, or from our own exchange.

        Raises HelperError: the error of the exchange, our own or another process's, or "timed-out" after `timeout`
        seconds.
        """
        flight = self._single_flight()
        try:
            entry = self._wait_for_leader(flight, accept, timeout) if flight is not None else None
            if entry is None:
                entry = self._exchange(self._remaining(timeout))
            return entry
        finally:
            if flight is not None:
                flight.release()

    def _single_flight(self) -> SingleFlight | None:
        """Return the single flight to join; None if nothing can be cached: there would be no result to wait for."""
        if self._cache.directory is None:
            return None
        try:
            private_dir.ensure(self._cache.directory)
        except OSError:
            return None  # reported when the entry is written
        return SingleFlight(f"{self._cache.directory}/.lock-{self._key}", self._clock, self._confidential)

    def _wait_for_leader(
        self, flight: SingleFlight, accept: Callable[[CacheEntry], bool], timeout: float
    ) -> CacheEntry | None:
        """Return the token that another process fetched meanwhile, or None if this process must fetch it."""

        def check_result() -> CacheEntry | None:
            entry = self._cache.read(self._target.host)
            if entry is not None and entry.status == 0 and accept(entry):
                return entry
            self._raise_recent_failure()
            return None

        self._progress.step("waiting for another process that is requesting the same token")
        try:
            entry = flight.acquire(check_result, self._remaining(timeout))
        except DeadlineExceeded:
            raise self._timeout_error() from None
        except OSError as error:
            self._lock_warning = (
                f"not waiting for other processes, because the cache cannot be locked: {error.strerror}"
            )
            return None
        return entry or self._fetched_by_other(accept)

    def _fetched_by_other(self, accept: Callable[[CacheEntry], bool]) -> CacheEntry | None:
        """Return the token that the previous holder of the lock fetched, or None; raise the error if it failed."""
        entry = self._cache.newest(self._target, self._clock.now())
        if entry is not None and accept(entry):
            self.notes.append(self._cache.store(self._target.host, entry))
            return entry
        self._raise_recent_failure()
        return None

    def _raise_recent_failure(self) -> None:
        failure = self.recent_failure()
        now = self._clock.now()
        if failure is not None and 0 <= now.seconds_since(failure.failed_at) < now.seconds_since(self._started_at):
            raise failure.error

    def _exchange(self, timeout: float) -> CacheEntry:
        self._progress.step("loading botocore")  # until the exchange records its own steps
        try:
            token = run_with_timeout(
                lambda: timeout, lambda: self._run_exchange(self._target, self._progress), self._progress
            )
        except DeadlineExceeded:
            raise self._record_failure(self._timeout_error()) from None
        except HelperError as error:
            raise self._record_failure(error) from error.__cause__
        return self._store(token)

    def _store(self, token: Token) -> CacheEntry:
        self.notes += token.notes
        now = self._clock.now()
        lifetime = lifetime_of(token, now, self._clock.random())
        dependencies = self.snapshot.confirm_dependencies(token.source)
        entry = CacheEntry(lifetime, dependencies, 0, encode_answer(self._target.host, token.username, token.password))
        if lifetime.expires_in <= 0:
            self.notes.append("the new token is not cached: by this machine's clock it has expired; check the clock")
        else:
            # Report only one of the two: if a lock cannot be created, an entry often cannot be written either.
            self.notes.append(self._cache.store(self._target.host, entry) or self._lock_warning)
            self._cache.prune(now.wall, self._clock.random())
        return entry

    def _remaining(self, timeout: float) -> float:
        return timeout - self._clock.now().seconds_since(self._started_at)

    def _record_failure(self, error: HelperError) -> HelperError:
        if self._cache.directory is not None:
            identity_digest = salted_digest(self._confidential)
            failure = RecentFailure(self._clock.now(), error, identity_digest)
            with contextlib.suppress(OSError):  # the failure is then not shared with other processes
                private_dir.ensure(self._cache.directory)
                atomic.write(f"{self._cache.directory}/.failure-{self._key}", recent_failure.serialize(failure))
        return error

    def _timeout_error(self) -> HelperError:
        """Return the HelperError for an abandoned exchange; it names the step at which the exchange hung."""
        return EXCHANGE_TIMED_OUT.error(
            hang=self._progress.describe_hang(), timeout_setting=self._target.options.timeout_hint
        )
