"""How a demonstration speaks: commands as a person would type them, what they print, and what was counted."""

from __future__ import annotations

import json
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING, Protocol

from tests.instance.commands import StandInError

if TYPE_CHECKING:
    from tests.instance.services import Cloud, Control

HOST = "123456789012.dkr.ecr.us-east-1.amazonaws.com"
CONFIG = f'{{"credHelpers": {{"{HOST}": "ecr"}}}}\n'


class Stage(Protocol):
    """Where commands are run: a machine, or this one with the stand-in on its loopback."""

    @property
    def control(self) -> Cloud | Control:
        """What the stand-in can be told and asked."""

    def run(self, argv: Sequence[str], *, input: str | None = None) -> subprocess.CompletedProcess[str]:  # noqa: A002
        """Run a command as subprocess.run would."""


def title(text: str) -> None:
    """Say what comes next."""
    line()
    line(text, bold=True)


def line(text: str = "", *, bold: bool = False) -> None:
    """Say something."""
    sys.stdout.write(f"\033[1m{text}\033[0m\n" if bold and sys.stdout.isatty() else f"{text}\n")
    sys.stdout.flush()


@contextmanager
def timed(what: str) -> Iterator[None]:
    """Say how long something took."""
    began = time.monotonic()
    yield
    line(f"  {time.monotonic() - began:5.1f} s  {what}")


def typed(stage: Stage, command: str, *, fails: bool = False, quiet: bool = False, shows: str = "") -> None:
    """Run a command as a person would, show it and what it prints; StandInError if it does not do what it should."""
    done = stage.run(command.split())
    printed = done.stderr + done.stdout
    if not quiet:
        line(f"$ {command}", bold=True)
        for each in printed.splitlines():
            line(f"  {each}")
    if (done.returncode != 0) != fails or shows not in printed:
        raise StandInError(f"`{command}` ended with status {done.returncode} and said: {printed.strip()}")


def asked(stage: Stage, helper: str, verb: str, *, fails: bool = False, shows: str = "") -> None:
    """Ask the helper as a client does, and show its answer without the secret."""
    done = stage.run([helper, verb], input=HOST)
    line(f"$ echo {HOST} | docker-credential-ecr {verb}", bold=True)
    for each in (done.stderr + _without_secret(done.stdout)).splitlines():
        line(f"  {each}")
    if (done.returncode != 0) != fails or shows not in done.stderr:
        raise StandInError(f"`docker-credential-ecr {verb}` ended with status {done.returncode}: {done.stderr.strip()}")


def counted(stage: Stage, expected: dict[str, int]) -> None:
    """Say which calls to AWS were counted; StandInError if they are others."""
    calls = {name: count for name, count in stage.control.calls().items() if count and name != "registry"}
    line("  calls to AWS: " + (", ".join(f"{count} of {name}" for name, count in calls.items()) or "none"))
    if calls != expected:
        raise StandInError(f"expected these calls to AWS: {expected}, and counted {calls}")


def _without_secret(answer: str) -> str:
    try:
        told = json.loads(answer)
    except ValueError:
        return answer
    return json.dumps({**told, "Secret": f"... {len(told['Secret'])} characters ..."})
