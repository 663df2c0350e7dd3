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
from concurrent.futures import Future
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from cachetools import TTLCache

from credhelper import evidence, patience
from credhelper.aws import metadata
from credhelper.clock import Clock
from credhelper.errors import HelperError
from credhelper.host import host_of
from credhelper.memory import Memory
from credhelper.registry import parse
from credhelper.resolve import Errand
from credhelper.shelf import Shelf

if TYPE_CHECKING:
    from collections.abc import Hashable

    from credhelper.entry import Held
    from credhelper.purchase import Exchange
    from credhelper.registry import Registry

_LOG = logging.getLogger("credhelper")
_MOST = 1024  # tokens of one process


@dataclass(frozen=True)
class Credentials:
    """What a registry of ECR takes: a user name (always "AWS"), a secret, and until when it does: `expires` is in
    seconds of UTC since the epoch, as `time.time()` is.

    Ask again rather than keep them for so long: who asks again has new ones in time.
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


class Tokens:
    """The tokens of one process, for all of its threads.

    A token in memory answers as an entry does: while it is fresh, and all that it depended on is unchanged. Those who
    miss it together wait for one of them.
    """

    def __init__(self, clock: Clock | None = None, exchange: Exchange | None = None) -> None:
        self._clock = clock or Clock()
        self._exchange = exchange
        self._guard = threading.Lock()  # of all below
        self._memory = Memory(lambda: self._clock.now().wall)
        self._flights: dict[Hashable, Future[Held]] = {}
        self._looked_after: TTLCache[Hashable, bool] = TTLCache(
            _MOST, patience.BEHIND, lambda: self._clock.now().uptime
        )

    def credentials(self, server: str) -> Credentials:
        """See `credhelper.credentials`."""
        registry = _registry(host_of(server.encode("utf-8", "surrogatepass")))
        shelf = Shelf(os.environ)
        key = (registry.scope, shelf.variables)
        held = self._get(key, registry, shelf)
        if held.life.is_due(self._clock.now()):
            self._look_after(key, registry)
        return _told(registry, held)

    def _get(self, key: Hashable, registry: Registry, shelf: Shelf) -> Held:
        with self._guard:
            held = self._memory.get(key)
            if held is not None and held.life.is_fresh(self._clock.now()) and _holds(held, shelf):
                return held
            flight = self._flights.get(key)
            is_ours = flight is None
            if flight is None:
                flight = self._flights[key] = Future()
        if is_ours:
            self._fly(flight, key, registry, held)
        error = flight.exception()
        if isinstance(error, HelperError):
            # One for each thread, and without its cause: a traceback would show what AWS or a program said.
            raise HelperError(error.id, error.message, error.fix)
        return flight.result()

    def _fly(self, flight: Future[Held], key: Hashable, registry: Registry, old: Held | None) -> None:
        try:
            held = self._ask(registry, old)
        except BaseException as error:  # noqa: BLE001  (whoever waits has it)
            with self._guard:
                del self._flights[key]
            flight.set_exception(error)
            return
        with self._guard:
            del self._flights[key]
            if held.facts is not None:
                self._memory.put(key, held)
        flight.set_result(held)

    def _ask(self, registry: Registry, old: Held | None) -> Held:
        errand = self._errand(registry)
        try:
            held, notes = errand.token()
        except HelperError as error:
            # Where there is no cache, memory alone knows it.
            if old is None or not errand.bridges(old, error):
                raise
            held, notes = old, [f"{registry.host}: the token at hand serves, since it cannot be renewed: {error}"]
        for note in notes:
            _LOG.warning("%s", note)
        return held

    def _look_after(self, key: Hashable, registry: Registry) -> None:
        """Do behind the answer what `get` leaves a process for, as often as that."""
        with self._guard:
            if key in self._looked_after:
                return
            self._looked_after[key] = True
        threading.Thread(target=self._renew, args=(key, registry), name="credhelper", daemon=True).start()

    def _renew(self, key: Hashable, registry: Registry) -> None:
        try:
            self._errand(registry).look_after(metadata.whose)
        except HelperError as error:
            _LOG.warning("%s: the token at hand could not be renewed: %s", registry.host, error)
        held = self._errand(registry).at_hand()
        with self._guard:
            if held is not None and held.facts is not None:
                self._memory.put(key, held)

    def _errand(self, registry: Registry) -> Errand:
        seconds, _ = patience.of_run(os.environ)
        return Errand(registry, os.environ, seconds, clock=self._clock, exchange=self._exchange)


_TOKENS = {os.getpid(): Tokens()}


def _registry(host: str) -> Registry:
    registry = parse(host)
    if registry is None:
        raise HelperError(
            "not-ecr",
            f"{host} is not a registry of ECR",
            "ask for one such as 123456789012.dkr.ecr.us-east-1.amazonaws.com",
        )
    return registry


def _holds(held: Held, shelf: Shelf) -> bool:
    return all(evidence.holds(fact, shelf.environ) for fact in held.facts or ())


def _told(registry: Registry, held: Held) -> Credentials:
    if held.status:
        raise HelperError(
            "public-anonymous",
            f"{registry.host} gives no token here, and none is needed: it serves images to everybody",
            "pull without credentials; give AWS credentials for a higher limit",
        )
    answer = json.loads(held.text)
    return Credentials(answer["Username"], answer["Secret"], held.life.bought.wall + held.life.whole)
