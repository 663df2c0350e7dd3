"""Output of a demonstration: commands as a user would type them, their output, and the number of calls to AWS."""

from __future__ import annotations

import json
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING, Protocol

from tests.fake_ec2.commands import StandInError

if TYPE_CHECKING:
    from tests.fake_ec2.services import Cloud, Control

HOST = "123456789012.dkr.ecr.us-east-1.amazonaws.com"
CONFIG = f'{{"credHelpers": {{"{HOST}": "ecr"}}}}\n'


class Target(Protocol):
    """The place where commands run: a machine, or this machine with the stand-in on its loopback."""

    @property
    def control(self) -> Cloud | Control:
        """The interface that configures and queries the stand-in."""

    def run(self, argv: Sequence[str], *, input: str | None = None) -> subprocess.CompletedProcess[str]:  # noqa: A002
        """Run a command as subprocess.run would."""


def print_title(text: str) -> None:
    """Print the title of the next part."""
    print_line()
    print_line(text, bold=True)


def print_line(text: str = "", *, bold: bool = False) -> None:
    """Print a line."""
    sys.stdout.write(f"\033[1m{text}\033[0m\n" if bold and sys.stdout.isatty() else f"{text}\n")
    sys.stdout.flush()


@contextmanager
def print_duration(step: str) -> Iterator[None]:
    """Print the duration of a step, in seconds."""
    started_at = time.monotonic()
    yield
    print_line(f"  {time.monotonic() - started_at:5.1f} s  {step}")


def run_and_print(
    target: Target, command: str, *, should_fail: bool = False, quiet: bool = False, expected: str = ""
) -> None:
    """Run a command as a user would and print it and its output. Raises StandInError on an unexpected result."""
    result = target.run(command.split())
    output = result.stderr + result.stdout
    if not quiet:
        print_line(f"$ {command}", bold=True)
        for line in output.splitlines():
            print_line(f"  {line}")
    if (result.returncode != 0) != should_fail or expected not in output:
        raise StandInError(f"`{command}` ended with status {result.returncode} and said: {output.strip()}")


def ask_helper(target: Target, helper: str, verb: str, *, should_fail: bool = False, expected: str = "") -> None:
    """Call the helper as a client does and print its answer without the secret.

    Raises StandInError on an unexpected result.
    """
    result = target.run([helper, verb], input=HOST)
    print_line(f"$ echo {HOST} | docker-credential-ecr {verb}", bold=True)
    for line in (result.stderr + _hide_secret(result.stdout)).splitlines():
        print_line(f"  {line}")
    if (result.returncode != 0) != should_fail or expected not in result.stderr:
        raise StandInError(
            f"`docker-credential-ecr {verb}` ended with status {result.returncode}: {result.stderr.strip()}"
        )


def check_calls(target: Target, expected: dict[str, int]) -> None:
    """Print the calls to AWS. Raises StandInError if they differ from `expected`."""
    calls = {name: count for name, count in target.control.count_calls().items() if count and name != "registry"}
    print_line("  calls to AWS: " + (", ".join(f"{count} of {name}" for name, count in calls.items()) or "none"))
    if calls != expected:
        raise StandInError(f"expected these calls to AWS: {expected}, and counted {calls}")


def _hide_secret(answer: str) -> str:
    try:
        login = json.loads(answer)
    except ValueError:
        return answer
    return json.dumps({**login, "Secret": f"... {len(login['Secret'])} characters ..."})
