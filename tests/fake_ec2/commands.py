"""Running one step of the stand-in, and saying which one failed."""

from __future__ import annotations

import shlex
import subprocess
from collections.abc import Mapping, Sequence


class StandInError(RuntimeError):
    """A step of the stand-in failed; the message is a full sentence with what the command itself said."""


def check_output(step: str, argv: Sequence[str], *, env: Mapping[str, str] | None = None) -> str:
    """Run argv and give its standard output; raise StandInError where it does not end well.

    step completes the sentence "could not ...".
    """
    result = subprocess.run(argv, env=env, stdin=subprocess.DEVNULL, capture_output=True, text=True, check=False)
    return check_result(step, result)


def check_result(step: str, result: subprocess.CompletedProcess[str]) -> str:
    """Give the standard output of a finished command; raise StandInError where it did not end well."""
    if result.returncode == 0:
        return result.stdout
    command = shlex.join(result.args)
    message = (result.stderr.strip() or result.stdout.strip())[-2000:] or "it said nothing"
    raise StandInError(f"could not {step}: `{command}` ended with status {result.returncode}: {message}")
