"""Buying a token from AWS: once for all processes of this machine that want it at the same time."""

from __future__ import annotations

import contextlib
from typing import TYPE_CHECKING, Callable

from credhelper import private
from credhelper.cache import freshness, setback, store
from credhelper.cache.record import Record
from credhelper.cache.setback import Setback
from credhelper.cache.shelf import form_answer
from credhelper.entry import Held
from credhelper.errors import HelperError
from credhelper.evidence import is_digest_of, salted_digest
from credhelper.flight import Turn
from credhelper.watch import TimedOut, within

if TYPE_CHECKING:
    from credhelper.cache.record import Token
    from credhelper.cache.shelf import Shelf
    from credhelper.clock import Clock
    from credhelper.target import Target
    from credhelper.watch import Watch

    Exchange = Callable[[Target, Watch], Token]


class Purchase:
    """The purchase of a token for `target`, which is put on `shelf`; what the person should know is in `notes`.

    `record` is of what it depends on.
    """

    def __init__(self, target: Target, shelf: Shelf, clock: Clock, watch: Watch, exchange: Exchange) -> None:
        self.notes: list[str] = []
        self._target = target
        self._shelf = shelf
        self._clock = clock
        self._watch = watch
        self._exchange = exchange
        self._came = clock.now()
        self._unlocked = ""
        # Before botocore is loaded, and before anybody is waited for: what changes from here on is not kept.
        self.record = Record(shelf.environ, shelf.settings)
        self._key = self.record.key(target.public_scope)
        self._confidential = self.record.confidential(target.access.secrets)

    def last_failure(self) -> Setback | None:
        """Give the last failure of a purchase like this one."""
        last = setback.read(f"{self._shelf.folder}/.setback-{self._key}") if self._shelf.folder else None
        return last if last is not None and is_digest_of(last.salted, self._confidential) else None

    def make(self, is_good: Callable[[Held], bool], seconds: float) -> Held:
        """Give a token that `is_good`: of our own exchange, or of another process's that was under way.

        Raises HelperError: AWS's, which is shared in the same way, or "timed-out" after so many seconds.
        """
        turn = self._turn()
        try:
            held = self._wait(turn, is_good, seconds) if turn is not None else None
            if held is None:
                held = self._buy(self._left_of(seconds))
            return held
        finally:
            if turn is not None:
                turn.end()

    def _turn(self) -> Turn | None:
        """Where nothing can be cached there is nothing to wait for."""
        if self._shelf.folder is None:
            return None
        try:
            private.make(self._shelf.folder)
        except OSError:
            return None  # whoever writes the entry will say it
        return Turn(f"{self._shelf.folder}/.lock-{self._key}", self._clock, self._confidential)

    def _wait(self, turn: Turn, is_good: Callable[[Held], bool], seconds: float) -> Held | None:
        """Give what another process has bought meanwhile, or None if it is our turn to ask."""

        def settled() -> Held | None:
            held = self._shelf.read(self._target.host)
            if held is not None and held.status == 0 and is_good(held):
                return held
            self._share_failure()
            return None

        self._watch.doing("waiting for another process that is asking AWS for the same token")
        try:
            held = turn.wait(settled, self._left_of(seconds))
        except TimedOut:
            raise timed_out(self._target, self._watch) from None
        except OSError as error:
            self._unlocked = (
                f"other processes are not waited for, since there is no lock in the cache: {error.strerror}"
            )
            return None
        return held or self._bought_by_another(is_good)

    def _bought_by_another(self, is_good: Callable[[Held], bool]) -> Held | None:
        """The turn may have come because somebody is done, or has failed."""
        held = self._shelf.newest(self._target, self._clock.now())
        if held is not None and is_good(held):
            self.notes.append(self._shelf.put(self._target.host, held))
            return held
        self._share_failure()
        return None

    def _share_failure(self) -> None:
        last = self.last_failure()
        now = self._clock.now()
        if last is not None and 0 <= now.since(last.at) < now.since(self._came):
            raise last.told_for(self._target.host)

    def _buy(self, seconds: float) -> Held:
        try:
            token = within(lambda: seconds, lambda: self._exchange(self._target, self._watch), self._watch)
        except TimedOut:
            raise self._leave_failure(timed_out(self._target, self._watch)) from None
        except HelperError as error:
            raise self._leave_failure(error) from error.__cause__
        return self._put(token)

    def _put(self, token: Token) -> Held:
        self.notes += token.notes
        now = self._clock.now()
        life = freshness.life(token, now, self._clock.chance())
        facts = self.record.facts(token.origin)
        held = Held(life, facts, 0, form_answer(self._target.host, token.username, token.password))
        if life.whole <= 0:
            self.notes.append("AWS's token has expired by this machine's clock, and is not cached: is the clock right?")
        else:
            # One line: where a lock cannot be made an entry often cannot be written either.
            self.notes.append(self._shelf.put(self._target.host, held) or self._unlocked)
            self._shelf.sweep(now.wall, self._clock.chance())
        return held

    def _left_of(self, seconds: float) -> float:
        return seconds - self._clock.now().since(self._came)

    def _leave_failure(self, error: HelperError) -> HelperError:
        if self._shelf.folder is not None:
            salted = salted_digest(self._confidential)
            data = setback.form(Setback(self._clock.now(), self._target.host, error, salted))
            with contextlib.suppress(OSError):  # then each one finds out for itself
                private.make(self._shelf.folder)
                store.replace(f"{self._shelf.folder}/.setback-{self._key}", data)
        return error


def timed_out(target: Target, watch: Watch) -> HelperError:
    """Give the HelperError for a purchase that was given up, in the middle of what `watch` tells."""
    return HelperError(
        "timed-out",
        f"no token for {target.host} in time: {watch.hung()}",
        "look at what it names: DNS, route, security group, proxy; a stopped docker-credential-ecr (ps)\n"
        f"{target.access.giver_of_seconds} gives it more seconds",
    )
