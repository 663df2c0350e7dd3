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
from credhelper.aws.diagnosis.quoting import shell_quote
from credhelper.errors import HelperError, printable

if TYPE_CHECKING:
    from botocore.session import Session

    from credhelper.aws.observer import Observer
    from credhelper.ecr.target import Target


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
        return printable(name) + ("=***" if separator else "")
    except (ValueError, IndexError):  # a quotation that is not closed; nothing
        return ""


def diagnose(error: Exception, target: Target, observer: Observer) -> HelperError:
    """Give the HelperError for what a credential_process came to."""
    program = find_program(observer.session)
    process = observer.process
    if process is None and (isinstance(error, OSError) or not program or "null byte" in str(error)):
        return _not_started_error(error, program or "nothing", target)
    if process is not None and process.returncode:
        return _failed_error(error, program, process.returncode, target)
    return HelperError(
        "process-garbled",
        f"{program}, the credential_process for {target.host}, printed what are no credentials",
        "it is to print one JSON object: Version (1), AccessKeyId, SecretAccessKey, SessionToken, Expiration\n"
        f"run it, and look: {shell_quote(program)} ...",
    )


def _not_started_error(error: Exception, program: str, target: Target) -> HelperError:
    reason = error.strerror if isinstance(error, OSError) else "it is no command line"
    return HelperError(
        "process-missing",
        f"{program}, the credential_process for {target.host}, could not be started: {reason}",
        "name it by its whole path in ~/.aws/config; Docker runs helpers with a PATH of its own\n"
        f"and let it be executable: ls -l {shell_quote(program)}",
    )


def _failed_error(error: Exception, program: str, status: int, target: Target) -> HelperError:
    outcome = f"was ended by {_signal_name(-status)}" if status < 0 else f"ended with status {status}"
    stderr = ""
    if os.environ.get("CREDHELPER_DEBUG") and isinstance(error, CredentialRetrievalError):
        stderr = f"\nit said:\n{str(error.kwargs['error_msg']).rstrip()[-_MAX_LENGTH:]}"  # type: ignore[typeddict-item]
    return HelperError(
        "process-failed",
        f"{program}, the credential_process for {target.host}, {outcome}",
        "run it where you can see what it says (CREDHELPER_DEBUG=1 shows it here; it may hold secrets), and mend that"
        f"{stderr}",
    )


def _signal_name(number: int) -> str:
    try:
        return signal.Signals(number).name
    except ValueError:
        return f"signal {number}"
