"""Another helper of Docker's, to which hosts are passed on that are not ECR's: osxkeychain, secretservice, pass, gcr.

What it was sent and what it says go through as they are, its exit status too; its standard error is the person's.
"""

from __future__ import annotations

import contextlib
import json
import os
import select
import shutil
import subprocess
import threading
from subprocess import PIPE
from typing import IO, TYPE_CHECKING, cast

from credhelper import paths
from credhelper.errors import NOT_FOUND, HelperError
from credhelper.run import Reply

if TYPE_CHECKING:
    from collections.abc import Mapping

_LOOK = 0.05  # seconds between two looks whether it has ended, where its output stays open
_PIECE, _LARGEST = 1 << 16, 1 << 24  # bytes; a login has some 5,000
GUARD = "CREDHELPER_DELEGATE"  # in the environment of who was asked by us


def ask(helper: str, verb: str, given: bytes, environ: Mapping[str, str]) -> Reply:
    """Ask docker-credential-`helper`, and give its reply.

    Raises HelperError: "delegate-loop", "delegate-missing", "delegate-failed".
    """
    program = _program(helper, environ)
    try:
        status, answer = _run([program, verb], given, {**environ, "PATH": paths.programs(environ), GUARD: helper})
    except OSError as error:
        raise _failed(program, f"could not be started: {error.strerror}") from error
    if status < 0:
        raise _failed(program, f"was ended by signal {-status}")
    if verb == "get" and status == 0 and _is_nobody(answer):
        return Reply(1, f"{NOT_FOUND}\n".encode())
    return Reply(status, answer)


def listed(helper: str, environ: Mapping[str, str]) -> dict[str, str]:
    """Give {server: user name} of each login that a helper has. Raises HelperError."""
    reply = ask(helper, "list", b"unused", environ)
    try:
        found = json.loads(reply.answer) if reply.status == 0 else None
    except (ValueError, RecursionError):
        found = None
    if not isinstance(found, dict):
        raise _failed(f"docker-credential-{helper}", "cannot list its logins")
    return {server: user for server, user in found.items() if server and isinstance(user, str)}


def _run(argv: list[str], given: bytes, environ: Mapping[str, str]) -> tuple[int, bytes]:
    """Give the exit status of a program, and what it printed until it ended: nobody waits for whom it leaves behind
    with its output open, an agent say.
    """
    with subprocess.Popen(argv, bufsize=0, stdin=PIPE, stdout=PIPE, env=environ, cwd="/") as process:  # noqa: S603
        output = cast("IO[bytes]", process.stdout).fileno()
        os.set_blocking(output, False)
        threading.Thread(target=_feed, args=(process.stdin, given), daemon=True).start()
        printed, is_open, has_ended = b"", True, False
        while is_open and not has_ended:
            select.select([output], [], [], _LOOK)
            has_ended = process.poll() is not None  # asked before the last look at what it printed
            is_open, piece = _drained(output)
            printed += piece
            if len(printed) > _LARGEST:
                process.kill()
                raise _failed(argv[0], "prints without end")
        return process.wait(), printed


def _feed(pipe: IO[bytes], given: bytes) -> None:
    with contextlib.suppress(OSError, ValueError), pipe:  # it need not read what it is sent
        while given:
            given = given[pipe.write(given) :]


def _drained(pipe: int) -> tuple[bool, bytes]:
    """Give whether a pipe is open still, and what is in it now."""
    found = b""
    with contextlib.suppress(BlockingIOError):
        while len(found) <= _LARGEST:
            piece = os.read(pipe, _PIECE)
            if not piece:
                return False, found
            found += piece
    return True, found


def _program(helper: str, environ: Mapping[str, str]) -> str:
    name = f"docker-credential-{helper}"
    if environ.get(GUARD):
        raise HelperError(
            "delegate-loop",
            f"docker-credential-{ascii(environ[GUARD])[1:-1]} was asked by this helper, and asks it again",
            f"in the settings, name another helper than {helper} under [[delegate]]",
        )
    # Nothing of the working folder: a build runs in a checkout that strangers wrote.
    found = shutil.which(name, path=paths.programs(environ))
    if found is None:
        raise HelperError(
            "delegate-missing",
            f"the settings name {name}, and there is none in the folders of PATH",
            f"install {name}, or take it out of the settings ([[delegate]])",
        )
    return found


def _is_nobody(answer: bytes) -> bool:
    """Whether it is how docker-credential-pass says that it has no login: one of nobody, with the exit status 0."""
    try:
        fields = json.loads(answer)
        return not fields["Username"] and not fields["Secret"]
    except (ValueError, KeyError, TypeError, RecursionError):
        return False


def _failed(program: str, what: str) -> HelperError:
    return HelperError("delegate-failed", f"{program} {what}", f"run it by hand: {program} list")
