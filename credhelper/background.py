"""Background refresh: a detached process that renews a token, or checks whether the machine's role has changed.

The process is fully detached (no inherited descriptors, new session, cwd /), because clients wait for EOF on the
helper's pipes. It is started after a hit, and after a stale token was served. This module is off the hit path, but the
client waits while it is imported, so it imports only modules that a hit has already loaded.
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
    """Start a background refresh of the token of `host`, if one is due.

    At most one refresh is started per token and interval (timeouts.py), and none without a cache to record it.
    """
    directory = cache_directory(environ)
    # root must not write into another user's directory.
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
    """Return an id of the token that is the same for all hosts that share it."""
    issued_at = entry.lifetime.issued_at
    return checksum(
        b"%s\n%r %r\n%s"
        % (selecting_variables(environ), issued_at.wall, issued_at.uptime, b"\n".join(entry.dependencies or ()))
    )


def _claim_interval(path: str) -> None:
    """Create the marker file of this interval.

    Raises FileExistsError if another process has already created it. Intervals are numbered by the uptime, since the
    uptime cannot be set back.
    """
    os.close(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW | os.O_CLOEXEC, 0o600))


def _daemonize(argv: "list[str]") -> None:
    """Fork twice, so that the refresh is reparented to init and survives this process."""
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
