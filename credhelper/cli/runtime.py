"""Running a command: its context, its deadline, and the result of its failure."""

from __future__ import annotations

from typing import TYPE_CHECKING

from credhelper import timeouts
from credhelper.cli.error_text import format_error, format_line
from credhelper.error_catalog.client import INTERNAL, TIMED_OUT
from credhelper.error_catalog.kind import INDENT
from credhelper.error_catalog.logins import LOGIN_UNCERTAIN
from credhelper.errors import HelperError, printable
from credhelper.settings.load import load_settings
from credhelper.system import processes
from credhelper.system.context import Context, Result
from credhelper.system.deadline import DeadlineExceeded, run_with_timeout

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from credhelper.ecr.target import TokenOptions


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
        result = error_result(_timeout_error(context), context.host)
    except HelperError as error:
        result = error_result(error, context.host)
    except Exception as error:  # noqa: BLE001  (a bug: still one line for the client, never a traceback)
        result = error_result(internal_error(error, environ), context.host)
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
    import signal  # noqa: PLC0415  (loads enum, and few rules have a timeout)

    if hasattr(signal, "setitimer") and signal.getitimer(signal.ITIMER_REAL) != (0.0, 0.0):
        signal.setitimer(signal.ITIMER_REAL, context.timeout + 1)


def error_result(error: HelperError, host: str = "") -> Result:
    """Return the result of an error, for `host`: one line for the client, and its cause and its fix for the user."""
    error = error.for_host(host) if host else error
    line = f"{format_line(error)}\n".encode("utf-8", "backslashreplace")
    return Result(1, line, [format_error(error)], stdout_repeats_notes=True)


def internal_error(error: Exception, environ: Mapping[str, str]) -> HelperError:
    """Return the HelperError for a bug; with CREDHELPER_DEBUG set it contains the traceback."""
    helper_error = INTERNAL.error(location=_location(error))
    if environ.get("CREDHELPER_DEBUG"):
        import traceback  # noqa: PLC0415  (needed on request only)

        from credhelper.error_catalog.redaction import redact  # noqa: PLC0415

        lines = "".join(traceback.format_exception(type(error), error, error.__traceback__)).split("\n")
        helper_error.fix = "\n".join([helper_error.fix, *(f"{INDENT}{printable(redact(line))}" for line in lines)])
    return helper_error


def _location(error: Exception) -> str:
    """Return the file and the line that raised `error`."""
    location, traceback = "unknown location", error.__traceback__
    while traceback is not None:
        location = f"{traceback.tb_frame.f_globals.get('__name__')}, line {traceback.tb_lineno}"
        traceback = traceback.tb_next
    return location


def _timeout_error(context: Context) -> HelperError:
    timeout, hang = f"{context.timeout:g}", context.progress.describe_hang()
    if context.progress.if_interrupted:
        return LOGIN_UNCERTAIN.error(timeout=timeout, hang=hang, if_interrupted=context.progress.if_interrupted)
    return TIMED_OUT.error(timeout=timeout, hang=hang, timeout_setting=context.timeout_hint)
