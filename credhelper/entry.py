"""An entry: a token at rest. Its format, how it is read, and whether it answers.

Hot. An entry is a file of

    credhelper entry 2              what it is, and the version of this format
    HOST
    SALT:DIGEST                     a digest of the confidential variables; "-" if none is set (evidence.py)
    NAME='VALUE'                    the other selecting variables, a line each

    CLOCK                           when it was bought and how long it serves (see Life), and a sum of the answer
    KIND <tab> SUBJECT <tab> SEEN   the facts, a line each

    ANSWER                          the very bytes for the client

so that a hit compares the head, looks at the facts again, and copies the rest. Whatever is not exactly
that (empty, torn, of another version, not ours) is a miss and never an error.
"""

import os
import time

from credhelper.evidence import TOLD, boot, checksum, holds, is_digest_of, read_variables, salted_digest
from credhelper.paths import cache_folder

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Container, Mapping, Sequence

MAGIC = b"credhelper entry 2\n"
# Version 1 could hold secrets of the environment: such an entry never answers, and is removed wherever it is found.
VERSIONS = (MAGIC, b"credhelper entry 1\n")
_SHARED_SLOTS = (1, 2, 3)  # more identities at once evict each other
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

    def since(self, earlier: "Moment") -> float:
        """Give the seconds since `earlier`; less than none where only a clock that was set back could tell.

        Within one boot the larger of both clocks': a machine that was paused from outside notices it by the wall's
        alone, and a wall clock that is set back, or forth and back, does not make anything younger or a miss. Another
        boot may be another machine's, of a shared home, so that its uptime tells nothing.
        """
        seconds = self.wall - earlier.wall
        if self.boot and self.boot == earlier.boot:
            return max(seconds, self.uptime - earlier.uptime, 0.0)  # it was written after this moment was read
        return seconds


class Life:
    """When a token was bought, and what becomes of its entry so many seconds later.

    From `check` on a hit leaves behind it a look at whose the machine's role is, from `renew` on a renewal; until
    `fresh` it is a hit at all; until `whole` it may serve where AWS cannot be reached.
    """

    __slots__ = ("bought", "check", "fresh", "renew", "whole")

    def __init__(self, bought: Moment, check: float, renew: float, fresh: float, whole: float) -> None:
        self.bought = bought
        self.check = check
        self.renew = renew
        self.fresh = fresh
        self.whole = whole

    def is_fresh(self, now: Moment) -> bool:
        """Whether it answers without AWS being asked."""
        return 0 <= now.since(self.bought) < min(self.fresh, self.whole)

    def is_alive(self, now: Moment) -> bool:
        """Whether AWS's registries still take the token."""
        return 0 <= now.since(self.bought) < self.whole

    def left(self, now: Moment) -> float:
        """Give for how many seconds more it is what it is now: fresh, or at least alive."""
        age = now.since(self.bought)
        return (self.fresh if age < self.fresh else self.whole) - age

    def is_due(self, now: Moment) -> bool:
        """Whether a hit has something to leave behind it."""
        return now.since(self.bought) >= min(self.check, self.renew)


class Held:
    """What an entry holds whose evidence still does: its life, its facts, and the answer for the client.

    Without facts (None) it is the answer to one client, and can be no entry: what it depended on is not known.
    """

    __slots__ = ("facts", "life", "status", "text")

    def __init__(self, life: Life, facts: "Sequence[bytes] | None", status: int, text: bytes) -> None:
        self.life = life
        self.facts = facts
        self.status = status
        self.text = text

    def told(self) -> "tuple[bytes, bytes]":
        """Give (who told, what) of the fact that no look at this machine can check; empty where there is none."""
        for fact in self.facts or ():
            kind, _, rest = fact.partition(b"\t")
            if kind == TOLD:
                subject, _, seen = rest.partition(b"\t")
                return subject, seen
        return b"", b""


def moment() -> Moment:
    """Read the clocks; once a run, so that one run has one idea of now."""
    clock = getattr(time, "CLOCK_BOOTTIME", None)  # Linux's
    return Moment(time.time(), boot(), time.monotonic() if clock is None else time.clock_gettime(clock))


def name(host: str, selecting: bytes, slot: int = 0) -> str:
    """Give the file name of an entry. It spares two profiles from evicting each other; what is inside decides.

    It is derived from text alone (`selecting`): a name would reveal a short secret.
    """
    return f"{host}-{checksum(selecting + b'%d' % slot if slot else selecting)}"


def names(host: str, selecting: bytes, confidential: bytes) -> "list[str]":
    """Return the names of the files that may have the entry of `host`: one, or the few that identities share which
    differ in nothing but confidential variables.
    """
    return [name(host, selecting, slot) for slot in (_SHARED_SLOTS if confidential else (0,))]


def form(host: str, selecting: bytes, held: Held, *, confidential: bytes = b"", apart: bool = False) -> bytes:
    """Give the bytes of the entry of `host` that holds `held`, for an environment that selects `selecting`, and has
    the `confidential` variables too. Where the answer is kept `apart`, it is left out, and what is left is no hit: its
    sum tells.
    """
    life, bought = held.life, held.life.bought
    clock = b"%.3f %s %.3f %d %d %d %d %d %s" % (
        *(bought.wall, bought.boot or b"-", bought.uptime),
        *(life.check, life.renew, life.fresh, life.whole),
        *(held.status, checksum(held.text).encode("ascii")),
    )
    head = b"%s%s\n%s\n" % (_start(host), salted_digest(confidential), selecting)
    return head + b"\n".join((clock, *(held.facts or ()), b"", b"" if apart else held.text))


def load(path: str, largest: int = LARGEST) -> "bytes | None":
    """Give what the file `path` holds, less than `largest` bytes, if it is ours alone: a regular file, no link, that
    nobody else may read or write. None otherwise. Never blocks, not even on a pipe of that name.
    """
    flags = os.O_RDONLY | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_CLOEXEC", 0)
    try:
        handle = os.open(path, flags)
    except (OSError, ValueError):
        return None
    try:
        seen = os.fstat(handle)
        private = seen.st_mode & _KIND == _REGULAR and not seen.st_mode & 0o077 and seen.st_uid == os.geteuid()
        return os.read(handle, seen.st_size) if private and seen.st_size < largest else None
    except OSError:
        return None
    finally:
        os.close(handle)


def held(host: str, environ: "Mapping[str, str]", now: Moment) -> "Held | None":
    """Give what the entry of `host` holds if it answers now, a hit; None where none does."""
    folder = cache_folder(environ)
    if folder is None:
        return None
    selecting, confidential = read_variables(environ)
    for each in names(host, selecting, confidential):
        data = load(f"{folder}/{each}")
        found = None if data is None else read(data, host, selecting, environ, confidential=confidential)
        if found is not None and found.life.is_fresh(now):
            return found
    return None


def read(
    entry: bytes,
    host: str,
    selecting: bytes,
    environ: "Mapping[str, str]",
    but: "Container[bytes]" = (),
    *,
    confidential: "bytes | None" = None,
) -> "Held | None":
    """Give what `entry` holds, however old it is; None when it is another host's, or torn, or its evidence no longer
    holds, whatever becomes of the facts in `but`. The `confidential` variables are those of `environ` by default.
    """
    if confidential is None:
        confidential = read_variables(environ)[1]
    if not is_of(entry, host, selecting, confidential):
        return None
    return _read_rest(entry, selecting, environ, but)


def is_of(entry: bytes, host: str, selecting: bytes, confidential: bytes) -> bool:
    """Return whether `entry` is the entry of `host` for an environment with these variables."""
    salted = salted_of(entry, host, selecting)
    return salted is not None and is_digest_of(salted, confidential)


def salted_of(entry: bytes, host: str, selecting: bytes) -> "bytes | None":
    """Return the digest of the confidential variables in `entry`; None if it is no entry of `host` for `selecting`."""
    start = _start(host)
    salted, _, rest = entry[len(start) :].partition(b"\n")
    return salted if entry.startswith(start) and rest.startswith(selecting + b"\n") else None


def _read_rest(entry: bytes, selecting: bytes, environ: "Mapping[str, str]", but: "Container[bytes]") -> "Held | None":
    body, gap, text = entry.split(b"\n", 3)[3][len(selecting) + 1 :].partition(b"\n\n")
    clock, *facts = body.split(b"\n")
    try:
        life, status, total = _read_clock(clock)
    except (ValueError, OverflowError):
        return None
    if (
        not gap
        or total != checksum(text).encode("ascii")
        or not all(fact in but or holds(fact, environ) for fact in facts)
    ):
        return None
    return Held(life, facts, status, text)


def facts_of(entry: bytes) -> "list[bytes]":
    """Give the facts of an entry, whether they hold or not."""
    return entry.split(b"\n\n", 2)[1].split(b"\n")[1:] if entry.count(b"\n\n") > 1 else []


def bought(entry: bytes) -> bytes:
    """Give when the token of an entry was bought, as it stands there: no two that were bought have the same."""
    return b" ".join(entry.split(b"\n\n", 2)[1].split(b"\n")[0].split(b" ")[:3]) if entry.count(b"\n\n") > 1 else b""


def answer_bytes(entry: bytes) -> bytes:
    """Give the bytes that `entry` would answer with, whether it still may or not."""
    return entry.split(b"\n\n", 2)[-1]


def _start(host: str) -> bytes:
    return b"%s%s\n" % (MAGIC, host.encode("ascii"))


def _read_clock(line: bytes) -> "tuple[Life, int, bytes]":
    wall, boot_id, uptime, check, renew, fresh, whole, status, total = line.split(b" ")
    bought = Moment(float(wall), boot_id if boot_id != b"-" else b"", float(uptime))
    return Life(bought, int(check), int(renew), int(fresh), int(whole)), int(status), total
