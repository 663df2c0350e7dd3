"""Without namespaces: the helper alone, with the stand-in for AWS on this machine's loopback."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

from tests.instance.commands import must
from tests.instance.demonstration.narration import Stage, asked, counted, line, timed, title
from tests.instance.services import Loopback, serve

ROOT = Path(__file__).parents[3]


class ThisMachine(NamedTuple):
    """The machine that we are on, with an environment that knows the stand-in, and a home of its own."""

    control: Loopback
    home: Path

    def run(self, argv: Sequence[str], *, input: str | None = None) -> subprocess.CompletedProcess[str]:  # noqa: A002
        """Run a command; nothing of the caller's environment comes along."""
        environment = {"PATH": "/usr/bin:/bin", "HOME": str(self.home), **self.control.environment()}
        return subprocess.run(argv, input=input or "", env=environment, capture_output=True, text=True, check=False)


def demonstrate(folder: Path) -> None:
    """Install the helper in `folder`, and ask it as a client does."""
    title("The helper alone, with a stand-in for AWS on the loopback")
    helper = install(folder)
    home = folder / "home"
    home.mkdir(mode=0o700)
    with serve() as cloud:
        converse(ThisMachine(cloud, home), helper)


def install(folder: Path) -> str:
    """Install this checkout into a virtual environment in `folder`; give the path of the helper."""
    with timed("pip install of this checkout"):
        must("make an environment (Debian's needs python3-venv)", [sys.executable, "-m", "venv", str(folder / "venv")])
        must("install the checkout", [str(folder / "venv/bin/pip"), "install", "--quiet", str(ROOT)])
    return str(folder / "venv/bin/docker-credential-ecr")


def converse(stage: Stage, helper: str) -> None:
    """Ask for a token, ask again, and ask with a role that lacks the policy."""
    title("The first get")
    asked(stage, helper, "get")
    counted(stage, {"metadata": 6, "ecr": 1})
    title("The second get")
    stage.control.forget()
    asked(stage, helper, "get")
    counted(stage, {})
    title("A role without the policy")
    asked(stage, helper, "erase")
    stage.control.tell(ecr="deny")
    asked(stage, helper, "get", fails=True, shows="aws iam attach-role-policy")
    line("The policy is attached. Nothing is cleared, and the same command again:")
    stage.control.reset()
    asked(stage, helper, "get")
