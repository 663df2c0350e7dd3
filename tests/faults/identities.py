"""A role that was replaced, a clock that is wrong, and an invalid timeout."""

from __future__ import annotations

from typing import Callable

from tests.faults.causes import Cause, configure_fake, do_nothing, run_get_with, run_script
from tests.faults.fault_setup import CACHED, NEW, NO_TOKEN, RunResult, Sandbox
from tests.faults.scenario import FRESH, NO_INITIAL_TOKEN, TO_BE_CHECKED, Fault, Scenario

SLOW_METADATA = {"metadata": 1}  # seconds; the look behind a hit is not done before the client has its answer

_NEW_BOOT_SCRIPT = "cat /proc/sys/kernel/random/uuid > /run/boot_id"
_BAD_TIMEOUT_NOTE = "CREDHELPER_TIMEOUT is not a number of seconds"


def with_clock(offset: str) -> tuple[str, ...]:
    """Return the arguments that run a program with another wall clock; the monotonic clock is not changed."""
    return ("env", "FAKETIME_DONT_FAKE_MONOTONIC=1", "faketime", "-f", offset)


def change_and_revalidate(**changes: object) -> Cause:
    """Exchange the role, and get once, which has it looked at."""

    def cause(sandbox: Sandbox) -> None:
        entries_before = sandbox.list_entries()
        sandbox.configure(**changes)
        sandbox.run_get()
        sandbox.wait_until(lambda: sandbox.list_entries() != entries_before)

    return cause


def move_clock_forth_and_back(sandbox: Sandbox) -> None:
    sandbox.configure(ecr="skewed")
    sandbox.run_get(*with_clock("+13h"))
    sandbox.configure(ecr="ok")


def with_timeout(text: str) -> Callable[[Sandbox], RunResult]:
    return run_get_with("env", f"CREDHELPER_TIMEOUT={text}")


OTHER_ROLE = Fault("the role is replaced by another one", configure_fake(role="other-role", delay=SLOW_METADATA))
OTHER_ROLE_REVALIDATED = Fault("the same, and one `get` later", change_and_revalidate(role="other-role"))
NAMESAKE = Fault(
    "another account's role of the same name, and one `get` later", change_and_revalidate(account="210987654321")
)
ROTATED = Fault("the role's keys rotate", configure_fake(rotate=True))
REBOOT = Fault("a reboot", run_script(_NEW_BOOT_SCRIPT))
SET_BACK = Fault("the clock is set back by 3 hours", do_nothing)
SET_FORTH = Fault("the clock is set forward by 5 hours", do_nothing)
FAR_FORTH = Fault(
    "the clock is set forward by 13 hours, so that AWS rejects the signature", configure_fake(ecr="skewed")
)
CLOCK_CORRECTED = Fault("the same, and then corrected", move_clock_forth_and_back)
BAD_TIMEOUTS = [Fault(f"CREDHELPER_TIMEOUT={text}", do_nothing) for text in ("abc", "-1", "1e9")]
TWO_SECONDS = Fault("CREDHELPER_TIMEOUT=2, and ECR never answers", configure_fake(ecr="hang"))

SCENARIOS = (
    Scenario(OTHER_ROLE, TO_BE_CHECKED, CACHED),
    Scenario(OTHER_ROLE_REVALIDATED, TO_BE_CHECKED, NEW),
    Scenario(NAMESAKE, TO_BE_CHECKED, NEW, in_suite=False),
    Scenario(ROTATED, TO_BE_CHECKED, CACHED, in_suite=False),
    Scenario(REBOOT, FRESH, NEW, max_calls=1),
    Scenario(SET_BACK, FRESH, CACHED, run=run_get_with(*with_clock("-3h"))),
    Scenario(SET_FORTH, FRESH, CACHED, run=run_get_with(*with_clock("+5h"))),
    Scenario(
        FAR_FORTH,
        FRESH,
        NO_TOKEN,
        ["set the clock", "13 h 0 min ahead of AWS's", "[clock-skewed]"],
        max_calls=1,
        run=run_get_with(*with_clock("+13h")),
    ),
    Scenario(CLOCK_CORRECTED, FRESH, CACHED),
    *(
        Scenario(
            fault,
            NO_INITIAL_TOKEN,
            NEW,
            [_BAD_TIMEOUT_NOTE],
            max_calls=1,
            run=with_timeout(fault.name.partition("=")[2]),
            in_suite=False,
        )
        for fault in BAD_TIMEOUTS
    ),
    Scenario(
        TWO_SECONDS, NO_INITIAL_TOKEN, NO_TOKEN, ["[timed-out]"], max_calls=1, run=with_timeout("2"), in_suite=False
    ),
)
