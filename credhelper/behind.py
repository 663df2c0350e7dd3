"""What a hit leaves behind it: a process of its own that renews the token, or looks whether the role has changed.

It holds nothing of the client's: neither pipes nor terminal, session or working folder, so that the client, which
waits for its pipes to close, has its answer at once. Off the hit path, but paid for by a client that waits: it
imports no more than a hit has. What a token leaves that was no longer fresh, and had to serve, is the same.
"""

import os
import sys

from credhelper.evidence import checksum, variables
from credhelper.paths import cache_folder
from credhelper.patience import BEHIND

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping

    from credhelper.entry import Held, Moment


def leave(host: str, held: "Held", environ: "Mapping[str, str]", now: "Moment") -> None:
    """Leave the process for the token of `host`, if it is time; unless one was left for the same token within the last
    minutes, or no cache can tell that.
    """
    folder = cache_folder(environ)
    # In root's name nothing is written into a folder that is a user's.
    if folder is None or not hasattr(os, "fork") or not held.life.is_due(now):
        return
    try:
        if os.stat(folder).st_uid != os.geteuid():
            return
        _mark(f"{folder}/.behind-{_key(held, environ)}-{now.uptime // BEHIND:.0f}")
        child = os.fork()
        if child == 0:
            _become_a_grandchild([sys.executable, "-I", "-m", "credhelper", "refresh", "--behind", host])
        os.waitpid(child, 0)
    except OSError:
        return


def _key(held: "Held", environ: "Mapping[str, str]") -> str:
    """The same for each host that the token was lent to, and for no other token."""
    bought = held.life.bought
    return checksum(b"%s\n%r %r\n%s" % (variables(environ), bought.wall, bought.uptime, b"\n".join(held.facts or ())))


def _mark(path: str) -> None:
    """The first one of these minutes makes the file; the uptime numbers them, since no clock can set that back."""
    os.close(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW | os.O_CLOEXEC, 0o600))


def _become_a_grandchild(argv: "list[str]") -> None:
    """A grandchild is nobody's whom we end, or who waits for us: its parent is gone at once."""
    try:
        if os.fork():
            os._exit(0)
        os.setsid()
        os.chdir("/")
        nothing = os.open(os.devnull, os.O_RDWR)
        for stream in (0, 1, 2):
            os.dup2(nothing, stream)
        os.closerange(3, _highest() + 1)
        os.execv(argv[0], argv)
    finally:
        os._exit(127)


def _highest() -> int:
    try:
        return max(map(int, os.listdir("/proc/self/fd")))
    except OSError:
        return 1023
