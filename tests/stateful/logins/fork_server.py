"""A program that forks helpers after it has loaded everything, which takes a tenth of the time of a start.

The process of a test has threads and should not fork. The program reads a line of JSON for each request and answers
with one (helpers.py is the other side). A helper can be stopped before a given system call.
"""

from __future__ import annotations

import itertools
import json
import os
import signal
import sys
import tempfile
import threading
import time
import traceback
from collections.abc import Collection, Mapping
from typing import TYPE_CHECKING, Any, NamedTuple

from credhelper import __main__
from credhelper.cli import dispatch
from tests.stateful.logins.homes import FILE_KEYRING, OWN_KEYRING

if TYPE_CHECKING:
    from types import FrameType

PROGRAM = "docker-credential-ecr"
_SYSTEM_MODULES = ("posix", "fcntl", "_io")  # the modules whose functions are the operating system's
_LOCAL_CALLS = {"fspath", "getpid", "geteuid", "putenv", "unsetenv"}  # which are of this process alone
_READ_CALLS = {"stat", "lstat", "fstat", "read", "close", "listdir", "fsync"}  # of which no other process sees anything
_POLL_INTERVAL = 0.001  # seconds between two looks at a child


class Child(NamedTuple):
    """A helper: its process, and the open files of its output, its errors, and the moments of its begin and end."""

    pid: int
    output: int
    errors: int
    times: int


def main() -> None:
    """Serve requests until there are no more."""
    _preload()
    children: dict[int, Child] = {}
    for line in sys.stdin:
        request = json.loads(line)
        if "verb" in request:
            child = _fork_helper(request)
            children[child.pid] = child
            answer: Any = child.pid
        else:
            answer = _wait(children[request["pid"]], request["seconds"])
            if isinstance(answer, dict):
                children.pop(request["pid"])
        print(json.dumps(answer), flush=True)  # noqa: T201


def _preload() -> None:
    """Load what a helper loads, by being one, so that no child has to."""
    login_json = json.dumps({"ServerURL": "a.test", "Username": "user", "Secret": "secret"})
    with tempfile.TemporaryDirectory() as home:
        os.environ["HOME"] = home
        for verb in ("store", "get", "list", "erase"):
            for keyring in (FILE_KEYRING, OWN_KEYRING):
                environ = {"HOME": home, "PYTHON_KEYRING_BACKEND": keyring}
                dispatch.run([verb], (login_json if verb == "store" else "a.test").encode, environ, _accept_output)


def _accept_output(_: bytes) -> bool:
    return True


def _fork_helper(request: Mapping[str, Any]) -> Child:
    stdin, output, errors, times = (os.memfd_create(name) for name in ("stdin", "output", "errors", "times"))
    os.pwrite(stdin, request["stdin"].encode(), 0)
    os.write(times, b"%r\n" % time.monotonic())  # not by the child: it may be killed before its first step
    pid = os.fork()
    if pid == 0:
        try:
            for stream, fd in enumerate((stdin, output, errors)):
                os.dup2(fd, stream)
            os._exit(_run_helper(request, times))
        except BaseException:  # noqa: BLE001  (nothing of the child may go on in the parent's code)
            traceback.print_exc()
            os._exit(70)
    os.close(stdin)
    return Child(pid, output, errors, times)


def _run_helper(request: Mapping[str, Any], times: int) -> int:
    os.environ.clear()
    os.environ.update(request["environ"])
    if request["stop"] is not None:
        # Who changes something has the lock: what it only looks at is the same all the while.
        _stop_before(request["stop"], _LOCAL_CALLS if request["verb"] == "get" else _LOCAL_CALLS | _READ_CALLS)
    status = __main__.main([PROGRAM, request["verb"]])
    sys.setprofile(None)
    os.write(times, b"%r\n" % time.monotonic())
    return status


def _stop_before(number: int, ignored: Collection[str]) -> None:
    """Stop this process before its system call `number`, in any thread, not counting the `ignored` ones.

    Python traces each call.
    """
    calls = itertools.count()

    def check_call(_: FrameType, event: str, function: object) -> None:
        is_system_call = event == "c_call" and getattr(function, "__module__", "") in _SYSTEM_MODULES
        if is_system_call and getattr(function, "__name__", "") not in ignored and next(calls) == number:
            signal.raise_signal(signal.SIGSTOP)

    threading.setprofile(check_call)
    sys.setprofile(check_call)


def _wait(child: Child, seconds: float) -> object:
    """Give how a child has ended; or, if it has not within so many seconds, whether it is "stopped" or "running"."""
    deadline = time.monotonic() + seconds
    while True:
        pid, status = os.waitpid(child.pid, os.WNOHANG | os.WUNTRACED)
        if pid and os.WIFSTOPPED(status):
            return "stopped"
        if pid:
            return _collect_result(child, status)
        if time.monotonic() >= deadline:
            return "running"
        time.sleep(_POLL_INTERVAL)


def _collect_result(child: Child, status: int) -> Mapping[str, object]:
    times = [float(text) for text in _read_and_close(child.times).split()]
    return {
        "status": status,  # as wait(2) has it
        "output": _read_and_close(child.output).decode(),
        "errors": _read_and_close(child.errors).decode(),
        "started_at": times[0],
        "ended_at": times[1] if times[1:] else time.monotonic(),
    }


def _read_and_close(fd: int) -> bytes:
    """Give what was written into a file, and close it."""
    with os.fdopen(fd, "rb") as stream:
        stream.seek(0)
        return stream.read()
