"""Delegates: other Docker credential helpers that answer for hosts that are not ECR's (osxkeychain, pass, gcr, ...).

A delegate's input, output and exit status are passed on unchanged, except that an empty login becomes "not found". Its
standard error goes to the user.
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
from credhelper.error_catalog.logins import (
    DELEGATE_CANNOT_LIST,
    DELEGATE_ENDLESS,
    DELEGATE_KILLED,
    DELEGATE_LOOP,
    DELEGATE_MISSING,
    DELEGATE_NOT_STARTED,
)
from credhelper.errors import NOT_FOUND
from credhelper.system.context import Result

if TYPE_CHECKING:
    from collections.abc import Mapping

_POLL_INTERVAL = 0.05  # seconds between two checks whether the program has ended while its output stays open
_CHUNK_SIZE, _MAX_OUTPUT = 1 << 16, 1 << 24  # bytes; a login has about 5,000
RECURSION_GUARD = "CREDHELPER_DELEGATE"  # the variable that marks the environment of a delegate


def run_helper(helper: str, verb: str, request: bytes, environ: Mapping[str, str]) -> Result:
    """Run docker-credential-`helper` and return its result.

    Raises HelperError: "delegate-loop", "delegate-missing", "delegate-failed".
    """
    program = _find_program(helper, environ)
    try:
        status, stdout = _run_program(
            [program, verb], request, {**environ, "PATH": paths.absolute_path_entries(environ), RECURSION_GUARD: helper}
        )
    except OSError as error:
        raise DELEGATE_NOT_STARTED.error(program=program, reason=str(error.strerror)) from error
    if status < 0:
        raise DELEGATE_KILLED.error(program=program, signal=str(-status))
    if verb == "get" and status == 0 and _is_empty_credential(stdout):
        return Result(1, f"{NOT_FOUND}\n".encode())
    return Result(status, stdout)


def list_logins(helper: str, environ: Mapping[str, str]) -> dict[str, str]:
    """Return {server URL: username} of each login that a helper has. Raises HelperError."""
    result = run_helper(helper, "list", b"unused", environ)
    try:
        logins = json.loads(result.stdout) if result.status == 0 else None
    except (ValueError, RecursionError):
        logins = None
    if not isinstance(logins, dict):
        raise DELEGATE_CANNOT_LIST.error(program=f"docker-credential-{helper}")
    return {server: username for server, username in logins.items() if server and isinstance(username, str)}


def _run_program(argv: list[str], request: bytes, environ: Mapping[str, str]) -> tuple[int, bytes]:
    """Return the exit status of a program, and what it printed until it ended.

    A process that it leaves behind with its output open, such as an agent, is not waited for.
    """
    with subprocess.Popen(argv, bufsize=0, stdin=PIPE, stdout=PIPE, env=environ, cwd="/") as process:  # noqa: S603
        stdout_fd = cast("IO[bytes]", process.stdout).fileno()
        os.set_blocking(stdout_fd, False)
        threading.Thread(target=_write_stdin, args=(process.stdin, request), daemon=True).start()
        output, is_open, has_ended = b"", True, False
        while is_open and not has_ended:
            select.select([stdout_fd], [], [], _POLL_INTERVAL)
            has_ended = process.poll() is not None  # checked before the last read, so that no output is missed
            is_open, chunk = _read_available(stdout_fd)
            output += chunk
            if len(output) > _MAX_OUTPUT:
                process.kill()
                raise DELEGATE_ENDLESS.error(program=argv[0])
        return process.wait(), output


def _write_stdin(pipe: IO[bytes], request: bytes) -> None:
    with contextlib.suppress(OSError, ValueError), pipe:  # the program may end without reading its input
        while request:
            request = request[pipe.write(request) :]


def _read_available(pipe: int) -> tuple[bool, bytes]:
    """Return whether a pipe is still open, and the data that is available in it."""
    data = b""
    with contextlib.suppress(BlockingIOError):
        while len(data) <= _MAX_OUTPUT:
            chunk = os.read(pipe, _CHUNK_SIZE)
            if not chunk:
                return False, data
            data += chunk
    return True, data


def _find_program(helper: str, environ: Mapping[str, str]) -> str:
    program = f"docker-credential-{helper}"
    if environ.get(RECURSION_GUARD):
        raise DELEGATE_LOOP.error(caller=environ[RECURSION_GUARD], helper=helper)
    # Never run a program from the working directory: a build's may contain untrusted files.
    path = shutil.which(program, path=paths.absolute_path_entries(environ))
    if path is None:
        raise DELEGATE_MISSING.error(program=program)
    return path


def _is_empty_credential(answer: bytes) -> bool:
    """Return whether `answer` is an empty login, which docker-credential-pass prints, with status 0, if it has none."""
    try:
        fields = json.loads(answer)
        return not fields["Username"] and not fields["Secret"]
    except (ValueError, KeyError, TypeError, RecursionError):
        return False
