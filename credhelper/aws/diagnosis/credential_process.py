"""The credential_process of a profile, if it could not be run, failed, or printed invalid output.

Its arguments, its output and its error messages may hold secrets; its name and its exit status do not. Its standard
error is shown if CREDHELPER_DEBUG is set.
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


_MAX_LENGTH = 4000  # characters that are shown of a program's standard error, from its end


def find_program(session: Session) -> str:
    """Return the name of the program that the profile in use, or one of its source profiles, runs.

    Return "" if no profile has a credential_process that could be run.
    """
    command_lines = [
        str(profile.settings.get("credential_process", "")) for profile in profiles.iter_active_profiles(session)
    ]
    try:
        name, separator, _ = shlex.split(next(filter(None, command_lines), ""))[0].partition("=")
        # In a shell this would assign a variable, and users write shell commands here; the value may be secret.
        return name + ("=***" if separator else "")
    except (ValueError, IndexError):  # an unclosed quotation, or an empty command
        return ""


def diagnose(error: Exception, observer: Observer) -> HelperError:
    """Return the HelperError for a credential_process that could not be run, failed, or printed invalid output."""
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
        # All lines are shown, with any secrets in them, since the user set CREDHELPER_DEBUG.
        stderr = str(error.kwargs["error_msg"]).rstrip()[-_MAX_LENGTH:]  # type: ignore[typeddict-item]
        lines = (f"{INDENT}{printable(line)}" for line in stderr.split("\n"))
        helper_error.fix = "\n".join([helper_error.fix, "it printed on standard error:", *lines])
    return helper_error


def _signal_name(number: int) -> str:
    try:
        return signal.Signals(number).name
    except ValueError:
        return f"signal {number}"
