"""Whether what several processes saw can be explained: by some order of all that they did, one after the other.

That is linearisability (Herlihy and Wing, 1990), found by the search of Wing and Gong. What a killed process did has
happened or has not. A store over a login of the very form is two steps for those who look at another form of the server
meanwhile, and for good if it is killed between them: the new login stands where the old one stood, and then it is the
one that was stored last.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import NamedTuple

from tests.model.logins.reference import Kept, Login, erased, found, renewed, stored


class Event(NamedTuple):
    """Something that a process did, between two moments of the clock that nobody can set.

    `login` is what was stored, `saw` what `get` or `list` gave: a login or None, or {form: user name}. It is not
    `answered` where it was killed, or said that it does not know whether it has happened.
    """

    verb: str
    server: str = ""
    login: Login | None = None
    saw: object = None
    began: float = 0.0
    ended: float = 0.0
    answered: bool = True


def ways(kept: Kept, history: Sequence[Event]) -> set[Kept]:
    """Give each way in which things may stand when all has happened, beginning with `kept`: none if that cannot be."""
    renewals = [event._replace(verb="renew", answered=False) for event in history if event.verb == "store"]
    history = [*history, *renewals]
    begin = kept, frozenset(range(len(history)))
    seen, left = {begin}, [begin]
    while left:
        now, waiting = left.pop()
        first = min((history[each].ended for each in waiting), default=0.0)
        # Those that began later come after another one, which had ended by then.
        next_ = [each for each in waiting if history[each].began <= first]
        # What was only seen, and can be seen now, changes nothing: it need not be tried later as well.
        fitting = [each for each in next_ if _fits(now, history[each])]
        then = {(after, waiting - {each}) for each in fitting[:1] or next_ for after in _after(now, history[each])}
        left += then - seen
        seen |= then
    return {now for now, waiting in seen if not waiting}


def _after(kept: Kept, event: Event) -> Iterator[Kept]:
    """Give each way in which things may stand after an event; none if it cannot have seen what it saw."""
    if not event.answered or _fits(kept, event):
        yield kept
    if event.login is not None:
        change = stored if event.verb == "store" else renewed
        yield change(kept, event.server, event.login)
    elif event.verb == "erase":
        yield erased(kept, event.server)


def _fits(kept: Kept, event: Event) -> bool:
    """Whether it only looked, and saw what is there to be seen."""
    if event.verb == "get":
        return event.saw == found(kept, event.server)
    return event.verb == "list" and event.saw == {form: user for form, (user, _) in kept}
