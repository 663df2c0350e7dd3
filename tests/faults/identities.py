"""A role that is another one now, a clock that is wrong, and a time to run that is none."""

from __future__ import annotations

from typing import Callable

from tests.faults.causes import Cause, by, nothing, ran, told
from tests.faults.scene import FRESH, NOTHING, TO_BE_CHECKED, Fault, Scene
from tests.faults.stage import AT_HAND, NEW, NONE, Seen, Stage

SLOW_LOOK = {"metadata": 1}  # seconds; the look behind a hit is not done before the client has its answer

_ANOTHER_BOOT = "cat /proc/sys/kernel/random/uuid > /run/boot_id"
_COMPLAINT = "CREDHELPER_TIMEOUT is not a number of seconds"


def clock(moved: str) -> tuple[str, ...]:
    """Give the words that run a program with its wall clock moved; the one that nobody can set goes on."""
    return ("env", "FAKETIME_DONT_FAKE_MONOTONIC=1", "faketime", "-f", moved)


def looked_at(**change: object) -> Cause:
    """Exchange the role, and get once, which has it looked at."""

    def cause(stage: Stage) -> None:
        before = stage.entries()
        stage.tell(**change)
        stage.get()
        stage.wait(lambda: stage.entries() != before)

    return cause


def forth_and_back(stage: Stage) -> None:
    stage.tell(ecr="skewed")
    stage.get(*clock("+13h"))
    stage.tell(ecr="ok")


def with_timeout(text: str) -> Callable[[Stage], Seen]:
    return by("env", f"CREDHELPER_TIMEOUT={text}")


OTHER_ROLE = Fault("the role is exchanged for another", told(role="other-role", delay=SLOW_LOOK))
LOOKED_AT = Fault("the same, and one `get` later", looked_at(role="other-role"))
NAMESAKE = Fault("another account's role of the same name, and one `get` later", looked_at(account="210987654321"))
ROTATED = Fault("the role's keys rotate", told(rotate=True))
REBOOT = Fault("a reboot", ran(_ANOTHER_BOOT))
SET_BACK = Fault("the clock is set back by 3 hours", nothing)
SET_FORTH = Fault("the clock is set forth by 5 hours", nothing)
TOO_FAR = Fault("the clock is set forth by 13 hours, so that AWS refuses what is signed", told(ecr="skewed"))
FORTH_AND_BACK = Fault("the same, and set right again", forth_and_back)
NO_TIMES = [Fault(f"CREDHELPER_TIMEOUT={text}", nothing) for text in ("abc", "-1", "1e9")]
TWO_SECONDS = Fault("CREDHELPER_TIMEOUT=2, and ECR never answers", told(ecr="hang"))

SCENES = (
    Scene(OTHER_ROLE, TO_BE_CHECKED, AT_HAND),
    Scene(LOOKED_AT, TO_BE_CHECKED, NEW),
    Scene(NAMESAKE, TO_BE_CHECKED, NEW, suite=False),
    Scene(ROTATED, TO_BE_CHECKED, AT_HAND, suite=False),
    Scene(REBOOT, FRESH, NEW, calls=1),
    Scene(SET_BACK, FRESH, AT_HAND, get=by(*clock("-3h"))),
    Scene(SET_FORTH, FRESH, AT_HAND, get=by(*clock("+5h"))),
    Scene(
        TOO_FAR,
        FRESH,
        NONE,
        ["set the clock", "13 h 0 min ahead of AWS's", "[clock-skewed]"],
        calls=1,
        get=by(*clock("+13h")),
    ),
    Scene(FORTH_AND_BACK, FRESH, AT_HAND),
    *(
        Scene(fault, NOTHING, NEW, [_COMPLAINT], calls=1, get=with_timeout(fault.name.partition("=")[2]), suite=False)
        for fault in NO_TIMES
    ),
    Scene(TWO_SECONDS, NOTHING, NONE, ["[timed-out]"], calls=1, get=with_timeout("2"), suite=False),
)
