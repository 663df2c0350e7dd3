"""A program whose children are helpers, forked from one that has loaded everything: a tenth of the time of a start.

It forks, which the process of a test, with its threads, had better not. It reads a line of JSON for each request and
answers with one (helpers.py is the other side). A helper that is to stop does so before the call of the operating
system that it is told; what then comes of it is for others to say.
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

from credhelper import __main__, cli
from tests.model.logins.places import FILE, OWN

if TYPE_CHECKING:
    from types import FrameType

PROGRAM = "docker-credential-ecr"
_SYSTEM = ("posix", "fcntl", "_io")  # the modules whose functions are the operating system's
_APART = {"fspath", "getpid", "geteuid", "putenv", "unsetenv"}  # which are of this process alone
_LOOKS = {"stat", "lstat", "fstat", "read", "close", "listdir", "fsync"}  # of which no other process sees anything
_LOOK = 0.001  # seconds between two looks at a child


class Child(NamedTuple):
    """A helper: its process, and the open files of its output, its errors, and the moments of its begin and end."""

    pid: int
    output: int
    errors: int
    moments: int


def main() -> None:
    """Serve requests until there are no more."""
    _load()
    children: dict[int, Child] = {}
    for line in sys.stdin:
        request = json.loads(line)
        if "verb" in request:
            child = _start(request)
            children[child.pid] = child
            answer: Any = child.pid
        else:
            answer = _wait(children[request["pid"]], request["seconds"])
            if isinstance(answer, dict):
                children.pop(request["pid"])
        print(json.dumps(answer), flush=True)  # noqa: T201


def _load() -> None:
    """Load what a helper loads, by being one, so that no child has to."""
    given = json.dumps({"ServerURL": "a.test", "Username": "user", "Secret": "secret"})
    with tempfile.TemporaryDirectory() as home:
        os.environ["HOME"] = home
        for verb in ("store", "get", "list", "erase"):
            for keyring in (FILE, OWN):
                environ = {"HOME": home, "PYTHON_KEYRING_BACKEND": keyring}
                cli.run([verb], (given if verb == "store" else "a.test").encode, environ, _said)


def _said(_: bytes) -> bool:
    return True


def _start(request: Mapping[str, Any]) -> Child:
    given, output, errors, moments = (os.memfd_create(name) for name in ("given", "output", "errors", "moments"))
    os.pwrite(given, request["given"].encode(), 0)
    pid = os.fork()
    if pid == 0:
        try:
            for stream, file in enumerate((given, output, errors)):
                os.dup2(file, stream)
            os._exit(_be_a_helper(request, moments))
        except BaseException:  # noqa: BLE001  (nothing of the child may go on in the parent's code)
            traceback.print_exc()
            os._exit(70)
    os.close(given)
    return Child(pid, output, errors, moments)


def _be_a_helper(request: Mapping[str, Any], moments: int) -> int:
    os.environ.clear()
    os.environ.update(request["environ"])
    os.write(moments, b"%r\n" % time.monotonic())
    if request["stop"] is not None:
        # Who changes something has the lock: what it only looks at is the same all the while.
        _stop_before(request["stop"], _APART if request["verb"] == "get" else _APART | _LOOKS)
    status = __main__.main([PROGRAM, request["verb"]])
    sys.setprofile(None)
    os.write(moments, b"%r\n" % time.monotonic())
    return status


def _stop_before(number: int, but: Collection[str]) -> None:
    """Stop this process before so manieth a call, whichever thread makes it, of all `but` some. Python tells of each
    before it is made.
    """
    calls = itertools.count()

    def count(_: FrameType, event: str, function: object) -> None:
        of_system = event == "c_call" and getattr(function, "__module__", "") in _SYSTEM
        if of_system and getattr(function, "__name__", "") not in but and next(calls) == number:
            signal.raise_signal(signal.SIGSTOP)

    threading.setprofile(count)
    sys.setprofile(count)


def _wait(child: Child, seconds: float) -> object:
    """Give how a child has ended; or, if it has not within so many seconds, whether it is "stopped" or "running"."""
    end = time.monotonic() + seconds
    while True:
        pid, status = os.waitpid(child.pid, os.WNOHANG | os.WUNTRACED)
        if pid and os.WIFSTOPPED(status):
            return "stopped"
        if pid:
            return _ended(child, status)
        if time.monotonic() >= end:
            return "running"
        time.sleep(_LOOK)


def _ended(child: Child, status: int) -> Mapping[str, object]:
    moments = [float(moment) for moment in _read(child.moments).split()]
    return {
        "status": status,  # as wait(2) has it
        "output": _read(child.output).decode(),
        "errors": _read(child.errors).decode(),
        "began": moments[0],
        "ended": moments[1] if moments[1:] else time.monotonic(),
    }


def _read(file: int) -> bytes:
    """Give what was written into a file, and close it."""
    with os.fdopen(file, "rb") as opened:
        opened.seek(0)
        return opened.read()
