"""Credentials for a program's own use: `credhelper.credentials(HOST)`, as often as it likes, for days.

What a `get` is for a client, in one process: a token that is kept in memory too, and shared by all threads. Entered
through the package itself, which loads none of this before it is asked.
"""

from __future__ import annotations

import datetime as dt
import json
import logging
import os
import threading
from concurrent.futures import Future, TimeoutError  # noqa: A004  (another than Python's own before 3.11)
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, NamedTuple

from cachetools import TTLCache

from credhelper import children, evidence, patience, settings
from credhelper.aws import metadata
from credhelper.cache.memory import Memory
from credhelper.cache.shelf import Shelf
from credhelper.clock import Clock
from credhelper.errors import HelperError
from credhelper.host import host_of
from credhelper.resolve import Errand
from credhelper.watch import Watch

if TYPE_CHECKING:
    from collections.abc import Hashable

    from credhelper.entry import Held
    from credhelper.purchase import Exchange
    from credhelper.target import Target

_LOG = logging.getLogger("credhelper")
_MOST = 1024  # tokens that are remembered to have been looked after


@dataclass(frozen=True)
class Credentials:
    """What a registry takes: a user name (ECR's is always "AWS"), a secret, and until when it does: `expires` is in
    seconds of UTC since the epoch, as `time.time()` is.

    They need not be kept: whoever asks again has the same ones, and new ones in time.
    """

    username: str
    secret: str = field(repr=False)
    expires: float

    @property
    def expires_at(self) -> dt.datetime:
        """The same moment, as an aware datetime of UTC."""
        return dt.datetime.fromtimestamp(self.expires, dt.timezone.utc)


def credentials(server: str) -> Credentials:
    """See `credhelper.credentials`."""
    process = os.getpid()  # a fork starts anew: a lock that was held meanwhile would never be released in it
    return (_TOKENS.get(process) or _TOKENS.setdefault(process, Tokens())).credentials(server)


class _Wish(NamedTuple):
    """A token that is wanted: of which target, and in which environment."""

    target: Target
    shelf: Shelf

    @property
    def key(self) -> Hashable:
        """The same for all that one token fulfils."""
        return self.target.scope, self.shelf.variables, self.shelf.confidential


class Tokens:
    """The tokens of one process, for all of its threads.

    A token in memory answers as an entry does: while it is fresh, and all that it depended on is unchanged. It serves
    every host of its scope (target.py). Threads that want the same one at once wait for one of them, which asks as a
    `get` does.
    """

    def __init__(self, clock: Clock | None = None, exchange: Exchange | None = None) -> None:
        self._clock = clock or Clock()
        self._exchange = exchange
        self._guard = threading.Lock()  # of what follows
        self._memory = Memory(lambda: self._clock.now().wall)
        self._flights: dict[Hashable, Future[Held]] = {}
        self._looked: TTLCache[Hashable, bool] = TTLCache(_MOST, patience.BEHIND, lambda: self._clock.now().uptime)

    def credentials(self, server: str) -> Credentials:
        """See `credhelper.credentials`."""
        wish = _wish(server)
        held = self._token(wish)
        if held.life.is_due(self._clock.now()):
            self._look_behind(wish)
        return _told(wish.target.host, held)

    def _token(self, wish: _Wish) -> Held:
        while True:
            with self._guard:
                old = self._recall(wish)
                if old is not None and old.life.is_fresh(self._clock.now()):
                    return old
                flight = self._flights.get(wish.key)
                is_ours = flight is None
                if flight is None:
                    flight = self._flights[wish.key] = Future()
            if is_ours:
                self._fly(flight, wish, old)
            if is_ours or self._has_landed(flight, wish):
                return _landed(flight)

    def _fly(self, flight: Future[Held], wish: _Wish, old: Held | None) -> None:
        """Ask, and let all who wait have what comes of it."""
        try:
            held = self._ask(wish, old)
        except BaseException as error:  # noqa: BLE001  (it belongs to whoever waits)
            self._forget(flight, wish)
            flight.set_exception(error)
        else:
            with self._guard:
                self._keep(wish, held)
            self._forget(flight, wish)
            flight.set_result(held)

    def _has_landed(self, flight: Future[Held], wish: _Wish) -> bool:
        """Wait for the thread that asks. Ctrl-C may have ended it, which is not for those who wait: one of them asks
        instead.
        """
        try:
            error = flight.exception(_seconds(wish) + 1)
        except TimeoutError:
            self._forget(flight, wish)
            return False
        return error is None or isinstance(error, Exception)

    def _forget(self, flight: Future[Held], wish: _Wish) -> None:
        with self._guard:
            if self._flights.get(wish.key) is flight:
                del self._flights[wish.key]

    def _ask(self, wish: _Wish, old: Held | None) -> Held:
        watch = Watch()
        errand = self._errand(wish, watch)
        try:
            held, notes = errand.token()
        except HelperError as error:
            # Where there is no cache, only the memory knows of it.
            if old is None or not errand.bridges(old, error):
                raise
            held, notes = old, [f"{wish.target.host}: the token at hand serves, since it cannot be renewed: {error}"]
        finally:
            _end_left_behind(watch)
        for note in notes:
            _LOG.warning("%s", note)
        return held

    def _recall(self, wish: _Wish) -> Held | None:
        held = self._memory.get(wish.key)
        holds = held is not None and all(evidence.holds(fact, wish.shelf.environ) for fact in held.facts or ())
        return held if holds else None

    def _keep(self, wish: _Wish, held: Held) -> None:
        """Without facts it is the answer to one call: something that it depends on has just changed."""
        if held.facts is not None and wish.shelf.is_current():
            self._memory.put(wish.key, held)

    def _look_behind(self, wish: _Wish) -> None:
        """Do behind the answer what a `get` leaves a process for, as often as that."""
        with self._guard:
            if wish.key in self._looked:
                return
            self._looked[wish.key] = True
        threading.Thread(target=self._look_after, args=[wish], name="credhelper", daemon=True).start()

    def _look_after(self, wish: _Wish) -> None:
        """Where nothing is on the disk, nothing is renewed before it has to be."""
        watch = Watch()
        errand = self._errand(wish, watch)
        if errand.at_hand() is None:
            return
        try:
            errand.look_after(metadata.whose)
        except HelperError as error:
            _end_left_behind(watch)
            _LOG.warning("%s: the token at hand could not be renewed: %s", wish.target.host, error)
        with self._guard:  # there may be a new one on the disk, or none if the role is another one
            self._memory.drop(wish.key)

    def _errand(self, wish: _Wish, watch: Watch) -> Errand:
        return Errand(wish.target, wish.shelf, _seconds(wish), watch=watch, clock=self._clock, exchange=self._exchange)


_TOKENS = {os.getpid(): Tokens()}


def _wish(server: str) -> _Wish:
    said = settings.load(os.environ)
    host = host_of(server.encode("utf-8", "surrogatepass"))
    target = said.target(host)
    if target is None:
        raise HelperError(
            "not-ecr",
            f"{host} is not a registry of ECR",
            "ask for one such as 123456789012.dkr.ecr.us-east-1.amazonaws.com, or name what stands behind it in "
            "`aliases` of the settings",
        )
    return _Wish(target, Shelf(os.environ, said))


def _seconds(wish: _Wish) -> float:
    return wish.target.access.timeout or patience.of_run(wish.shelf.environ)[0]


def _end_left_behind(watch: Watch) -> None:
    """A program's other children are its own: only what was given up on ends, and what that has started."""
    for program in watch.left_running():
        children.end(program.pid)
        program.kill()


def _landed(flight: Future[Held]) -> Held:
    error = flight.exception()
    if isinstance(error, HelperError):
        # One for each thread, and without its cause: a traceback would show all that AWS or a program said.
        raise HelperError(error.id, error.message, error.fix)
    return flight.result()


def _told(host: str, held: Held) -> Credentials:
    if held.status:
        raise HelperError(
            "public-anonymous",
            f"there is no token for {host}, and none is needed: it serves images to everybody",
            "pull without credentials; AWS credentials would raise the limit",
        )
    answer = json.loads(held.text)
    return Credentials(answer["Username"], answer["Secret"], held.life.bought.wall + held.life.whole)
