"""A scene: a fault, what was there before it, and what is to come of it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Callable, NamedTuple

from tests.faults.fault_setup import HOST, NEW, RunResult, Sandbox


class InitialToken(NamedTuple):
    """The cached token before a fault: its name in the table, and its age (None for no token)."""

    name: str
    hours_ago: float | None


NO_INITIAL_TOKEN = InitialToken("no token", None)
FRESH = InitialToken("a token 4 minutes old", 4 / 60)
TO_BE_CHECKED = InitialToken("a token 6 minutes old", 0.1)
DUE = InitialToken("a token 5 1/2 hours old", 5.5)  # a hit, whose renewal has come
STALE = InitialToken("a token 7 hours old", 7)
EXPIRED = InitialToken("an expired token", 12.1)


def has_no_more_conditions(_: Sandbox) -> bool:
    return True


class Fault(NamedTuple):
    """What befalls a machine: how a table calls it, and what causes it on a stage."""

    name: str
    cause: Callable[[Sandbox], object]


class Scenario(NamedTuple):
    """A fault, the cached token before it, and the expected result of the `get` after it.

    `message_parts` are words that the person reads (none: nothing is said), `max_calls` how often ECR is asked at most,
    and `check` what else must hold afterwards. `in_suite` is False for what tests/contract shows on loopback, and for
    what takes too long; `with_incumbent` says that the incumbent is put into the same fault; `needs_docker` that an
    Engine is needed.
    """

    fault: Fault
    initial_token: InitialToken
    answer: str
    message_parts: Sequence[str] = ()
    max_calls: int = 0
    run: Callable[[Sandbox], RunResult] = Sandbox.run_get
    check: Callable[[Sandbox], bool] = has_no_more_conditions
    in_suite: bool = True
    with_incumbent: bool = False
    needs_docker: bool = False


class Outcome(NamedTuple):
    """The outcome of a scenario: the run, the calls to metadata and to ECR, lost entries, and further checks."""

    run: RunResult
    calls: tuple[int, int]
    lost: Sequence[str]
    is_check_passed: bool


def run_scenario(scenario: Scenario, sandbox: Sandbox) -> Outcome:
    """Play a scene on a stage that has what was there before it."""
    scenario.fault.cause(sandbox)
    entries_before = sandbox.list_entries()
    sandbox.forget()
    run = scenario.run(sandbox)
    calls = sandbox.count_calls()
    entries_after = sandbox.list_entries()
    # An entry may have made room for one with a newer token, and for nothing else.
    refreshed = {path for path in entries_after if run.answer == NEW and HOST in path}
    lost = [
        path for path in entries_before if path not in refreshed and entries_after.get(path) != entries_before[path]
    ]
    return Outcome(run, calls, lost, scenario.check(sandbox))


def find_differences(scenario: Scenario, outcome: Outcome) -> Iterator[str]:
    """Return a sentence for each part of an outcome that is not as the scenario expects."""
    run = outcome.run
    if run.answer != scenario.answer:
        yield f"it came to {run.answer} and not to {scenario.answer}: {run.stderr_text}"
    if run.stderr_text and not scenario.message_parts:
        yield f"it said: {run.stderr_text}"
    yield from (
        f"it did not say {part!r}, but: {run.stderr_text}"
        for part in scenario.message_parts
        if part not in run.stderr_text
    )
    if outcome.calls[1] > scenario.max_calls:
        yield f"ECR was asked {outcome.calls[1]} times"
    yield from (f"{path} is lost" for path in outcome.lost)
    if not outcome.is_check_passed:
        yield "what else must hold does not"
