"""Running one step of the stand-in, and saying which one failed."""

from __future__ import annotations

import shlex
import subprocess
from collections.abc import Mapping, Sequence


class StandInError(RuntimeError):
    """A step of the stand-in failed; the message is a full sentence with what the command itself said."""


def must(step: str, argv: Sequence[str], *, env: Mapping[str, str] | None = None) -> str:
    """Run argv and give its standard output; raise StandInError where it does not end well.

    step completes the sentence "could not ...".
    """
    done = subprocess.run(argv, env=env, stdin=subprocess.DEVNULL, capture_output=True, text=True, check=False)
    return succeeded(step, done)


def succeeded(step: str, done: subprocess.CompletedProcess[str]) -> str:
    """Give the standard output of a finished command; raise StandInError where it did not end well."""
    if done.returncode == 0:
        return done.stdout
    command = shlex.join(done.args)
    said = (done.stderr.strip() or done.stdout.strip())[-2000:] or "it said nothing"
    raise StandInError(f"could not {step}: `{command}` ended with status {done.returncode}: {said}")
