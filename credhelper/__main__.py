"""The entry point: owns argv, the standard streams and the exit status, and answers a cache hit.

On the hit path: a hit returns from `main`; everything else continues in cli/dispatch.py.
"""

# The C module of `signal`, which itself imports enum: a tenth of the interpreter's start time.
import _signal  # type: ignore[import-not-found]
import os
import sys

import credhelper
from credhelper import entry
from credhelper.clock import read_clocks
from credhelper.host import canonical_host

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import NoReturn

    from credhelper.clock import Instant
    from credhelper.entry import CacheEntry
    from credhelper.system.context import Result

MAX_INPUT_SIZE = 1 << 20  # bytes: a server, or a login with a secret of any registry (logins/login.py)
_CHUNK_SIZE = 1 << 16


def run(argv: "list[str]") -> "NoReturn":
    """Run one command and end the process with its exit status."""
    try:
        status = main(argv)
    except KeyboardInterrupt:
        status = 130  # the status that a shell reports for SIGINT
    # There is nothing to flush or to close: all output was written directly to its descriptor.
    os._exit(status)


def main(argv: "list[str]") -> int:
    """Run the command in `argv` on descriptors 0, 1 and 2; return the exit status."""
    request = None
    if argv[1:] == ["get"]:
        _set_alarm()
        request = _read_stdin()
        now = read_clocks()
        hit = _lookup(request, now)
        if hit is not None:
            is_written = _write_all(1, hit.body)
            if hit.lifetime.is_refresh_due(now):
                _refresh_in_background(request, hit, now)
            return hit.status if is_written else 1
    return _run_cold(argv, request)


def _lookup(request: bytes, now: "Instant") -> "CacheEntry | None":
    """Return the entry that answers a `get`; None for a miss, and for a malformed request, which is rejected later."""
    try:
        host = canonical_host(request)
    except credhelper.HelperError:  # loaded here, only if something was raised
        return None
    return entry.lookup(host, os.environ, now)


def _set_alarm() -> None:
    """Schedule SIGALRM as a last-resort deadline, one second after the deadline of the run.

    The kernel's default action ends the process even if every thread is stuck: in a hung file system, or because a
    client never closes our standard input.
    """
    timeout = 15.0
    if "CREDHELPER_TIMEOUT" in os.environ:
        from credhelper.timeouts import run_timeout  # noqa: PLC0415  (only if it is set)

        timeout, _ = run_timeout(os.environ)
    if hasattr(_signal, "setitimer"):
        _signal.signal(_signal.SIGALRM, _signal.SIG_DFL)  # the parent may have ignored or blocked it
        _signal.pthread_sigmask(_signal.SIG_UNBLOCK, (_signal.SIGALRM,))
        _signal.setitimer(_signal.ITIMER_REAL, timeout + 1)


def _refresh_in_background(request: bytes, hit: "CacheEntry", now: "Instant") -> None:
    # Imported lazily: needed at most once in five minutes, and the client has its answer already.
    from credhelper import background  # noqa: PLC0415

    background.spawn_refresh(canonical_host(request), hit, os.environ, now)


def _run_cold(argv: "list[str]", request: "bytes | None") -> int:
    """Run everything that is not a hit; return the exit status.

    Descriptor 1 is redirected to standard error first, so that output of Python, a dependency or a child cannot mix
    with the answer.
    """
    _open_missing_streams()
    stdout_fd = os.dup(1)
    os.dup2(2, 1)
    # Loading botocore makes some 100,000 objects, and the process ends before any of them is garbage.
    import gc  # noqa: PLC0415  (not for a hit)

    gc.disable()
    # Before any other import: a build's working directory may contain untrusted files.
    from credhelper.system import working_directory  # noqa: PLC0415

    # A copy: logins/backends/environment.py changes the environment of the process while a keyring backend runs.
    environ = working_directory.change_to_root()
    # Imported lazily: importing json and botocore takes about ten times as long as starting the interpreter.
    from credhelper.cli import dispatch  # noqa: PLC0415

    def write_stdout(data: bytes) -> bool:
        return _write_all(stdout_fd, data)

    return _write_result(
        dispatch.run(argv[1:], lambda: _read_stdin() if request is None else request, environ, write_stdout), stdout_fd
    )


def _write_result(result: "Result", stdout_fd: int) -> int:
    for note in result.notes:
        # Only the first line has the program's name: the steps below it are meant to be copied.
        _write_all(2, f"docker-credential-ecr: {note}\n".encode("utf-8", "backslashreplace"))
    if result.stdout_repeats_notes and os.isatty(stdout_fd):
        return result.status
    return result.status if _write_all(stdout_fd, result.stdout) else 1


def _open_missing_streams() -> None:
    """Open /dev/null for each standard descriptor that is closed.

    Otherwise a socket to AWS could become descriptor 2. Standard output is opened for reading, so that writing the
    answer to it still fails.
    """
    for fd in (0, 1, 2):
        try:
            os.fstat(fd)
        except OSError:
            os.dup2(os.open(os.devnull, os.O_WRONLY if fd == 2 else os.O_RDONLY), fd)


def _read_stdin() -> bytes:
    """Return standard input up to EOF, or the first bytes of it: an input that exceeds MAX_INPUT_SIZE is rejected."""
    data = b""
    while len(data) <= MAX_INPUT_SIZE:
        try:
            chunk = os.read(0, _CHUNK_SIZE)
        except OSError:  # it is closed
            break
        if not chunk:
            break
        data += chunk
    return data


def _write_all(fd: int, data: bytes) -> bool:
    """Write all of `data`; on failure, report it on standard error and return False."""
    try:
        while data:
            data = data[os.write(fd, data) :]
    except OSError as error:
        if fd != 2:
            _write_all(2, f"docker-credential-ecr: cannot write the answer: {error.strerror}\n".encode())
        return False
    return True


if __name__ == "__main__":
    # `python -m` puts the working directory first on sys.path, and a build's may contain untrusted files.
    if sys.path and sys.path[0] == os.getcwd():
        del sys.path[0]
    run(sys.argv)
