"""The credential_process of a profile: that it could not be run, failed, or printed something else.

Its arguments, what it printed and what it complained of may hold secrets; its name and its exit status do not. What it
wrote to standard error is shown under CREDHELPER_DEBUG.
"""

from __future__ import annotations

import os
import shlex
import signal
from typing import TYPE_CHECKING

from botocore.exceptions import CredentialRetrievalError

from credhelper.aws.diagnosis import profiles
from credhelper.error_catalog import credential_sources as catalog
from credhelper.error_catalog.kind import INDENT
from credhelper.errors import printable

if TYPE_CHECKING:
    from botocore.session import Session

    from credhelper.aws.observer import Observer
    from credhelper.errors import HelperError


_MAX_LENGTH = 4000  # characters of what a program wrote to standard error, the last ones


def find_program(session: Session) -> str:
    """Give the name of the program that the profile in use, or one that it takes its credentials from, runs; "" if
    there is none that could be run.
    """
    command_lines = [
        str(profile.settings.get("credential_process", "")) for profile in profiles.iter_active_profiles(session)
    ]
    try:
        name, separator, _ = shlex.split(next(filter(None, command_lines), ""))[0].partition("=")
        # A shell would take it for a variable, and people write what is for a shell.
        return name + ("=***" if separator else "")
    except (ValueError, IndexError):  # a quotation that is not closed; nothing
        return ""


def diagnose(error: Exception, observer: Observer) -> HelperError:
    """Give the HelperError for what a credential_process came to."""
    program, process = find_program(observer.session), observer.process
    if process is None and (isinstance(error, OSError) or not program or "null byte" in str(error)):
        reason = error.strerror if isinstance(error, OSError) else catalog.NO_COMMAND_LINE
        return catalog.PROCESS_MISSING.error(program=program or catalog.NO_PROGRAM, reason=str(reason))
    if process is not None and process.returncode:
        return _failed_error(error, program, process.returncode)
    return catalog.PROCESS_GARBLED.error(program=program)


def _failed_error(error: Exception, program: str, status: int) -> HelperError:
    by_signal = catalog.ENDED_BY_SIGNAL.format(signal=_signal_name(-status))
    outcome = by_signal if status < 0 else catalog.ENDED_WITH_STATUS.format(status=status)
    helper_error = catalog.PROCESS_FAILED.error(program=program, outcome=outcome)
    if os.environ.get("CREDHELPER_DEBUG") and isinstance(error, CredentialRetrievalError):
        # Verbatim, in all its lines, and with what secrets are in it: that is what was asked for.
        stderr = str(error.kwargs["error_msg"]).rstrip()[-_MAX_LENGTH:]  # type: ignore[typeddict-item]
        lines = (f"{INDENT}{printable(line)}" for line in stderr.split("\n"))
        helper_error.fix = "\n".join([helper_error.fix, "it printed on standard error:", *lines])
    return helper_error


def _signal_name(number: int) -> str:
    try:
        return signal.Signals(number).name
    except ValueError:
        return f"signal {number}"
