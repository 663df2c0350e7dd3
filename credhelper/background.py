"""What a hit leaves behind it: a process of its own that renews the token, or looks whether the role has changed.

It holds nothing of the client's: neither pipes nor terminal, session or working folder, so that the client, which
waits for its pipes to close, has its answer at once. Off the hit path, but paid for by a client that waits: it
imports no more than a hit has. What a token leaves that was no longer fresh, and had to serve, is the same.
"""

import os
import sys

from credhelper.fingerprint import checksum, selecting_variables
from credhelper.paths import cache_directory
from credhelper.timeouts import BACKGROUND_INTERVAL

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping

    from credhelper.clock import Instant
    from credhelper.entry import CacheEntry


def spawn_refresh(host: str, entry: "CacheEntry", environ: "Mapping[str, str]", now: "Instant") -> None:
    """Leave the process for the token of `host`, if it is time; unless one was left for the same token within the last
    minutes, or no cache can tell that.
    """
    directory = cache_directory(environ)
    # In root's name nothing is written into a folder that is a user's.
    if directory is None or not hasattr(os, "fork") or not entry.lifetime.is_refresh_due(now):
        return
    try:
        if os.stat(directory).st_uid != os.geteuid():
            return
        _claim_interval(f"{directory}/.refresh-{_entry_id(entry, environ)}-{now.uptime // BACKGROUND_INTERVAL:.0f}")
        child_pid = os.fork()
        if child_pid == 0:
            _daemonize([sys.executable, "-I", "-m", "credhelper", "refresh", "--background", host])
        os.waitpid(child_pid, 0)
    except OSError:
        return


def _entry_id(entry: "CacheEntry", environ: "Mapping[str, str]") -> str:
    """The same for each host that the token was lent to, and for no other token."""
    issued_at = entry.lifetime.issued_at
    return checksum(
        b"%s\n%r %r\n%s"
        % (selecting_variables(environ), issued_at.wall, issued_at.uptime, b"\n".join(entry.dependencies or ()))
    )


def _claim_interval(path: str) -> None:
    """The first one of these minutes makes the file; the uptime numbers them, since no clock can set that back."""
    os.close(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW | os.O_CLOEXEC, 0o600))


def _daemonize(argv: "list[str]") -> None:
    """A grandchild is nobody's whom we end, or who waits for us: its parent is gone at once."""
    try:
        if os.fork():
            os._exit(0)
        os.setsid()
        os.chdir("/")
        null_fd = os.open(os.devnull, os.O_RDWR)
        for fd in (0, 1, 2):
            os.dup2(null_fd, fd)
        os.closerange(3, _highest_fd() + 1)
        os.execv(argv[0], argv)
    finally:
        os._exit(127)


def _highest_fd() -> int:
    try:
        return max(map(int, os.listdir("/proc/self/fd")))
    except OSError:
        return 1023
