"""Whether what several processes saw can be explained: by some order of all that they did, one after the other.

That is linearisability (Herlihy and Wing, 1990), found by the search of Wing and Gong. What a killed process did has
happened or has not. A store over a login of the very form is two steps for those who look at another form of the server
meanwhile, and for good if it is killed between them: the new login stands where the old one stood, and then it is the
one that was stored last.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import NamedTuple

from tests.stateful.logins.reference import Login, State, erase_login, find_login, replace_login, store_login


class Event(NamedTuple):
    """An operation of a process, between two times of the monotonic clock.

    `login` is the login that was stored, `result` that of `get` or `list`: a login or None, or {form: user name}. The
    event is not `is_confirmed` if the process was killed, or reported that the result is uncertain.
    """

    verb: str
    server: str = ""
    login: Login | None = None
    result: object = None
    started_at: float = 0.0
    ended_at: float = 0.0
    is_confirmed: bool = True


def possible_states(initial_state: State, history: Sequence[Event]) -> set[State]:
    """Give each way in which things may stand when all has happened, from `initial_state` on: none if impossible."""
    replacements = [event._replace(verb="replace", is_confirmed=False) for event in history if event.verb == "store"]
    history = [*history, *replacements]
    initial = initial_state, frozenset(range(len(history)))
    visited, pending = {initial}, [initial]
    while pending:
        state, remaining = pending.pop()
        first_end = min((history[index].ended_at for index in remaining), default=0.0)
        # Those that began later come after another one, which had ended by then.
        candidates = [index for index in remaining if history[index].started_at <= first_end]
        # What was only seen, and can be seen now, changes nothing: it need not be tried later as well.
        read_only = [index for index in candidates if _is_matching_read(state, history[index])]
        successors = {
            (next_state, remaining - {index})
            for index in read_only[:1] or candidates
            for next_state in _list_next_states(state, history[index])
        }
        pending += successors - visited
        visited |= successors
    return {state for state, remaining in visited if not remaining}


def _list_next_states(state: State, event: Event) -> Iterator[State]:
    """Give each way in which things may stand after an event; none if it cannot have seen what it saw."""
    if not event.is_confirmed or _is_matching_read(state, event):
        yield state
    if event.login is not None:
        transition = store_login if event.verb == "store" else replace_login
        yield transition(state, event.server, event.login)
    elif event.verb == "erase":
        yield erase_login(state, event.server)


def _is_matching_read(state: State, event: Event) -> bool:
    """Whether it only looked, and saw what is there to be seen."""
    if event.verb == "get":
        return event.result == find_login(state, event.server)
    return event.verb == "list" and event.result == {form: user for form, (user, _) in state}
