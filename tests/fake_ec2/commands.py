"""Runs one step of the stand-in and reports the step that failed."""

from __future__ import annotations

import shlex
import subprocess
from collections.abc import Mapping, Sequence


class StandInError(RuntimeError):
    """A step of the stand-in failed; the message is a full sentence that includes the command's own output."""


def check_output(step: str, argv: Sequence[str], *, env: Mapping[str, str] | None = None) -> str:
    """Run argv and return its standard output. Raises StandInError if it fails.

    `step` completes the sentence "could not ...".
    """
    result = subprocess.run(argv, env=env, stdin=subprocess.DEVNULL, capture_output=True, text=True, check=False)
    return check_result(step, result)


def check_result(step: str, result: subprocess.CompletedProcess[str]) -> str:
    """Return the standard output of a finished command. Raises StandInError if it failed."""
    if result.returncode == 0:
        return result.stdout
    command = shlex.join(result.args)
    message = (result.stderr.strip() or result.stdout.strip())[-2000:] or "it said nothing"
    raise StandInError(f"could not {step}: `{command}` ended with status {result.returncode}: {message}")
