"""The process: the only owner of argv, the streams and the exit status.

Hot, up to the cliff: a hit leaves from `main`; everything else goes on in protocol.py.
"""

# What `signal` is made of; that one imports enum, which costs a tenth of an interpreter's start.
import _signal  # type: ignore[import-not-found]
import gc
import os
import sys

from credhelper import entry
from credhelper.clock import read_clocks
from credhelper.errors import HelperError
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
    """Run one command and leave the process with its exit status."""
    try:
        status = main(argv)
    except KeyboardInterrupt:
        status = 130  # as a shell says it; the person knows why
    # Nothing is left to flush or to close: everything was written straight to its descriptor.
    os._exit(status)


def main(argv: "list[str]") -> int:
    """Run the command of `argv` on descriptors 0, 1 and 2; give the exit status."""
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
    except HelperError:
        return None
    return entry.lookup(host, os.environ, now)


def _set_alarm() -> None:
    """Let the kernel end us a second after everything else should have: by what no thread and no handler of ours could,
    such as a file system that hangs on the way of a hit, or a client that never ends what it sends.
    """
    timeout = 15.0
    if "CREDHELPER_TIMEOUT" in os.environ:
        from credhelper.timeouts import run_timeout  # noqa: PLC0415  (for those who set it)

        timeout, _ = run_timeout(os.environ)
    if hasattr(_signal, "setitimer"):
        _signal.signal(_signal.SIGALRM, _signal.SIG_DFL)  # our parent may have ignored it, or held it back
        _signal.pthread_sigmask(_signal.SIG_UNBLOCK, (_signal.SIGALRM,))
        _signal.setitimer(_signal.ITIMER_REAL, timeout + 1)


def _refresh_in_background(request: bytes, hit: "CacheEntry", now: "Instant") -> None:
    # Once in five minutes at most, and the client has its answer.
    from credhelper import background  # noqa: PLC0415

    background.spawn_refresh(canonical_host(request), hit, os.environ, now)


def _run_cold(argv: "list[str]", request: "bytes | None") -> int:
    """Do what is not a hit, with standard output kept aside for the answer: whatever Python, a dependency or a child
    prints goes to standard error.
    """
    _open_missing_streams()
    stdout_fd = os.dup(1)
    os.dup2(2, 1)
    # Loading botocore makes some 100,000 objects, and the process ends before any of them is garbage.
    gc.disable()
    # Before anything cold is imported: a build runs in a checkout that strangers wrote.
    from credhelper.system import working_directory  # noqa: PLC0415

    # A copy: what a keyring's backend is to see is put into the process's own for a while (logins/surroundings.py).
    environ = working_directory.leave()
    # Off the hit path: json, and botocore behind it, cost ten interpreter starts.
    from credhelper.cli import dispatch  # noqa: PLC0415

    def write_stdout(data: bytes) -> bool:
        return _write_all(stdout_fd, data)

    return _write_result(
        dispatch.run(argv[1:], lambda: _read_stdin() if request is None else request, environ, write_stdout), stdout_fd
    )


def _write_result(result: "Result", stdout_fd: int) -> int:
    for note in result.notes:
        # Only the first line says who speaks: the steps below it are there to be copied.
        _write_all(2, f"docker-credential-ecr: {note}\n".encode("utf-8", "backslashreplace"))
    return result.status if _write_all(stdout_fd, result.stdout) else 1


def _open_missing_streams() -> None:
    """Without this, a socket to AWS could become descriptor 2 of a process that was started with it closed. A closed
    standard output stays an error: it is opened for reading, so that writing the answer fails.
    """
    for fd in (0, 1, 2):
        try:
            os.fstat(fd)
        except OSError:
            os.dup2(os.open(os.devnull, os.O_WRONLY if fd == 2 else os.O_RDONLY), fd)


def _read_stdin() -> bytes:
    """Read standard input to its end, or beyond what anybody has to say: what is longer is refused as such."""
    data = b""
    while len(data) <= MAX_INPUT_SIZE:
        try:
            chunk = os.read(0, _CHUNK_SIZE)
        except OSError:  # it is closed: nothing was sent
            break
        if not chunk:
            break
        data += chunk
    return data


def _write_all(fd: int, data: bytes) -> bool:
    """Write all of `data`; False if that could not be done, which standard error then says if it can."""
    try:
        while data:
            data = data[os.write(fd, data) :]
    except OSError as error:
        if fd != 2:
            _write_all(2, f"docker-credential-ecr: the answer could not be written: {error.strerror}\n".encode())
        return False
    return True


if __name__ == "__main__":
    # `python -m` puts the working folder first: a build runs in a checkout that strangers wrote.
    if sys.path and sys.path[0] == os.getcwd():
        del sys.path[0]
    run(sys.argv)
