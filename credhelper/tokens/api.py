"""The Python API, `credhelper.credentials(HOST)`, for programs that run for days and call it repeatedly.

It does the same as a `get`, and also keeps tokens in memory, where all threads share them. The package imports this
module when `credentials` is called for the first time.
"""

from __future__ import annotations

import copy
import datetime as dt
import json
import logging
import os
import threading
from concurrent.futures import Future, TimeoutError  # noqa: A004  (not the built-in one before Python 3.11)
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, NamedTuple

from cachetools import TLRUCache, TTLCache

from credhelper import fingerprint, timeouts
from credhelper.aws import imds
from credhelper.cache.token_cache import TokenCache
from credhelper.clock import Clock
from credhelper.error_catalog.client import NOT_ECR, PUBLIC_ANONYMOUS
from credhelper.error_catalog.kind import for_host
from credhelper.errors import HelperError
from credhelper.host import canonical_host
from credhelper.settings.load import load_settings
from credhelper.system import processes
from credhelper.system.context import Context
from credhelper.system.deadline import Progress
from credhelper.tokens.source import TokenSource, open_cache

if TYPE_CHECKING:
    from collections.abc import Hashable

    from credhelper.ecr.target import Target
    from credhelper.entry import CacheEntry
    from credhelper.settings.rules import Settings
    from credhelper.tokens.fetch import Exchange

_LOG = logging.getLogger("credhelper")
_MAX_ENTRIES = 1024  # in each of the in-memory caches


@dataclass(frozen=True)
class Credentials:
    """A user name (always "AWS"), a secret, and the time at which it expires, in seconds of UTC since the epoch.

    There is no need to store credentials: a later call returns the same ones, or new ones before they expire.
    """

    username: str
    secret: str = field(repr=False)
    expires: float

    @property
    def expires_at(self) -> dt.datetime:
        """`expires` as a timezone-aware datetime in UTC."""
        return dt.datetime.fromtimestamp(self.expires, dt.timezone.utc)


def credentials(server: str) -> Credentials:
    """See `credhelper.credentials`."""
    pid = os.getpid()  # after a fork only one thread exists, so a lock held by another would never be released
    return (_CLIENTS.get(pid) or _CLIENTS.setdefault(pid, TokenClient())).credentials(server)


class _Request(NamedTuple):
    """A request for a token: its target, context and cache."""

    target: Target
    context: Context
    cache: TokenCache

    @property
    def key(self) -> Hashable:
        """The key in memory, equal for all requests that the same token answers."""
        return self.target.scope, self.cache.variables, self.cache.confidential


def _expiry_of(_key: Hashable, entry: CacheEntry, _now: float) -> float:
    return entry.lifetime.expires_at


class TokenClient:
    """The tokens of one process, for all of its threads.

    A token in memory answers as an entry does: while it is fresh and its dependencies are unchanged. It serves every
    host of its scope (ecr/target.py). If several threads request the same token at once, one of them obtains it as a
    `get` does, and the others wait for the result.
    """

    def __init__(self, clock: Clock | None = None, exchange: Exchange | None = None) -> None:
        self._clock = clock or Clock()
        self._exchange = exchange
        self._lock = threading.Lock()  # protects the attributes below
        self._memory: TLRUCache[Hashable, CacheEntry] = TLRUCache(_MAX_ENTRIES, _expiry_of, self._read_wall_clock)
        self._in_flight: dict[Hashable, Future[CacheEntry]] = {}
        self._recently_checked: TTLCache[Hashable, bool] = TTLCache(
            _MAX_ENTRIES, timeouts.BACKGROUND_INTERVAL, lambda: self._clock.now().uptime
        )

    def _read_wall_clock(self) -> float:
        return self._clock.now().wall

    def credentials(self, server: str) -> Credentials:
        """See `credhelper.credentials`."""
        request = _request_for(server, self._clock)
        entry = self._get_token(request)
        if entry.lifetime.is_refresh_due(self._clock.now()):
            self._start_background_refresh(request)
        return _to_credentials(request.target.host, entry)

    def _get_token(self, request: _Request) -> CacheEntry:
        while True:
            with self._lock:
                cached_entry = self._lookup(request)
                if cached_entry is not None and cached_entry.lifetime.is_fresh(self._clock.now()):
                    return cached_entry
                future = self._in_flight.get(request.key)
                is_leader = future is None
                if future is None:
                    future = self._in_flight[request.key] = Future()
            if is_leader:
                self._lead(future, request, cached_entry)
            if is_leader or self._wait_for_leader(future, request):
                return _result_of(future)

    def _lead(self, future: Future[CacheEntry], request: _Request, cached_entry: CacheEntry | None) -> None:
        """Fetch the token, and pass the result or the error to the waiting threads."""
        try:
            entry = self._fetch_token(request, cached_entry)
        except BaseException as error:  # noqa: BLE001  (it is raised in the waiting threads)
            self._remove_in_flight(future, request)
            future.set_exception(error)
        else:
            with self._lock:
                self._store(request, entry)
            self._remove_in_flight(future, request)
            future.set_result(entry)

    def _wait_for_leader(self, future: Future[CacheEntry], request: _Request) -> bool:
        """Wait for the leader, the thread that fetches the token; return False if this thread should try instead.

        The leader may have been interrupted by Ctrl-C, which must not end the waiting threads.
        """
        try:
            error = future.exception(request.context.timeout + 1)
        except TimeoutError:
            self._remove_in_flight(future, request)
            return False
        return error is None or isinstance(error, Exception)

    def _remove_in_flight(self, future: Future[CacheEntry], request: _Request) -> None:
        with self._lock:
            if self._in_flight.get(request.key) is future:
                del self._in_flight[request.key]

    def _fetch_token(self, request: _Request, cached_entry: CacheEntry | None) -> CacheEntry:
        source = self._create_source(request)
        try:
            entry, notes = source.get_token()
        except HelperError as error:
            # Without a cache directory the token is only in memory.
            if cached_entry is None or not source.may_serve_stale(cached_entry, error):
                raise
            entry = cached_entry
            notes = [f"{request.target.host}: the refresh failed; using the cached token: {error}"]
        finally:
            _kill_abandoned(request.context.progress)
        for note in notes:
            _LOG.warning("%s", note)
        return entry

    def _lookup(self, request: _Request) -> CacheEntry | None:
        entry = self._memory.get(request.key)
        is_unchanged = entry is not None and all(
            fingerprint.is_unchanged(dependency, request.cache.environ) for dependency in entry.dependencies or ()
        )
        return entry if is_unchanged else None

    def _store(self, request: _Request, entry: CacheEntry) -> None:
        """Keep `entry` in memory, unless its dependencies are unknown because one of them has just changed."""
        if entry.dependencies is not None and request.cache.is_current():
            self._memory[request.key] = entry

    def _start_background_refresh(self, request: _Request) -> None:
        """Start a background refresh, at most once per interval: here in a thread, while a `get` starts a process."""
        with self._lock:
            if request.key in self._recently_checked:
                return
            self._recently_checked[request.key] = True
        threading.Thread(target=self._refresh_in_background, args=[request], name="credhelper", daemon=True).start()

    def _refresh_in_background(self, request: _Request) -> None:
        """Refresh the token of the cache, if a refresh is due; without a cache there is no background refresh."""
        request = request._replace(context=_create_context(request.target, request.context.settings, self._clock))
        source = self._create_source(request)
        if source.cached_token() is None:
            return
        try:
            source.refresh_if_due(imds.instance_role)
        except HelperError as error:
            _kill_abandoned(request.context.progress)
            _LOG.warning("the background refresh failed: %s", error)
        with self._lock:  # the cache may have a new token, or no token if the role has changed
            self._memory.pop(request.key, None)

    def _create_source(self, request: _Request) -> TokenSource:
        return TokenSource(request.target, request.context, cache=request.cache, exchange=self._exchange)


_CLIENTS = {os.getpid(): TokenClient()}


def _request_for(server: str, clock: Clock) -> _Request:
    host = canonical_host(server.encode("utf-8", "surrogatepass"))
    with for_host(host):
        settings = load_settings(os.environ)
    target = settings.find_target(host)
    if target is None:
        raise NOT_ECR.error().for_host(host)
    context = _create_context(target, settings, clock)
    return _Request(target, context, open_cache(context))


def _create_context(target: Target, settings: Settings, clock: Clock) -> Context:
    timeout = target.options.timeout or timeouts.run_timeout(os.environ)[0]
    return Context(os.environ, settings, timeout=timeout, clock=clock)


def _kill_abandoned(progress: Progress) -> None:
    """Kill the programs that abandoned work started, and their descendants, but no other child of the caller."""
    for process in progress.running_children():
        processes.kill_descendants(process.pid)
        process.kill()


def _result_of(future: Future[CacheEntry]) -> CacheEntry:
    error = future.exception()
    if isinstance(error, HelperError):
        # A copy for each thread, without its cause: a traceback would show the complete output of AWS or a program.
        raise copy.copy(error)
    return future.result()


def _to_credentials(host: str, entry: CacheEntry) -> Credentials:
    if entry.status:
        raise PUBLIC_ANONYMOUS.error().for_host(host)
    answer = json.loads(entry.body)
    return Credentials(answer["Username"], answer["Secret"], entry.lifetime.expires_at)
