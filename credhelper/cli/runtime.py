"""Running a command: its context, its deadline, and the result of its failure."""

from __future__ import annotations

import signal
from typing import TYPE_CHECKING

from credhelper import timeouts
from credhelper.errors import HelperError
from credhelper.settings.load import load_settings
from credhelper.system import processes
from credhelper.system.context import Context, Result
from credhelper.system.deadline import DeadlineExceeded, run_with_timeout

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from credhelper.ecr.target import TokenOptions

PROGRAM = "docker-credential-ecr"


def run_with_deadline(
    work: Callable[[Context], Result], environ: Mapping[str, str], read_stdin: Callable[[], bytes] = bytes
) -> Result:
    """Return the result of `work`, or that of its failure.

    Enforces the run's deadline (timeouts.py). A hung worker thread is abandoned and ends with the process.
    """
    timeout, warning = timeouts.run_timeout(environ)
    context = Context(environ, read_stdin=read_stdin, timeout=timeout)
    try:
        result = run_with_timeout(lambda: context.timeout, lambda: work(context), context.progress)
    except DeadlineExceeded:
        result = error_result(_timeout_error(context))
    except HelperError as error:
        result = error_result(error)
    except Exception as error:  # noqa: BLE001  (a bug of ours: still one line for the client, never a traceback)
        result = error_result(internal_error(error, environ))
    if context.progress.abandoned:
        processes.kill_descendants()
    notes = [*context.debug_notes, *([warning] if warning else ()), *result.notes]
    return result._replace(notes=notes)


def load_context_settings(context: Context) -> None:
    """Load the settings for the rest of a run. Raises HelperError."""
    context.progress.step("reading the settings")
    context.settings = load_settings(context.environ)


def apply_options(context: Context, options: TokenOptions) -> None:
    """Apply the options of a rule: its timeout replaces that of the run, and of the kernel's alarm (__main__.py)."""
    context.timeout_hint = options.timeout_hint
    if not options.timeout:
        return
    context.timeout = options.timeout
    if hasattr(signal, "setitimer") and signal.getitimer(signal.ITIMER_REAL) != (0.0, 0.0):
        signal.setitimer(signal.ITIMER_REAL, context.timeout + 1)


def error_result(error: HelperError) -> Result:
    """Return the result of a failure."""
    note = f"{error.message} [{error.id}]{format_fix(error)}"
    return Result(1, f"{error.message}\n".encode("utf-8", "backslashreplace"), [note])


def format_fix(error: HelperError) -> str:
    """Return the steps that fix an error, each on an indented line of its own, to follow the message."""
    return "".join(f"\n  {step}" for step in error.fix.split("\n"))


def internal_error(error: Exception, environ: Mapping[str, str]) -> HelperError:
    """Return the HelperError for a bug of ours; with CREDHELPER_DEBUG set it contains the traceback."""
    detail = ""
    if environ.get("CREDHELPER_DEBUG"):
        import traceback  # noqa: PLC0415  (needed on request only)

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
        f"{context.timeout_hint} gives it more seconds",
    )
