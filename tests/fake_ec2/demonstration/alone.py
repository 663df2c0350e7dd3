"""Demonstration without namespaces: the helper alone, with the stand-in for AWS on this machine's loopback."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

from tests.fake_ec2.commands import check_output
from tests.fake_ec2.demonstration.narration import (
    Target,
    ask_helper,
    check_calls,
    print_duration,
    print_line,
    print_title,
)
from tests.fake_ec2.services import Loopback, serve

ROOT = Path(__file__).parents[3]


class ThisMachine(NamedTuple):
    """The machine that runs this, with an environment that points to the stand-in and a separate home directory."""

    control: Loopback
    home: Path

    def run(self, argv: Sequence[str], *, input: str | None = None) -> subprocess.CompletedProcess[str]:  # noqa: A002
        """Run a command without the caller's environment."""
        environment = {"PATH": "/usr/bin:/bin", "HOME": str(self.home), **self.control.environment()}
        return subprocess.run(argv, input=input or "", env=environment, capture_output=True, text=True, check=False)


def demonstrate(directory: Path) -> None:
    """Install the helper in `directory` and call it as a client does."""
    print_title("The helper alone, with a stand-in for AWS on the loopback")
    helper = install(directory)
    home = directory / "home"
    home.mkdir(mode=0o700)
    with serve() as cloud:
        demonstrate_get(ThisMachine(cloud, home), helper)


def install(directory: Path) -> str:
    """Install this checkout into a virtual environment in `directory` and return the path of the helper."""
    with print_duration("pip install of this checkout"):
        check_output(
            "make an environment (Debian's needs python3-venv)", [sys.executable, "-m", "venv", str(directory / "venv")]
        )
        check_output("install the checkout", [str(directory / "venv/bin/pip"), "install", "--quiet", str(ROOT)])
    return str(directory / "venv/bin/docker-credential-ecr")


def demonstrate_get(target: Target, helper: str) -> None:
    """Get a token twice, then get one with a role that lacks the policy."""
    print_title("The first get")
    ask_helper(target, helper, "get")
    check_calls(target, {"metadata": 6, "ecr": 1})
    print_title("The second get")
    target.control.forget()
    ask_helper(target, helper, "get")
    check_calls(target, {})
    print_title("A role without the policy")
    ask_helper(target, helper, "erase")
    target.control.configure(ecr="deny")
    ask_helper(target, helper, "get", should_fail=True, expected="aws iam attach-role-policy")
    print_line("The policy is attached. Nothing is cleared, and the same command again:")
    target.control.reset()
    ask_helper(target, helper, "get")
