"""A session as a text of commands and their output; replaying it produces the same text.

    $ COMMAND     a command typed into a shell, in a user's home
    | MORE        a further line of the command
    > LINE        a line of its standard output
    ! LINE        a line of its standard error
    = STATUS      its exit status

    % tell JSON   configures the stand-in for AWS from here on (tests/fake_ec2/services/behaviour.py)
    % calls       the number of calls to AWS since the last "% calls"
    % files       the files and directories in the home, with their modes

All other lines are prose. Values that differ from run to run are replaced by placeholders; that of a password names its
owner.
"""

from __future__ import annotations

import json
import re
import stat
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

from tests.fake_ec2.services.behaviour import SERVICES

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.fake_ec2.services import Loopback

UNREACHABLE = "http://127.0.0.1:9"  # the discard port, where no program listens
TIMEOUT = 30  # seconds until a command that hangs fails its story

_OUTPUT = (">", "!", "=")
_PASSWORD = re.compile(r"[A-Za-z0-9+/=]{200,}")
_SCOPES = (("ecr", "us-east-1"), ("ecr-public", "us-east-1"))
_PLACEHOLDERS = (
    (re.compile(r"(?<=\.failure-)[0-9a-f]{16}\b"), "KEY"),
    (re.compile(r"(?<=-)[0-9a-f]{16}\b"), "SUM"),
    (re.compile(r"(?<=botocore-session-)\d+"), "SECONDS"),
)


class Session:
    """A user with an empty home on a machine in the `cloud`."""

    def __init__(self, cloud: Loopback, home: Path) -> None:
        self._cloud = cloud
        self._home = home

    def replay(self, text: str) -> str:
        """Return `text` with the current output of its commands."""
        return "\n".join(line for step in _split_steps(text) for line in self._replay_step(step)) + "\n"

    def _replay_step(self, step: list[str]) -> Iterator[str]:
        yield from step
        kind, _, argument = step[0].partition(" ")
        if kind == "$":
            yield from self._run("\n".join([argument, *(line[2:] for line in step[1:])]))
        elif kind == "%":
            yield from self._run_directive(*argument.partition(" ")[::2])

    def _run(self, command: str) -> Iterator[str]:
        completed = subprocess.run(
            ["sh", "-c", f"umask 022\n{command}"],
            stdin=subprocess.DEVNULL,
            capture_output=True,
            cwd=self._home,
            env=self._build_environment(),
            timeout=TIMEOUT,
            check=False,
        )
        yield from self._format_output(">", completed.stdout)
        yield from self._format_output("!", completed.stderr)
        yield f"= {completed.returncode}"

    def _run_directive(self, directive: str, arguments: str) -> Iterator[str]:
        if directive == "tell":
            self._cloud.configure(**json.loads(arguments))
        elif directive == "calls":
            calls = self._cloud.count_calls()
            self._cloud.forget()
            yield "> " + (", ".join(f"{name} {calls[name]}" for name in SERVICES if calls[name]) or "none")
        elif directive == "files":
            for path in sorted(self._home.rglob("*")):
                yield from self._format_output(">", f"{stat.filemode(path.lstat().st_mode)} {path}\n".encode())
        else:
            raise ValueError(f"no session knows % {directive}")

    def _build_environment(self) -> dict[str, str]:
        path = f"{Path(sys.executable).parent}:/usr/bin:/bin"
        base = {"PATH": path, "HOME": str(self._home), "LANG": "C.UTF-8", "AWS_ENDPOINT_URL": UNREACHABLE}
        return {**base, **self._cloud.environment()}

    def _format_output(self, prefix: str, output: bytes) -> Iterator[str]:
        """Yield each line of the output with its prefix; a last line without a newline is marked."""
        text = output.decode("utf-8", "backslashreplace")
        text = _PASSWORD.sub(self._replace_password, text)
        text = text.replace(self._cloud.endpoint, "http://AWS").replace(str(self._home), "~")
        for pattern, placeholder in _PLACEHOLDERS:
            text = pattern.sub(placeholder, text)
        for line in text.splitlines(keepends=True):
            yield f"{prefix} {line[:-1]}".rstrip(" ") if line.endswith("\n") else f"{prefix} {line} (no end of line)"

    def _replace_password(self, match: re.Match[str]) -> str:
        """Return the placeholder of a password, which names the owner according to the stand-in."""
        tokens = [self._cloud.tokens.find(match.group(), *scope) for scope in _SCOPES]
        return next((f"<PASSWORD OF {token.principal}>" for token in tokens if token), "<NO PASSWORD>")


def _split_steps(text: str) -> Iterator[list[str]]:
    """Yield the steps of a session without their output: a command with its further lines, or any other line."""
    step: list[str] = []
    for line in text.splitlines():
        if line.startswith("| ") and step:
            step.append(line)
        elif line.partition(" ")[0] not in _OUTPUT:
            if step:
                yield step
            step = [line]
    yield step


def list_stories() -> list[Path]:
    """Return the files of all stories."""
    return sorted(Path(__file__).parent.glob("*.txt"))


def replay_story(story: Path, cloud: Loopback) -> str:
    """Return the text of `story` with the current output of its commands.

    The path of the home directory always has the same length, since messages are wrapped and shortened.
    """
    with tempfile.TemporaryDirectory(prefix="home-", dir="/tmp") as home:
        return Session(cloud, Path(home)).replay(story.read_text())
