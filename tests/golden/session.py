"""A session, as a text that holds what was typed and what came of it; replayed, it gives that text again.

    $ COMMAND     typed into a shell, in a user's home
    | MORE        its further lines
    > LINE        what it printed on standard output,
    ! LINE        on standard error,
    = STATUS      and its exit status

    % tell JSON   from here on the stand-in for AWS behaves like that (tests/instance/services/behaviour.py)
    % calls       how often AWS has been called since the last time
    % files       what lies in the home, with its modes

All other lines are prose. What differs from run to run has a word in its place: a password the one whose it is.
"""

from __future__ import annotations

import json
import re
import stat
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from tests.instance.services.behaviour import SERVICES

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.instance.services import Loopback

NOWHERE = "http://127.0.0.1:9"  # the discard port, where nobody listens
PATIENCE = 30  # seconds until a command that hangs fails its story

_OUTPUT = (">", "!", "=")
_PASSWORD = re.compile(r"[A-Za-z0-9+/=]{200,}")
_SCOPES = (("ecr", "us-east-1"), ("ecr-public", "us-east-1"))
_WORDS = (
    (re.compile(r"(?<=-)[0-9a-f]{32}"), "KEY"),
    (re.compile(r"(?<=-)[0-9a-f]{16}\b"), "SUM"),
    (re.compile(r"(?<=botocore-session-)\d+"), "SECONDS"),
)


class Session:
    """A user with an empty home, on a machine in the `cloud`."""

    def __init__(self, cloud: Loopback, home: Path) -> None:
        self._cloud = cloud
        self._home = home

    def replay(self, text: str) -> str:
        """Give `text` with what comes of its commands now."""
        return "\n".join(line for step in _steps(text) for line in self._replay(step)) + "\n"

    def _replay(self, step: list[str]) -> Iterator[str]:
        yield from step
        kind, _, typed = step[0].partition(" ")
        if kind == "$":
            yield from self._run("\n".join([typed, *(line[2:] for line in step[1:])]))
        elif kind == "%":
            yield from self._direct(*typed.partition(" ")[::2])

    def _run(self, command: str) -> Iterator[str]:
        done = subprocess.run(
            ["sh", "-c", f"umask 022\n{command}"],
            stdin=subprocess.DEVNULL,
            capture_output=True,
            cwd=self._home,
            env=self._environment(),
            timeout=PATIENCE,
            check=False,
        )
        yield from self._lines(">", done.stdout)
        yield from self._lines("!", done.stderr)
        yield f"= {done.returncode}"

    def _direct(self, word: str, rest: str) -> Iterator[str]:
        if word == "tell":
            self._cloud.tell(**json.loads(rest))
        elif word == "calls":
            calls = self._cloud.calls()
            self._cloud.forget()
            yield "> " + (", ".join(f"{name} {calls[name]}" for name in SERVICES if calls[name]) or "none")
        elif word == "files":
            for path in sorted(self._home.rglob("*")):
                yield from self._lines(">", f"{stat.filemode(path.lstat().st_mode)} {path}\n".encode())
        else:
            raise ValueError(f"no session knows % {word}")

    def _environment(self) -> dict[str, str]:
        path = f"{Path(sys.executable).parent}:/usr/bin:/bin"
        sealed = {"PATH": path, "HOME": str(self._home), "LANG": "C.UTF-8", "AWS_ENDPOINT_URL": NOWHERE}
        return {**sealed, **self._cloud.environment()}

    def _lines(self, mark: str, printed: bytes) -> Iterator[str]:
        """Give what was printed, each line with its mark; a last one that has no end says so."""
        text = printed.decode("utf-8", "backslashreplace")
        text = _PASSWORD.sub(self._owner, text)
        text = text.replace(self._cloud.endpoint, "http://AWS").replace(str(self._home), "~")
        for pattern, word in _WORDS:
            text = pattern.sub(word, text)
        for line in text.splitlines(keepends=True):
            yield f"{mark} {line[:-1]}".rstrip(" ") if line.endswith("\n") else f"{mark} {line} (no end of line)"

    def _owner(self, found: re.Match[str]) -> str:
        """Give the word for a password: whose it is by the stand-in."""
        tokens = [self._cloud.tokens.find(found.group(), *scope) for scope in _SCOPES]
        return next((f"<PASSWORD OF {token.principal}>" for token in tokens if token), "<NO PASSWORD>")


def _steps(text: str) -> Iterator[list[str]]:
    """Give what was typed or written: each command with its further lines, each line of prose by itself."""
    step: list[str] = []
    for line in text.splitlines():
        if line.startswith("| ") and step:
            step.append(line)
        elif line.partition(" ")[0] not in _OUTPUT:
            if step:
                yield step
            step = [line]
    yield step


def stories() -> list[Path]:
    """Give the files of all stories."""
    return sorted(Path(__file__).parent.glob("*.txt"))


def play(story: Path, cloud: Loopback, home: Path) -> str:
    """Give the text of `story` as it comes out now."""
    return Session(cloud, home).replay(story.read_text())
