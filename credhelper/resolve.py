"""The policy of a miss: which source answers for a registry, and what a token at hand is still good for."""

from __future__ import annotations

from typing import TYPE_CHECKING, Callable, NamedTuple

from credhelper import behind, patience
from credhelper.cache import freshness, store
from credhelper.cache.record import Origin
from credhelper.cache.shelf import lent
from credhelper.clock import Clock
from credhelper.entry import Held
from credhelper.errors import NOT_FOUND, HelperError
from credhelper.purchase import Purchase
from credhelper.watch import Watch

if TYPE_CHECKING:
    from collections.abc import Sequence

    from credhelper.aws.metadata import Seen
    from credhelper.cache.record import Token
    from credhelper.cache.shelf import Shelf
    from credhelper.entry import Moment
    from credhelper.purchase import Exchange
    from credhelper.target import Target

_MARGIN = 0.5  # seconds of a run that remain for telling what hung
_ANONYMOUS = f"{NOT_FOUND}\n".encode()


class Answer(NamedTuple):
    """The exit status, the bytes for the client, and notes for the person."""

    status: int
    text: bytes
    notes: Sequence[str] = ()


class Errand:
    """One wish for a token of `target`, from what is on `shelf` or from AWS, which has `seconds` to be fulfilled."""

    def __init__(
        self,
        target: Target,
        shelf: Shelf,
        seconds: float = patience.RUN,
        *,
        watch: Watch | None = None,
        clock: Clock | None = None,
        exchange: Exchange | None = None,
    ) -> None:
        self._target = target
        self._seconds = seconds - _MARGIN
        self._watch = watch or Watch()
        self._clock = clock or Clock()
        self._exchange = exchange or _exchange
        self._shelf = shelf
        self._came = self._clock.now()

    def get(self) -> Answer:
        """Answer a client. A token that is due for a look or a renewal leaves that behind it.

        Raises HelperError.
        """
        held, notes = self.token()
        behind.leave(self._target.host, held, self._shelf.environ, self._came)
        return Answer(held.status, held.text, notes)

    def token(self) -> tuple[Held, Sequence[str]]:
        """Give the answer from an entry, else from AWS, else from a token that is no longer fresh and not yet expired;
        and notes for the person.

        Raises HelperError when none of them can; for ECR Public the answer is then "not found", since a pull works
        without a token.
        """
        self._watch.doing("looking at the cache and at the files that select an identity")
        held = self._shelf.read(self._target.host)
        if held is not None and held.life.is_fresh(self._came):
            return held, ()
        newest = self._shelf.newest(self._target, self._came)
        if newest is not None and newest.life.is_fresh(self._came):
            return newest, self._noted([self._shelf.put(self._target.host, newest)])
        purchase = self._purchase()
        try:
            return self._renew(purchase, newest), self._noted(purchase.notes)
        except HelperError as error:
            if newest is not None and self.bridges(newest, error):
                return self._bridge(newest, error)
            if self._target.registry.public:
                return self._pull_anonymously(purchase, error)
            raise

    def refresh(self) -> tuple[Held, Sequence[str]]:
        """Exchange, or take what another process has exchanged since this errand began; every entry that shares the
        scope is renewed. Give the token, as an answer for the registry, and notes for the person.

        Raises HelperError.
        """
        return self._newer_than(self._came)

    def look_after(self, whose: Callable[[str], Seen]) -> None:
        """Do what a hit leaves behind it: a renewal, if it is time, or if the machine's role is another one now, as
        `whose` is told by the metadata service of a URL (aws/metadata.py, which is not loaded for those who wait).

        Raises HelperError. The token of a role that is no longer this machine's is then dropped.
        """
        held = self.at_hand()
        if held is None or self._shelf.folder is None:
            return
        endpoint, role = (text.decode("utf-8", "replace") for text in held.told())
        is_anothers = bool(role) and whose(endpoint).role not in ("", role)
        if not is_anothers:
            if self._came.since(held.life.bought) < held.life.renew:
                return
            left = held.life.left(self._came)
            self._clock.sleep(patience.before_renewal(left, self._clock.chance()))
        try:
            self._newer_than(held.life.bought)
        except HelperError:
            if is_anothers:
                store.drop(self._shelf.folder, self._target.host, self._shelf.forget)
            raise

    def at_hand(self) -> Held | None:
        """Give the token of the registry's entry, unless it has expired."""
        held = self._shelf.read(self._target.host)
        return held if held is not None and held.status == 0 and held.life.is_alive(self._came) else None

    def keep(self, held: Held) -> Sequence[str]:
        """Keep a token that was bought for another registry of the same scope; give notes for the person."""
        return _said([self._shelf.put(self._target.host, lent(held, self._target.host))])

    def bridges(self, held: Held, error: HelperError) -> bool:
        """Whether `held`, no longer fresh, may serve in spite of `error`: nobody has denied it, and it is not another
        role's than the one that has just been told of.
        """
        same = self._watch.told in ("", held.told()[1].decode("utf-8", "replace"))
        return error.outage and same and held.life.is_alive(self._clock.now())

    def _purchase(self) -> Purchase:
        return Purchase(self._target, self._shelf, self._clock, self._watch, self._exchange)

    def _renew(self, purchase: Purchase, newest: Held | None) -> Held:
        """Exchange while the client waits: not for long if it can have `newest` instead, and not at all if that was
        tried a moment ago.
        """
        last = purchase.last_failure()
        ago = -1.0 if last is None else self._came.since(last.at)
        if last is not None and last.error.outage and ago >= 0:
            if newest is not None and ago < patience.STALE_AT_ONCE:
                raise last.told_for(self._target.host)
            if last.error.id == "throttled":
                self._hold_back(ago)
        seconds = self._seconds if newest is None else patience.STALE
        return purchase.make(lambda held: held.life.is_fresh(self._clock.now()), seconds)

    def _hold_back(self, ago: float) -> None:
        self._watch.doing("waiting, since AWS had just throttled this machine's requests")
        self._clock.sleep(max(0.0, patience.held_back(self._clock.chance()) - ago))

    def _newer_than(self, bought: Moment) -> tuple[Held, Sequence[str]]:
        """Give a token that was bought after the moment `bought`, in each entry of its scope."""
        purchase = self._purchase()

        def is_later(held: Held) -> bool:
            now = self._clock.now()
            return now.since(held.life.bought) < now.since(bought)

        held = purchase.make(is_later, self._seconds)
        unkept = "the new token is not kept: a file that it depends on has just changed" if held.facts is None else ""
        notes = [unkept, *purchase.notes, *(self._shelf.put(host, lent(held, host)) for host in self._others())]
        return held, _said(notes)

    def _others(self) -> list[str]:
        siblings = (host for host in self._shelf.siblings(self._target) if host != self._target.host)
        return list(filter(self._shelf.is_ours, siblings))

    def _noted(self, notes: Sequence[str]) -> Sequence[str]:
        return [f"{self._target.host}: {note}" for note in _said(notes)]

    def _bridge(self, held: Held, error: HelperError) -> tuple[Held, Sequence[str]]:
        left = held.life.left(self._came) / 60
        note = f"the token at hand serves, for {left:.0f} minutes more, since it cannot be renewed: {error.message}"
        return held, [f"{note} [{error.id}]"]

    def _pull_anonymously(self, purchase: Purchase, error: HelperError) -> tuple[Held, Sequence[str]]:
        """An entry too, so that a machine without credentials does not look for them at each public pull."""
        facts = purchase.record.facts(Origin(machine_bound=True))
        held = Held(freshness.anonymous(self._came, outage=error.outage), facts, 1, _ANONYMOUS)
        failure = self._shelf.put(self._target.host, held)
        note = f"pulled from without a login: {error.message}"
        return held, self._noted([note, *purchase.notes, failure])


def _exchange(target: Target, watch: Watch) -> Token:
    # Half of what a miss takes is importing botocore: whoever finds an entry does not pay for it.
    from credhelper.aws.exchange import exchange  # noqa: PLC0415

    return exchange(target, watch)


def _said(notes: Sequence[str]) -> list[str]:
    """Give each note once, in order, without the empty ones."""
    return [note for note in dict.fromkeys(notes) if note]
