"""A scene: a fault, what was there before it, and what is to come of it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Callable, NamedTuple

from tests.faults.stage import HOST, NEW, Seen, Stage


class Before(NamedTuple):
    """The token that is at hand before a fault: how a table calls it, and when it was bought (None for no token)."""

    name: str
    hours_ago: float | None


NOTHING = Before("no token", None)
FRESH = Before("a token of 4 minutes", 4 / 60)
TO_BE_CHECKED = Before("a token of 6 minutes", 0.1)
DUE = Before("a token of 5 1/2 hours", 5.5)  # a hit, whose renewal has come
STALE = Before("a token of 7 hours", 7)
EXPIRED = Before("an expired token", 12.1)


def _nothing_else(_: Stage) -> bool:
    return True


class Fault(NamedTuple):
    """What befalls a machine: how a table calls it, and what causes it on a stage."""

    name: str
    cause: Callable[[Stage], object]


class Scene(NamedTuple):
    """A fault, the token that is at hand before it, and what the `get` after it comes to.

    `says` are words that the person reads (none: nothing is said), `calls` how often ECR is asked at most, and
    `holds` what else must hold afterwards. `suite` is False for what tests/contract shows on loopback, and for what
    takes too long; `rival` says that the incumbent is put into the same fault; `docker` that an Engine is needed.
    """

    fault: Fault
    before: Before
    answer: str
    says: Sequence[str] = ()
    calls: int = 0
    get: Callable[[Stage], Seen] = Stage.get
    holds: Callable[[Stage], bool] = _nothing_else
    suite: bool = True
    rival: bool = False
    docker: bool = False


class Outcome(NamedTuple):
    """What came of a scene: what was seen, the calls to metadata and to ECR, the entries that are lost, and whether
    all else holds.
    """

    seen: Seen
    calls: tuple[int, int]
    lost: Sequence[str]
    held: bool


def play(scene: Scene, stage: Stage) -> Outcome:
    """Play a scene on a stage that has what was there before it."""
    scene.fault.cause(stage)
    before = stage.entries()
    stage.forget()
    seen = scene.get(stage)
    calls = stage.calls()
    after = stage.entries()
    # An entry may have made room for one with a newer token, and for nothing else.
    renewed = {path for path in after if seen.answer == NEW and HOST in path}
    lost = [path for path in before if path not in renewed and after.get(path) != before[path]]
    return Outcome(seen, calls, lost, scene.holds(stage))


def unlike(scene: Scene, outcome: Outcome) -> Iterator[str]:
    """Give a sentence for each fact of an outcome that is not as the scene has it."""
    seen = outcome.seen
    if seen.answer != scene.answer:
        yield f"it came to {seen.answer} and not to {scene.answer}: {seen.said}"
    if seen.said and not scene.says:
        yield f"it said: {seen.said}"
    yield from (f"it did not say {words!r}, but: {seen.said}" for words in scene.says if words not in seen.said)
    if outcome.calls[1] > scene.calls:
        yield f"ECR was asked {outcome.calls[1]} times"
    yield from (f"{path} is lost" for path in outcome.lost)
    if not outcome.held:
        yield "what else must hold does not"
