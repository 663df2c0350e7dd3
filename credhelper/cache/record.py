"""A token, and the record of what it depended on: files stamped before the exchange, and looked at again after.

If a file changed meanwhile, or so shortly before that its stamp could not tell a further change, there is no
record: the answer is given and not kept (git's index has the same race, and the same answer to it).
"""

from __future__ import annotations

import hashlib
import os
import time
from typing import TYPE_CHECKING, NamedTuple

from credhelper import evidence
from credhelper.cache import bearer
from credhelper.cache.ticks import is_settled
from credhelper.paths import consulted, tokens
from credhelper.settings import Settings

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence


class Origin(NamedTuple):
    """Where the credentials of an exchange came from, as far as the trust in its entry depends on it.

    `session_seconds` is how long the session still lives that was asked of STS for it, and `leash_seconds` how long
    it is trusted at all, where what it depends on cannot be seen (infinite where there is no such bound);
    `consulted` are files beside the usual ones; `machine_bound` says that the credentials are this machine's,
    `ran_program` that a credential_process gave them, and `unattended` that getting them again asks nobody and runs
    nothing. `told` is who told what the role's identity is: a URL of metadata, and what it answered.
    """

    session_seconds: float = float("inf")
    leash_seconds: float = float("inf")
    consulted: Sequence[str] = ()
    machine_bound: bool = False
    ran_program: bool = False
    unattended: bool = False
    told: tuple[str, str] | None = None


class Token(NamedTuple):
    """What ECR gave; `expires` is in seconds of UTC since the epoch, and `notes` are for the person. `endpoint` is the
    URL of the registry that AWS names with it, the caller's own (ECR Public names none).
    """

    username: str
    password: str
    expires: float
    origin: Origin = Origin()
    notes: Sequence[str] = ()
    endpoint: str = ""

    def __repr__(self) -> str:
        """Without the password: a failing test, or a traceback for whoever debugs, would show it."""
        return f"Token({self.username!r}, expires={self.expires})"


class Record:
    """Made before botocore is loaded; `facts` is asked for when the exchange is over. What was consulted begins with
    the `settings`, which were read before.

    `clock` gives seconds of UTC since the epoch, as the kernel stamps files.
    """

    def __init__(
        self, environ: Mapping[str, str], settings: Settings | None = None, clock: Callable[[], float] = time.time
    ) -> None:
        self.environ = environ
        self._variables, self._confidential = evidence.read_variables(environ)
        self._settings = settings or Settings()
        self._clock = clock
        self._started = clock()
        self._files = _file_facts(consulted(environ), environ)

    def key(self, scope: object) -> str:
        """Give a name for this identity and `scope`, the same in each process that would buy the same token; for
        what such processes share (a lock, a failure). What is `confidential` is not in it.
        """
        machine = [evidence.fact(kind, b"", self.environ) for kind in (b"boot", b"network")]
        known = b"\n".join((self._variables, *self._files, *machine, ascii(scope).encode("ascii")))
        return hashlib.sha256(known).hexdigest()[:32]

    def confidential(self, secrets: Sequence[str]) -> bytes:
        """Return what also distinguishes this identity, and may be secret: the confidential variables, and `secrets`
        of its settings. Empty if there is nothing.
        """
        return self._confidential + "".join(f"{text!a}\n" for text in secrets).encode("ascii")

    def facts(self, origin: Origin) -> Sequence[bytes] | None:
        """Give the facts that the answer depended on; None when they cannot be vouched for."""
        paths = consulted(self.environ)
        bearers = bearer.facts([*tokens(self.environ), *origin.consulted])
        after = _file_facts(paths, self.environ)
        if after != self._files or not self._settings.holds_for(after):
            return None
        if not all(map(self._is_settled, (*paths, *origin.consulted))):
            return None
        facts = [*after, *_file_facts(origin.consulted, self.environ), *bearers]
        if origin.machine_bound:
            facts += [evidence.fact(kind, b"", self.environ) for kind in (b"boot", b"network")]
        if origin.ran_program:
            facts.append(evidence.fact(b"variable", b"PATH", self.environ))
        if origin.told:
            facts.append(b"\t".join((evidence.TOLD, *(text.encode("utf-8") for text in origin.told))))
        return facts if all(map(_is_whole, facts)) else None

    def _is_settled(self, path: str) -> bool:
        """Whether the file's stamp would tell a change that comes later. A "$" or a "~name" in a path is botocore's
        to expand: what selects the file then is in no evidence.
        """
        if "$" in path or (path.startswith("~") and not path.startswith("~/")):
            return False
        is_setting = os.fsencode(path) in (fact.split(b"\t")[1] for fact in self._settings.seen)
        began = self._settings.read_at if is_setting else self._started
        return is_settled(path, began, self._clock())


def _file_facts(paths: Sequence[str], environ: Mapping[str, str]) -> list[bytes]:
    return [evidence.fact(b"file", os.fsencode(path), environ) for path in dict.fromkeys(paths)]


def _is_whole(fact: bytes) -> bool:
    """Whether it reads back as it was: a path with a tab or a line's end does not, nor does a boot without an id."""
    return fact.count(b"\t") == 2 and b"\n" not in fact and not fact.endswith(b"\t")
