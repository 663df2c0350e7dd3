"""Hosts that are not ECR's: a delegate is asked for them, or the logins that were stored with us."""

from __future__ import annotations

import os
import time
from typing import TYPE_CHECKING, Callable, TypeVar

from credhelper import delegate, entry, patience
from credhelper.cache import ticks
from credhelper.cache.shelf import Shelf
from credhelper.clock import Clock
from credhelper.entry import Held, Life
from credhelper.errors import NOT_FOUND, HelperError
from credhelper.host import host_of
from credhelper.logins import Logins
from credhelper.run import Reply
from credhelper.watch import TimedOut, within

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from credhelper.logins import Login
    from credhelper.run import Run
    from credhelper.settings import Settings

T = TypeVar("T")

_NOT_FOUND = Reply(1, f"{NOT_FOUND}\n".encode())

_REMEMBERED = 43200  # seconds for which it is known without a look that there is no login
_WITHOUT_INDEX = 600  # seconds of the same, where only the keyrings say so
_UNASKED = 60  # seconds for which a keyring that could not be asked is not asked again
_LIST = 5.0  # seconds for all keyrings: a build waits for ECR's tokens


class Foreign:
    """What one run does for hosts that are not ECR's. Everything raises HelperError."""

    def __init__(self, a_run: Run, said: Settings) -> None:
        self._run = a_run
        self._environ = a_run.environ
        self._said = said
        self._logins = Logins(a_run.environ, said, a_run.watch)

    def get(self, given: bytes) -> Reply:
        """Answer a client that sent the server `given`."""
        server, host = given.decode("ascii", "replace"), host_of(given)
        other = self._said.delegate(host)
        if other is not None:
            return self._pass_on(other.helper, "get", given)
        facts = self._logins.ledger.facts()
        found, notes, life = self._find(server)
        if found is not None:
            return Reply(0, f"{found.blob}\n".encode("ascii"), notes)
        if life > 0 and host[0] not in ".-" and not self._logins.ledger.names_host_of(server):
            self._remember(host, facts, life)
        return _NOT_FOUND._replace(notes=notes)

    def store(self, given: bytes, login: Login) -> Reply:
        """Keep a login, which a client sent as `given`."""
        other = self._said.delegate(host_of(login.server.encode("ascii")))
        if other is not None:
            return self._pass_on(other.helper, "store", given)
        return Reply(0, b"", self._logins.store(login))

    def erase(self, given: bytes) -> Reply:
        """Forget the login of the server `given`."""
        other = self._said.delegate(host_of(given))
        if other is not None:
            return self._pass_on(other.helper, "erase", given)
        if self._logins.ledger.was_used():
            self._logins.erase(given.decode("ascii"))
            return Reply(0, b"", self._logins.ledger.notes)
        _, failure = self._glance(lambda: self._logins.erase(given.decode("ascii")))
        return Reply(0, b"", [failure] if failure else self._logins.ledger.notes)

    def listed(self) -> tuple[dict[str, str], Sequence[str]]:
        """Give {server: user name} of each login that a get would give now; and notes on those that it would not."""
        found: dict[str, str] = {}
        notes: list[str] = []

        def look() -> None:
            for each in self._each():
                if isinstance(each, str):
                    notes.append(each)
                else:
                    found[each[0]] = each[1]

        try:
            within(lambda: min(_LIST, self._run.seconds / 2), look, self._run.watch)
        except TimedOut:
            notes.append(f"logins are left out: {self._run.watch.hung()} [timed-out]")
        return dict(found), [*notes, *self._logins.ledger.notes]

    def _each(self) -> Iterator[tuple[str, str] | str]:
        for held in self._logins.readable():
            if isinstance(held, str):
                yield held
            elif self._is_ours(held.server):
                yield held.server, held.username
        for helper in dict.fromkeys(other.helper for other in self._said.delegates):
            self._run.watch.doing(f"waiting for docker-credential-{helper} list")
            try:
                given = delegate.listed(helper, self._environ)
            except HelperError as error:
                yield f"its logins are left out: {error.message} [{error.id}]"
            else:
                yield from ((server, user) for server, user in given.items() if self._is_of(helper, server))

    def _is_ours(self, server: str) -> bool:
        host = host_of(server.encode("ascii"))
        return self._said.target(host) is None and self._said.delegate(host) is None

    def _is_of(self, helper: str, server: str) -> bool:
        try:
            host = host_of(server.encode("utf-8", "surrogatepass"))
        except HelperError:
            return False
        other = self._said.delegate(host)
        return self._said.target(host) is None and other is not None and other.helper == helper

    def _pass_on(self, helper: str, verb: str, given: bytes) -> Reply:
        at_stake = {"store": "the login may have been stored all the same", "erase": "the login may have been erased"}
        self._run.watch.doing(f"waiting for docker-credential-{helper} {verb}", at_stake.get(verb, ""))
        return delegate.ask(helper, verb, given, self._environ)

    def _find(self, server: str) -> tuple[Login | None, Sequence[str], float]:
        """Give the login for `server`; notes; and for how many seconds it is known if there is none."""
        if self._logins.ledger.was_used():
            return self._logins.find(server), self._logins.ledger.notes, self._remembered()
        found, failure = self._glance(lambda: self._logins.find(server))
        if failure:
            return None, [failure], _UNASKED
        return found, self._logins.ledger.notes, self._remembered()

    def _glance(self, work: Callable[[], T]) -> tuple[T | None, str]:
        """Ask a keyring that need not have a login, not for long; give a note if that failed."""
        try:
            return within(lambda: patience.aside(self._environ), work, self._run.watch), ""
        except HelperError as error:
            return None, f"no login was looked for: {error.message} [{error.id}]"
        except TimedOut:
            return None, f"no login was looked for: {self._run.watch.hung()} [timed-out]"

    def _remembered(self) -> float:
        try:
            is_surely_none = self._logins.is_surely_none()
        except HelperError:
            is_surely_none = False
        if not is_surely_none:
            return 0
        return _REMEMBERED if self._logins.ledger.seen() else _WITHOUT_INDEX

    def _remember(self, host: str, facts: Sequence[bytes], life: float) -> None:
        """Keep the answer that there is no login for `host`, as an entry: the next get of it is a hit. An entry is of a
        whole host, and a login may be of a path.
        """
        now = time.time()
        paths = [fact.split(b"\t")[1] for fact in (*self._said.seen, *facts) if fact.startswith(b"file\t")]
        settled = all(ticks.is_settled(os.fsdecode(path), self._said.read_at, now) for path in paths)
        if settled and facts == self._logins.ledger.facts():
            held = Held(Life(entry.moment(), life, life, life, life), [*self._said.seen, *facts], 1, _NOT_FOUND.answer)
            shelf = Shelf(self._environ, self._said)
            shelf.put(host, held)
            shelf.sweep(now, Clock().chance())
