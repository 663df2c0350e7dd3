"""One run of the program: what it has, how long it may take, and what it leaves for the client and the person."""

from __future__ import annotations

import signal
from typing import TYPE_CHECKING, NamedTuple

from credhelper import children, patience
from credhelper.errors import HelperError
from credhelper.target import Access
from credhelper.watch import TimedOut, Watch, within

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

PROGRAM = "docker-credential-ecr"


class Reply(NamedTuple):
    """What a command leaves: the exit status, what goes to standard output, and notes for standard error."""

    status: int
    answer: bytes
    notes: Sequence[str] = ()


class Run:
    """What one run of a command has: what the client sent, when it is asked for; the environment; and the time."""

    def __init__(self, read: Callable[[], bytes], environ: Mapping[str, str], seconds: float, watch: Watch) -> None:
        self.read = read
        self.environ = environ
        self.seconds = seconds
        self.watch = watch
        self.debug: list[str] = []
        self.access = Access()

    def follow(self, access: Access) -> None:
        """Follow a rule, which may give the run another time than it began with, and the kernel's alarm behind it
        (__main__.py) as well.
        """
        self.access = access
        if not access.timeout:
            return
        self.seconds = access.timeout
        if hasattr(signal, "setitimer") and signal.getitimer(signal.ITIMER_REAL) != (0.0, 0.0):
            signal.setitimer(signal.ITIMER_REAL, self.seconds + 1)


def in_time(work: Callable[[Run], Reply], environ: Mapping[str, str], read: Callable[[], bytes] = bytes) -> Reply:
    """Give the reply of `work`, or the one that tells its failure.

    Whatever hangs, it ends within the seconds that a run has (patience.py); what hung then leaves the process with it.
    """
    seconds, complaint = patience.of_run(environ)
    watch = Watch()
    a_run = Run(read, environ, seconds, watch)
    try:
        status, answer, notes = within(lambda: a_run.seconds, lambda: work(a_run), watch)
    except TimedOut:
        status, answer, notes = failure(_timed_out(a_run))
    except HelperError as error:
        status, answer, notes = failure(error)
    except Exception as error:  # noqa: BLE001  (a fault of ours: still one line for the client, never a traceback)
        status, answer, notes = failure(internal(error, environ))
    if watch.left_behind:
        children.end()
    return Reply(status, answer, [*a_run.debug, *([complaint] if complaint else ()), *notes])


def failure(error: HelperError) -> Reply:
    """Give the reply that tells a failure."""
    note = f"{error.message} [{error.id}]{steps(error)}"
    return Reply(1, f"{error.message}\n".encode("utf-8", "backslashreplace"), [note])


def steps(error: HelperError) -> str:
    """Give the steps that mend it, each on a line of its own, as they stand below what was said."""
    return "".join(f"\n  {step}" for step in error.fix.split("\n"))


def internal(error: Exception, environ: Mapping[str, str]) -> HelperError:
    """Give the HelperError for a fault of ours; with CREDHELPER_DEBUG set it holds the traceback."""
    detail = ""
    if environ.get("CREDHELPER_DEBUG"):
        import traceback  # noqa: PLC0415  (only for whoever asked)

        detail = "\n" + "".join(traceback.format_exception(type(error), error, error.__traceback__))
    return HelperError(
        "internal",
        f"a fault of {PROGRAM} itself: {type(error).__name__}",
        f"please report it, with what CREDHELPER_DEBUG=1 prints{detail}",
    )


def _timed_out(a_run: Run) -> HelperError:
    if a_run.watch.at_stake:
        return HelperError(
            "login-uncertain",
            f"no answer within {a_run.seconds:g} seconds: {a_run.watch.hung()}; {a_run.watch.at_stake}",
            "look at the keyring that it names; a get then tells which it is, and the same once more does no harm",
        )
    return HelperError(
        "timed-out",
        f"no answer within {a_run.seconds:g} seconds: {a_run.watch.hung()}",
        "look at what it names; a file system or a program that hangs must be mended there\n"
        f"{a_run.access.giver_of_seconds} gives it more seconds",
    )
