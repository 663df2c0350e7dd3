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

from credhelper.aws.failures import frames, profiles
from credhelper.aws.failures.words import typed
from credhelper.errors import HelperError, printable

if TYPE_CHECKING:
    from botocore.session import Session

    from credhelper.target import Target


_LONGEST = 4000  # characters of what a program wrote to standard error, the last ones


def named(session: Session) -> str:
    """Give the name of the program that the profile in use, or one that it takes its credentials from, runs; "" if
    there is none that could be run.
    """
    lines = [str(each.settings.get("credential_process", "")) for each in profiles.in_use(session)]
    try:
        name, equals, _ = shlex.split(next(filter(None, lines), ""))[0].partition("=")
        # A shell would take it for a variable, and people write what is for a shell.
        return printable(name) + ("=***" if equals else "")
    except (ValueError, IndexError):  # a quotation that is not closed; nothing
        return ""


def explain(error: Exception, target: Target, session: Session) -> HelperError:
    """Give the HelperError for what a credential_process came to."""
    name = named(session)
    ran = frames.program(error)
    if ran is None and (isinstance(error, OSError) or not name or "null byte" in str(error)):
        return _not_started(error, name or "nothing", target)
    if ran is not None and ran.returncode:
        return _failed(error, name, ran.returncode, target)
    return HelperError(
        "process-garbled",
        f"{name}, the credential_process for {target.host}, printed what are no credentials",
        "it is to print one JSON object: Version (1), AccessKeyId, SecretAccessKey, SessionToken, Expiration\n"
        f"run it, and look: {typed(name)} ...",
    )


def _not_started(error: Exception, name: str, target: Target) -> HelperError:
    why = error.strerror if isinstance(error, OSError) else "it is no command line"
    return HelperError(
        "process-missing",
        f"{name}, the credential_process for {target.host}, could not be started: {why}",
        "name it by its whole path in ~/.aws/config; Docker runs helpers with a PATH of its own\n"
        f"and let it be executable: ls -l {typed(name)}",
    )


def _failed(error: Exception, name: str, status: int, target: Target) -> HelperError:
    how = f"was ended by {_signal(-status)}" if status < 0 else f"ended with status {status}"
    complaint = ""
    if os.environ.get("CREDHELPER_DEBUG") and isinstance(error, CredentialRetrievalError):
        complaint = f"\nit said:\n{str(error.kwargs['error_msg']).rstrip()[-_LONGEST:]}"  # type: ignore[typeddict-item]
    return HelperError(
        "process-failed",
        f"{name}, the credential_process for {target.host}, {how}",
        "run it where you can see what it says (CREDHELPER_DEBUG=1 shows it here; it may hold secrets), and mend that"
        f"{complaint}",
    )


def _signal(number: int) -> str:
    try:
        return signal.Signals(number).name
    except ValueError:
        return f"signal {number}"
