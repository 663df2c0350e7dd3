"""The process: the only owner of argv, the streams and the exit status.

Hot, up to the cliff: a hit leaves from `main`; everything else goes on in protocol.py.
"""

# What `signal` is made of; that one imports enum, which costs a tenth of an interpreter's start.
import _signal  # type: ignore[import-not-found]
import gc
import os
import sys

from credhelper import fastpath
from credhelper.entry import moment
from credhelper.host import host_of

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import NoReturn

    from credhelper.entry import Held, Moment
    from credhelper.run import Reply

LARGEST_INPUT = 1 << 20  # bytes: a server, or a login with a secret of any registry (logins/login.py)
_PIECE = 1 << 16


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
    given = None
    if argv[1:] == ["get"]:
        _set_alarm()
        given = _read()
        now = moment()
        hit = fastpath.get(given, os.environ, now)
        if hit is not None:
            written = _write(1, hit.text)
            if hit.life.is_due(now):
                _look_after(given, hit, now)
            return hit.status if written else 1
    return _go_on(argv, given)


def _set_alarm() -> None:
    """Let the kernel end us a second after everything else should have: by what no thread and no handler of ours could,
    such as a file system that hangs on the way of a hit, or a client that never ends what it sends.
    """
    seconds = 15.0
    if "CREDHELPER_TIMEOUT" in os.environ:
        from credhelper.patience import of_run  # noqa: PLC0415  (for those who set it)

        seconds, _ = of_run(os.environ)
    if hasattr(_signal, "setitimer"):
        _signal.signal(_signal.SIGALRM, _signal.SIG_DFL)  # our parent may have ignored it, or held it back
        _signal.pthread_sigmask(_signal.SIG_UNBLOCK, (_signal.SIGALRM,))
        _signal.setitimer(_signal.ITIMER_REAL, seconds + 1)


def _look_after(given: bytes, hit: "Held", now: "Moment") -> None:
    # Once in five minutes at most, and the client has its answer.
    from credhelper import behind  # noqa: PLC0415

    behind.leave(host_of(given), hit, os.environ, now)


def _go_on(argv: "list[str]", given: "bytes | None") -> int:
    """Do what is not a hit, with standard output kept aside for the answer: whatever Python, a dependency or a child
    prints goes to standard error.
    """
    _open_missing_streams()
    output = os.dup(1)
    os.dup2(2, 1)
    # Loading botocore makes some 100,000 objects, and the process ends before any of them is garbage.
    gc.disable()
    # Before anything cold is imported: a build runs in a checkout that strangers wrote.
    from credhelper import working_directory  # noqa: PLC0415

    # A copy: what a keyring's backend is to see is put into the process's own for a while (logins/surroundings.py).
    environ = working_directory.leave()
    # Off the hit path: json, and botocore behind it, cost ten interpreter starts.
    from credhelper import cli  # noqa: PLC0415

    def say(text: bytes) -> bool:
        return _write(output, text)

    return _tell(cli.run(argv[1:], lambda: _read() if given is None else given, environ, say), output)


def _tell(reply: "Reply", output: int) -> int:
    for note in reply.notes:
        # Only the first line says who speaks: the steps below it are there to be copied.
        _write(2, f"docker-credential-ecr: {note}\n".encode("utf-8", "backslashreplace"))
    return reply.status if _write(output, reply.answer) else 1


def _open_missing_streams() -> None:
    """Without this, a socket to AWS could become descriptor 2 of a process that was started with it closed. A closed
    standard output stays an error: it is opened for reading, so that writing the answer fails.
    """
    for stream in (0, 1, 2):
        try:
            os.fstat(stream)
        except OSError:
            os.dup2(os.open(os.devnull, os.O_WRONLY if stream == 2 else os.O_RDONLY), stream)


def _read() -> bytes:
    """Read standard input to its end, or beyond what anybody has to say: what is longer is refused as such."""
    read = b""
    while len(read) <= LARGEST_INPUT:
        try:
            piece = os.read(0, _PIECE)
        except OSError:  # it is closed: nothing was sent
            break
        if not piece:
            break
        read += piece
    return read


def _write(stream: int, text: bytes) -> bool:
    """Write all of `text`; False if that could not be done, which standard error then says if it can."""
    try:
        while text:
            text = text[os.write(stream, text) :]
    except OSError as error:
        if stream != 2:
            _write(2, f"docker-credential-ecr: the answer could not be written: {error.strerror}\n".encode())
        return False
    return True


if __name__ == "__main__":
    # `python -m` puts the working folder first: a build runs in a checkout that strangers wrote.
    if sys.path and sys.path[0] == os.getcwd():
        del sys.path[0]
    run(sys.argv)
