"""An entry: a token at rest. Its format, how it is read, and whether it answers.

Hot. An entry is a file of

    credhelper entry 1              what it is, and the version of this format
    HOST
    NAME='VALUE'                    the selecting variables, a line each (evidence.py)

    CLOCK                           when it was bought and how long it serves (see Life), and a sum of the answer
    KIND <tab> SUBJECT <tab> SEEN   the facts, a line each

    ANSWER                          the very bytes for the client

so that a hit compares the head as one text, looks at the facts again, and copies the rest. Whatever is not exactly
that (empty, torn, of another version, not ours) is a miss and never an error.
"""

import os
import time

from credhelper.evidence import boot, checksum, holds, variables
from credhelper.paths import cache_folder

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

MAGIC = b"credhelper entry 1\n"
LARGEST = 1 << 18  # bytes; an entry has some 5,000, and AWS says that a token's size may grow

_REGULAR, _KIND = 0o100000, 0o170000  # stat.S_IFREG and its mask, without importing stat


class Moment:
    """Now, by both clocks: `wall` in seconds of UTC since the epoch, `uptime` in seconds of this `boot`, which goes
    on while the machine sleeps and does not jump when somebody sets the time.
    """

    __slots__ = ("boot", "uptime", "wall")

    def __init__(self, wall: float, boot: bytes, uptime: float) -> None:
        self.wall = wall
        self.boot = boot
        self.uptime = uptime


class Life:
    """When an entry was bought and for how many seconds from then it is fresh, and is not yet expired."""

    __slots__ = ("bought", "fresh", "whole")

    def __init__(self, bought: Moment, fresh: float, whole: float) -> None:
        self.bought = bought
        self.fresh = fresh
        self.whole = whole

    def is_fresh(self, now: Moment) -> bool:
        """Whether it may answer. Before it was bought (a clock was set back) it may not."""
        age = now.wall - self.bought.wall
        if age < 0:
            return False
        if now.boot and now.boot == self.bought.boot:
            age = max(age, now.uptime - self.bought.uptime)
        return age < min(self.fresh, self.whole)


def moment() -> Moment:
    """Read the clocks; once a run, so that one run has one idea of now."""
    clock = getattr(time, "CLOCK_BOOTTIME", None)  # Linux's
    return Moment(time.time(), boot(), time.monotonic() if clock is None else time.clock_gettime(clock))


def name(host: str, selecting: bytes) -> str:
    """Give the file name of an entry. It spares two profiles from evicting each other; what is inside decides."""
    return f"{host}-{checksum(selecting)}"


def form(host: str, selecting: bytes, life: Life, facts: "Sequence[bytes]", answer: "tuple[int, bytes]") -> bytes:
    """Give the bytes of an entry that answers `answer`: an exit status, and bytes."""
    bought = life.bought
    status, text = answer
    clock = b"%d %s %d %d %d %d %s" % (
        *(bought.wall, bought.boot or b"-", bought.uptime),
        *(life.fresh, life.whole, status, checksum(text).encode("ascii")),
    )
    return _head(host, selecting) + b"\n".join((clock, *facts, b"", text))


def load(path: str) -> "bytes | None":
    """Give what the file `path` holds if it is ours alone: a regular file, no link, that nobody else may read or
    write. None otherwise. Never blocks, not even on a pipe of that name.
    """
    flags = os.O_RDONLY | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_CLOEXEC", 0)
    try:
        handle = os.open(path, flags)
    except (OSError, ValueError):
        return None
    try:
        seen = os.fstat(handle)
        private = seen.st_mode & _KIND == _REGULAR and not seen.st_mode & 0o077 and seen.st_uid == os.geteuid()
        return os.read(handle, LARGEST) if private and seen.st_size < LARGEST else None
    except OSError:
        return None
    finally:
        os.close(handle)


def held(host: str, environ: "Mapping[str, str]", now: Moment) -> "tuple[int, bytes] | None":
    """Give the exit status and the bytes of the entry that answers for `host` now; None where none does."""
    folder = cache_folder(environ)
    if folder is None:
        return None
    selecting = variables(environ)
    data = load(f"{folder}/{name(host, selecting)}")
    return None if data is None else answer(data, host, selecting, environ, now)


def answer(
    entry: bytes, host: str, selecting: bytes, environ: "Mapping[str, str]", now: Moment
) -> "tuple[int, bytes] | None":
    """Give the exit status and the bytes that `entry` answers with now; None when it does not: it is another
    host's, its evidence no longer holds, or it is not fresh.
    """
    head = _head(host, selecting)
    if not entry.startswith(head):
        return None
    body, gap, text = entry[len(head) :].partition(b"\n\n")
    clock, *facts = body.split(b"\n")
    try:
        life, status, total = _read_clock(clock)
        whole = gap and total == checksum(text).encode("ascii") and life.is_fresh(now)
    except (ValueError, OverflowError):
        return None
    return (status, text) if whole and all(holds(fact, environ) for fact in facts) else None


def answer_bytes(entry: bytes) -> bytes:
    """Give the bytes that `entry` would answer with, whether it still may or not."""
    return entry.split(b"\n\n", 2)[-1]


def _head(host: str, selecting: bytes) -> bytes:
    return b"%s%s\n%s\n" % (MAGIC, host.encode("ascii"), selecting)


def _read_clock(line: bytes) -> "tuple[Life, int, bytes]":
    wall, boot_id, uptime, fresh, whole, status, total = line.split(b" ")
    bought = Moment(int(wall), boot_id if boot_id != b"-" else b"", int(uptime))
    return Life(bought, int(fresh), int(whole)), int(status), total
