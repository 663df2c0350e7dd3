"""The token source: obtains the token of a registry on a miss, and decides whether a stale token may be served."""

from __future__ import annotations

from typing import TYPE_CHECKING, Callable

from credhelper import background, timeouts
from credhelper.cache import files
from credhelper.cache.lifetime import anonymous_lifetime
from credhelper.cache.token_cache import TokenCache, for_host
from credhelper.ecr.token import CredentialSource
from credhelper.entry import CacheEntry
from credhelper.error_catalog import kind
from credhelper.errors import NOT_FOUND, HelperError
from credhelper.system.context import Context, Result
from credhelper.system.deadline import Progress
from credhelper.tokens.fetch import TokenFetch

if TYPE_CHECKING:
    from collections.abc import Sequence

    from credhelper.aws.imds import RoleInfo
    from credhelper.cache.token_cache import TokenBodies
    from credhelper.clock import Instant
    from credhelper.ecr.target import Target
    from credhelper.ecr.token import Token
    from credhelper.tokens.fetch import Exchange

_MARGIN = 0.5  # seconds of a run, reserved for reporting what hung
_ANONYMOUS = f"{NOT_FOUND}\n".encode()


class TokenSource:
    """Gets a token for `target` from the cache or from AWS, within the timeout of the run."""

    def __init__(
        self, target: Target, context: Context, *, cache: TokenCache | None = None, exchange: Exchange | None = None
    ) -> None:
        self._target = target
        self._context = context
        self._timeout = context.timeout - _MARGIN
        self._progress = context.progress
        self._clock = context.clock
        self._exchange = exchange or _exchange
        self._cache = cache or open_cache(context)
        self._started_at = self._clock.now()

    def get(self) -> Result:
        """Answer a client, and start a background refresh if one is due.

        Raises HelperError.
        """
        entry, notes = self.get_token()
        background.spawn_refresh(self._target.host, entry, self._cache.environ, self._started_at)
        return Result(entry.status, entry.body, notes)

    def get_token(self) -> tuple[CacheEntry, Sequence[str]]:
        """Return the answer from the cache, from AWS or from a stale token, in this order, and notes for the user.

        Raises HelperError if all of them fail. For ECR Public, the answer is "not found" instead, since a pull needs no
        token.
        """
        self._progress.step("reading the cache and the files that select an identity")
        entry = self._cache.read(self._target.host)
        if entry is not None and entry.lifetime.is_fresh(self._started_at):
            return entry, ()
        newest = self._cache.newest(self._target, self._started_at)
        if newest is not None and newest.lifetime.is_fresh(self._started_at):
            return newest, self._with_host([self._cache.store(self._target.host, newest)])
        token_fetch = self._create_fetch()
        try:
            with kind.for_host(self._target.host):
                return self._refresh_in_foreground(token_fetch, newest), self._with_host(token_fetch.notes)
        except HelperError as error:
            if newest is not None and self.may_serve_stale(newest, error):
                return self._serve_stale(newest, error)
            if self._target.registry.is_public:
                return self._anonymous_pull(token_fetch, error)
            raise

    def refresh(self) -> tuple[CacheEntry, Sequence[str]]:
        """Fetch a token that is newer than this token source, and store it in each entry of the scope.

        Return the token, as the answer for the registry, and notes for the user. Raises HelperError.
        """
        with kind.for_host(self._target.host):
            return self._refresh_newer_than(self._started_at)

    def refresh_if_due(self, find_role: Callable[[str], RoleInfo]) -> None:
        """Do a background refresh: fetch a new token if one is due, or if the machine's role has changed.

        `find_role` queries the metadata service at a URL; it is a parameter so that a `get`, for which a client waits,
        does not import aws/imds.py. Raises HelperError; if the machine's role has changed, the token of the previous
        role is then deleted.
        """
        entry = self.cached_token()
        if entry is None or self._cache.directory is None:
            return
        endpoint, role = (text.decode("utf-8", "replace") for text in entry.role_identity())
        with kind.for_host(self._target.host):
            has_role_changed = bool(role) and find_role(endpoint).identity not in ("", role)
        if not has_role_changed:
            if self._started_at.seconds_since(entry.lifetime.issued_at) < entry.lifetime.refresh_after:
                return
            remaining = entry.lifetime.remaining(self._started_at)
            self._clock.sleep(timeouts.refresh_jitter(remaining, self._clock.random()))
        try:
            with kind.for_host(self._target.host):
                self._refresh_newer_than(entry.lifetime.issued_at)
        except HelperError:
            if has_role_changed:
                files.delete_host(self._cache.directory, self._target.host, self._cache.delete_body)
            raise

    def cached_token(self) -> CacheEntry | None:
        """Return the token of the registry's own entry, unless it has expired."""
        entry = self._cache.read(self._target.host)
        return entry if entry is not None and entry.status == 0 and entry.lifetime.is_valid(self._started_at) else None

    def store(self, entry: CacheEntry) -> Sequence[str]:
        """Store a token that was fetched for another registry of the same scope; return notes for the user."""
        return _unique([self._cache.store(self._target.host, for_host(entry, self._target.host))])

    def may_serve_stale(self, entry: CacheEntry, error: HelperError) -> bool:
        """Return whether the stale `entry` may serve after `error`.

        It may if the error is transient, if the token has not expired, and if the metadata service, if it was queried,
        has just reported the role of the token.
        """
        is_same_role = self._progress.role_identity in ("", entry.role_identity()[1].decode("utf-8", "replace"))
        return error.is_transient and is_same_role and entry.lifetime.is_valid(self._clock.now())

    def _create_fetch(self) -> TokenFetch:
        return TokenFetch(self._target, self._context, self._cache, self._exchange)

    def _refresh_in_foreground(self, token_fetch: TokenFetch, newest: CacheEntry | None) -> CacheEntry:
        """Refresh in the foreground.

        With the stale token `newest` to fall back on, wait at most 2 seconds, and do not try at all within a minute of
        the last transient failure.
        """
        failure = token_fetch.recent_failure()
        failure_age = -1.0 if failure is None else self._started_at.seconds_since(failure.failed_at)
        if failure is not None and failure.error.is_transient and failure_age >= 0:
            if newest is not None and failure_age < timeouts.FAILURE_TTL:
                raise failure.error
            if failure.error.id == "throttled":
                self._wait_out_throttling(failure_age)
        timeout = self._timeout if newest is None else timeouts.STALE_REFRESH_TIMEOUT
        return token_fetch.fetch(lambda entry: entry.lifetime.is_fresh(self._clock.now()), timeout)

    def _wait_out_throttling(self, failure_age: float) -> None:
        self._progress.step("waiting, because AWS has just throttled this machine")
        self._clock.sleep(max(0.0, timeouts.throttle_delay(self._clock.random()) - failure_age))

    def _refresh_newer_than(self, issued_at: Instant) -> tuple[CacheEntry, Sequence[str]]:
        """Return a token issued after `issued_at`, which is also stored in each entry of its scope."""
        token_fetch = self._create_fetch()

        def is_newer(entry: CacheEntry) -> bool:
            now = self._clock.now()
            return now.seconds_since(entry.lifetime.issued_at) < now.seconds_since(issued_at)

        entry = token_fetch.fetch(is_newer, self._timeout)
        not_cached_note = (
            "the new token is not cached: a file that it depends on has just changed"
            if entry.dependencies is None
            else ""
        )
        notes = [
            not_cached_note,
            *token_fetch.notes,
            *(self._cache.store(host, for_host(entry, host)) for host in self._siblings()),
        ]
        return entry, _unique(notes)

    def _siblings(self) -> list[str]:
        siblings = (host for host in self._cache.hosts_in_scope(self._target) if host != self._target.host)
        return list(filter(self._cache.has_entry, siblings))

    def _with_host(self, notes: Sequence[str]) -> Sequence[str]:
        return [f"{self._target.host}: {note}" for note in _unique(notes)]

    def _serve_stale(self, entry: CacheEntry, error: HelperError) -> tuple[CacheEntry, Sequence[str]]:
        minutes = int(entry.lifetime.remaining(self._started_at) / 60)
        validity = f"{minutes // 60} h {minutes % 60} min" if minutes >= 60 else f"{minutes} min"
        note = f"the refresh failed; using the cached token (valid for another {validity})"
        return entry, [f"{note}: {error} [{error.id}]"]

    def _anonymous_pull(self, token_fetch: TokenFetch, error: HelperError) -> tuple[CacheEntry, Sequence[str]]:
        """Return the answer "not found", cached so that not every public pull searches for credentials."""
        dependencies = token_fetch.snapshot.confirm_dependencies(CredentialSource(machine_bound=True))
        entry = CacheEntry(
            anonymous_lifetime(self._started_at, is_transient=error.is_transient), dependencies, 1, _ANONYMOUS
        )
        cache_note = self._cache.store(self._target.host, entry)
        note = f"pulling without a login: {error} [{error.id}]"
        return entry, [note, *self._with_host([*token_fetch.notes, cache_note])]


def open_cache(context: Context) -> TokenCache:
    """Return the cache of a run, with the keyring as its store of token bodies."""

    def open_bodies() -> TokenBodies:
        # Imported lazily: ECR needs it only if tokens are stored in a keyring.
        from credhelper.logins.backends.token_bodies import KeyringBodies  # noqa: PLC0415

        return KeyringBodies(context)

    return TokenCache(context, open_bodies)


def _exchange(target: Target, progress: Progress) -> Token:
    # Imported lazily: importing botocore takes half the time of a miss.
    from credhelper.aws.exchange import exchange  # noqa: PLC0415

    return exchange(target, progress)


def _unique(notes: Sequence[str]) -> list[str]:
    """Return each note once, in order, without the empty ones."""
    return [note for note in dict.fromkeys(notes) if note]
