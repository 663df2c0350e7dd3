"""Resolving hosts that are not ECR's: a delegate answers for them, or a stored login does."""

from __future__ import annotations

from typing import TYPE_CHECKING, Callable, TypeVar

from credhelper import timeouts
from credhelper.errors import NOT_FOUND, HelperError
from credhelper.host import canonical_host
from credhelper.logins.delegate import list_logins, run_helper
from credhelper.logins.store import LoginStore
from credhelper.system.context import Result
from credhelper.system.deadline import DeadlineExceeded, run_with_timeout

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from credhelper.logins.login import Login
    from credhelper.system.context import Context

    CacheNegative = Callable[[str, Sequence[bytes], float], None]

T = TypeVar("T")

_NOT_FOUND = Result(1, f"{NOT_FOUND}\n".encode())

NEGATIVE_TTL = 43200  # seconds for which the answer that there is no login is cached
NEGATIVE_TTL_WITHOUT_INDEX = 600  # seconds, if there is no index and only the keyrings show that
KEYRING_RETRY_AFTER = 60  # seconds before a keyring that failed is queried again
_LIST_TIMEOUT = 5.0  # seconds for all keyrings together: a build is waiting for ECR's tokens
_NOT_SEARCHED = "the keyring was not searched for a login"


class LoginResolver:
    """Resolves hosts that are not ECR's, for one run. Every method may raise HelperError.

    `cache_negative` caches the answer that there is no login; its arguments are the host, the dependencies of the
    answer, and its lifetime in seconds.
    """

    def __init__(self, context: Context, cache_negative: CacheNegative) -> None:
        self._context = context
        self._environ = context.environ
        self._settings = context.settings
        self._cache_negative = cache_negative
        self._logins = LoginStore(context)

    def get(self, request: bytes) -> Result:
        """Return the answer to a client that sent the server URL `request`."""
        server, host = request.decode("ascii", "replace"), canonical_host(request)
        delegate = self._settings.find_delegate(host)
        if delegate is not None:
            return self._run_delegate(delegate.helper, "get", request)
        dependencies = self._logins.index.observe_dependencies()
        login, notes, ttl = self._find(server)
        if login is not None:
            return Result(0, f"{login.to_json()}\n".encode("ascii"), notes)
        # A cache entry is for a whole host, but a login may be for one path on it.
        can_cache = ttl > 0 and host[0] not in ".-" and not self._logins.index.has_login_on_host(server)
        if can_cache and dependencies == self._logins.index.observe_dependencies():
            self._cache_negative(host, dependencies, ttl)
        return _NOT_FOUND._replace(notes=notes)

    def store(self, request: bytes, login: Login) -> Result:
        """Store `login`, which a client sent as `request`."""
        delegate = self._settings.find_delegate(canonical_host(login.server.encode("ascii")))
        if delegate is not None:
            return self._run_delegate(delegate.helper, "store", request)
        return Result(0, b"", self._logins.store(login))

    def erase(self, request: bytes) -> Result:
        """Erase the login of the server URL `request`."""
        delegate = self._settings.find_delegate(canonical_host(request))
        if delegate is not None:
            return self._run_delegate(delegate.helper, "erase", request)
        if self._logins.index.has_been_used():
            self._logins.erase(request.decode("ascii"))
            return Result(0, b"", self._logins.index.notes)
        _, failure = self._try_keyring(lambda: self._logins.erase(request.decode("ascii")))
        return Result(0, b"", [failure] if failure else self._logins.index.notes)

    def list(self) -> tuple[dict[str, str], Sequence[str]]:
        """Return {server URL: username} of each login that a `get` would return now, and notes on the others."""
        logins: dict[str, str] = {}
        notes: list[str] = []

        def collect() -> None:
            for item in self._iter_logins():
                if isinstance(item, str):
                    notes.append(item)
                else:
                    logins[item[0]] = item[1]

        try:
            run_with_timeout(lambda: min(_LIST_TIMEOUT, self._context.timeout / 2), collect, self._context.progress)
        except DeadlineExceeded:
            notes.append(f"some logins are not listed: {self._context.progress.describe_hang()} [timed-out]")
        return dict(logins), [*notes, *self._logins.index.notes]

    def _iter_logins(self) -> Iterator[tuple[str, str] | str]:
        for login_or_note in self._logins.list_readable():
            if isinstance(login_or_note, str):
                yield login_or_note
            elif self._is_local(login_or_note.server):
                yield login_or_note.server, login_or_note.username
        for helper in dict.fromkeys(delegate.helper for delegate in self._settings.delegates):
            self._context.progress.step(f"waiting for docker-credential-{helper} list")
            try:
                logins = list_logins(helper, self._environ)
            except HelperError as error:
                yield f"some logins are not listed: {error} [{error.id}]"
            else:
                yield from (
                    (server, username) for server, username in logins.items() if self._is_delegated_to(helper, server)
                )

    def _is_local(self, server: str) -> bool:
        host = canonical_host(server.encode("ascii"))
        return self._settings.find_target(host) is None and self._settings.find_delegate(host) is None

    def _is_delegated_to(self, helper: str, server: str) -> bool:
        try:
            host = canonical_host(server.encode("utf-8", "surrogatepass"))
        except HelperError:
            return False
        delegate = self._settings.find_delegate(host)
        return self._settings.find_target(host) is None and delegate is not None and delegate.helper == helper

    def _run_delegate(self, helper: str, verb: str, request: bytes) -> Result:
        if_interrupted = {
            "store": "the login may or may not have been stored",
            "erase": "the login may or may not have been erased",
        }
        self._context.progress.step(f"waiting for docker-credential-{helper} {verb}", if_interrupted.get(verb, ""))
        return run_helper(helper, verb, request, self._environ)

    def _find(self, server: str) -> tuple[Login | None, Sequence[str], float]:
        """Return the login for `server` or None, notes, and the seconds for which a negative answer may be cached."""
        if self._logins.index.has_been_used():
            return self._logins.find(server), self._logins.index.notes, self._negative_ttl()
        login, failure = self._try_keyring(lambda: self._logins.find(server))
        if failure:
            return None, [failure], KEYRING_RETRY_AFTER
        return login, self._logins.index.notes, self._negative_ttl()

    def _try_keyring(self, work: Callable[[], T]) -> tuple[T | None, str]:
        """Query a keyring that may have no login, with a short timeout; return the result, and a note if it failed."""
        try:
            return run_with_timeout(
                lambda: timeouts.optional_keyring_timeout(self._environ), work, self._context.progress
            ), ""
        except HelperError as error:
            return None, f"the keyring was not searched for a login: {error} [{error.id}]"
        except DeadlineExceeded:
            return (
                None,
                f"the keyring was not searched for a login: {self._context.progress.describe_hang()} [timed-out]",
            )

    def _negative_ttl(self) -> float:
        try:
            is_known_empty = self._logins.has_no_unindexed_logins()
        except HelperError:
            is_known_empty = False
        if not is_known_empty:
            return 0
        return NEGATIVE_TTL if self._logins.index.load_or_none() else NEGATIVE_TTL_WITHOUT_INDEX
