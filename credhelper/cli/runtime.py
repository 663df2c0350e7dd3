"""One run of the program: what it has, how long it may take, and what it leaves for the client and the person."""

from __future__ import annotations

import signal
from typing import TYPE_CHECKING, NamedTuple

from credhelper import timeouts
from credhelper.ecr.target import TokenOptions
from credhelper.errors import HelperError
from credhelper.system import processes
from credhelper.system.deadline import DeadlineExceeded, Progress, run_with_timeout

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

PROGRAM = "docker-credential-ecr"


class Result(NamedTuple):
    """What a command leaves: the exit status, what goes to standard output, and notes for standard error."""

    status: int
    stdout: bytes
    notes: Sequence[str] = ()


class Context:
    """What one run of a command has: what the client sent, when it is asked for; the environment; and the time."""

    def __init__(
        self, read: Callable[[], bytes], environ: Mapping[str, str], timeout: float, progress: Progress
    ) -> None:
        self.read = read
        self.environ = environ
        self.timeout = timeout
        self.progress = progress
        self.debug_notes: list[str] = []
        self.options = TokenOptions()

    def apply_options(self, options: TokenOptions) -> None:
        """Follow a rule, which may give the run another time than it began with, and the kernel's alarm behind it
        (__main__.py) as well.
        """
        self.options = options
        if not options.timeout:
            return
        self.timeout = options.timeout
        if hasattr(signal, "setitimer") and signal.getitimer(signal.ITIMER_REAL) != (0.0, 0.0):
            signal.setitimer(signal.ITIMER_REAL, self.timeout + 1)


def run_with_deadline(
    work: Callable[[Context], Result], environ: Mapping[str, str], read: Callable[[], bytes] = bytes
) -> Result:
    """Give the reply of `work`, or the one that tells its failure.

    Whatever hangs, it ends within the seconds that a run has (timeouts.py); what hung then leaves the process with it.
    """
    timeout, warning = timeouts.run_timeout(environ)
    progress = Progress()
    context = Context(read, environ, timeout, progress)
    try:
        status, stdout, notes = run_with_timeout(lambda: context.timeout, lambda: work(context), progress)
    except DeadlineExceeded:
        status, stdout, notes = error_result(_timeout_error(context))
    except HelperError as error:
        status, stdout, notes = error_result(error)
    except Exception as error:  # noqa: BLE001  (a fault of ours: still one line for the client, never a traceback)
        status, stdout, notes = error_result(internal_error(error, environ))
    if progress.abandoned:
        processes.kill_descendants()
    return Result(status, stdout, [*context.debug_notes, *([warning] if warning else ()), *notes])


def error_result(error: HelperError) -> Result:
    """Give the reply that tells a failure."""
    note = f"{error.message} [{error.id}]{format_fix(error)}"
    return Result(1, f"{error.message}\n".encode("utf-8", "backslashreplace"), [note])


def format_fix(error: HelperError) -> str:
    """Give the steps that mend it, each on a line of its own, as they stand below what was said."""
    return "".join(f"\n  {step}" for step in error.fix.split("\n"))


def internal_error(error: Exception, environ: Mapping[str, str]) -> HelperError:
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


def _timeout_error(context: Context) -> HelperError:
    if context.progress.if_interrupted:
        return HelperError(
            "login-uncertain",
            f"no answer within {context.timeout:g} seconds: {context.progress.describe_hang()}; "
            f"{context.progress.if_interrupted}",
            "look at the keyring that it names; a get then tells which it is, and the same once more does no harm",
        )
    return HelperError(
        "timed-out",
        f"no answer within {context.timeout:g} seconds: {context.progress.describe_hang()}",
        "look at what it names; a file system or a program that hangs must be mended there\n"
        f"{context.options.timeout_hint} gives it more seconds",
    )
