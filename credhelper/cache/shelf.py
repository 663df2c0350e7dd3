"""What is at hand for one environment: the own entry of a registry, or one that another registry can lend it.

A token is good for every registry that the identity may use in one region ("an authorization token's permission
scope matches that of the IAM principal", AWS's API reference of GetAuthorizationToken, which for that reason no longer
wants to be told a registry). So it is bought once for all that share a scope (target.py), and copied.
"""

from __future__ import annotations

import contextlib
import json
import os
import time
from typing import TYPE_CHECKING

from credhelper import entry, evidence, paths, private
from credhelper.cache import bearer, store
from credhelper.cache.sweep import sweep
from credhelper.entry import Held
from credhelper.errors import HelperError
from credhelper.settings import Settings

if TYPE_CHECKING:
    from collections.abc import Container, Iterator, Mapping

    from credhelper.entry import Moment
    from credhelper.logins.safe import Safe
    from credhelper.target import Target
    from credhelper.watch import Watch

# Siblings that are looked at, those first that expire last by the wall's clock. The youngest is the first of them, but
# where that clock was set.
_ENOUGH = 50

_NO_FOLDER = "the token is not cached: neither AWS_ECR_CACHE_DIR nor HOME gives a folder that begins with /"


class Shelf:
    """The entries that answer in the environment `environ`, where `settings` hold."""

    def __init__(
        self, environ: Mapping[str, str], settings: Settings | None = None, watch: Watch | None = None
    ) -> None:
        self.settings = settings or Settings()
        self.environ = environ
        # A snapshot: another thread of a program may change the environment.
        self.variables, self.confidential = evidence.read_variables(environ)
        self.folder = paths.cache_folder(environ)
        self._watch = watch
        self._dropper: Safe | None = None  # one, so that all that is dropped takes no more than its time
        self._safe = _safe(environ, self.settings, watch) if self.settings.keeping.tokens else None

    def read(self, host: str) -> Held | None:
        """Give what the entry of `host` holds, however old it is, if its evidence still holds."""
        if self.folder is None:
            return None
        name, data = self._find(host)
        if data is None:
            return None
        if self._safe and not entry.answer_bytes(data):
            data += self._safe.get(name)
        held = self._parse(data, host) or self._stamped_again(data, host)
        return held if held is not None and self.settings.holds_for(held.facts or ()) else None

    def is_current(self) -> bool:
        """Whether the environment selects whom it did. Another thread of a program may have changed it while AWS was
        asked, by which of the two nobody can tell.
        """
        return evidence.read_variables(self.environ) == (self.variables, self.confidential)

    def _parse(self, data: bytes, host: str, but: Container[bytes] = ()) -> Held | None:
        return entry.read(data, host, self.variables, self.environ, but, confidential=self.confidential)

    def newest(self, target: Target, now: Moment) -> Held | None:
        """Give the token that was bought last of all that serve `target` and have not expired, as an answer for it.

        Only one of another host has to be copied; it is not written here.
        """
        alive = [held for held in self._tokens(target) if held.life.is_alive(now)]
        return min(alive, key=lambda held: now.since(held.life.bought), default=None)

    def at_hand(self, now: Moment) -> dict[str, str]:
        """Give {host: user name} of each entry that would be a hit now."""
        found = {}
        for host in sorted(self.hosts()):
            held = self.read(host)
            if held is not None and held.status == 0 and held.life.is_fresh(now):
                found[host] = str(json.loads(held.text)["Username"])
        return found

    def known(self) -> list[str]:
        """Give each registry's host that has an entry of this identity, which need not hold any more; ECR Public's only
        with a token.
        """
        hosts = filter(self.is_ours, self.hosts())
        return [host for host in sorted(hosts) if self._has_token(host, self.settings.target(host))]

    def is_ours(self, host: str) -> bool:
        """Return whether the entry of `host` is of this environment: its name does not depend on what may be secret."""
        return self._find(host)[1] is not None

    def _find(self, host: str) -> tuple[str, bytes | None]:
        """Return the name and the bytes of the entry of `host`; of an entry that is yet to be written, the name and
        None.
        """
        names = entry.names(host, self.variables, self.confidential)
        free = names[-1:]  # where others have all of them, one has to go
        for name in reversed(names):
            data = entry.load(f"{self.folder}/{name}")
            salted = None if data is None else entry.salted_of(data, host, self.variables)
            if salted is None:
                free = [name]
            elif evidence.is_digest_of(salted, self.confidential):
                return name, data
        return free[0], None

    def hosts(self) -> Iterator[str]:
        """Give the host of each entry that may be of this environment, by its name."""
        endings = tuple(entry.names("", self.variables, self.confidential))
        names = store.names(self.folder) if self.folder else ()
        yield from dict.fromkeys(name[: -len(endings[0])] for name in names if name.endswith(endings))

    def put(self, host: str, held: Held) -> str:
        """Write the entry of `host`; give "" or a note why it cannot be kept. What has no facts is not."""
        if held.facts is None or not self.is_current():
            return ""
        if self.folder is None:
            return "" if self.environ.get("AWS_ECR_DISABLE_CACHE") else _NO_FOLDER
        name, expires = self._find(host)[0], held.life.bought.wall + held.life.whole
        apart = self._safe if held.status == 0 else None
        if apart is None:
            self._forget_replaced(name)
        failure = self._put_apart(apart, name, held.text) if apart else ""
        data = entry.form(host, self.variables, held, confidential=self.confidential, apart=apart is not None)
        return failure or store.keep(self.folder, name, data, expires)

    def _put_apart(self, safe: Safe, name: str, text: bytes) -> str:
        """Put the answer of an entry into the keyring, if the entry can be written; give "" or a note."""
        try:
            private.make(str(self.folder))
        except OSError as error:
            return f"the token is not kept: {error.strerror or error}"
        return safe.put(name, text)

    def _forget_replaced(self, name: str) -> None:
        """Forget what the keyring has of an entry that is about to be replaced: nobody would know of it any more."""
        data = entry.load(f"{self.folder}/{name}")
        if data is not None and data.startswith(entry.VERSIONS) and not entry.answer_bytes(data):
            with contextlib.suppress(HelperError):  # it expires there
                self.forget(name)

    def sweep(self, now: float, chance: float) -> None:
        """Sweep the folder (sweep.py)."""
        if self.folder is not None:
            sweep(self.folder, now, chance, self.forget, tokens_are_apart=self._safe is not None)

    def forget(self, name: str) -> None:
        """Forget the answer of the entry `name`, which is kept in the keyring. Raises HelperError."""
        self._dropper = self._safe or self._dropper or _safe(self.environ, self.settings, self._watch)
        self._dropper.drop(name)

    def siblings(self, target: Target) -> Iterator[str]:
        """Give each host that has an entry and shares the scope of `target`, itself too. A rule that names another
        identity for it makes it another scope.
        """
        registry = target.registry
        for host in self.hosts():
            # The text first: a folder may hold thousands of hosts.
            if registry.region in host or registry.public or host in self.settings.aliases:
                other = self.settings.target(host)
                if other is not None and other.scope == target.scope:
                    yield host

    def _stamped_again(self, data: bytes, host: str) -> Held | None:
        """Give what the entry in `data` holds if nothing has changed but the stamps of token files, which were written
        anew for the same owner; the entry then has the stamps of today.
        """
        rotated = bearer.rotated(entry.facts_of(data), self.environ, time.time())
        held = self._parse(data, host, but=rotated) if rotated else None
        if held is None or held.facts is None:
            return None
        held = Held(held.life, [rotated.get(fact, fact) for fact in held.facts], held.status, held.text)
        self.put(host, held)
        return held

    def _has_token(self, host: str, target: Target | None) -> bool:
        if target is None or not target.registry.public:
            return target is not None
        held = self.read(host)
        return held is not None and held.status == 0

    def _tokens(self, target: Target) -> Iterator[Held]:
        for host in sorted(self.siblings(target), key=self._expiry, reverse=True)[:_ENOUGH]:
            held = self.read(host)
            if held is not None and held.status == 0:
                yield lent(held, target.host)

    def _expiry(self, host: str) -> float:
        """Give when the entry of `host` expires, by its file alone: a folder may hold thousands."""
        try:
            return os.lstat(f"{self.folder}/{self._find(host)[0]}").st_mtime
        except OSError:
            return 0.0


def _safe(environ: Mapping[str, str], settings: Settings, watch: Watch | None) -> Safe:
    # Who keeps tokens in files does without a keyring.
    from credhelper.logins.safe import Safe  # noqa: PLC0415

    return Safe(environ, settings, watch)


def lent(held: Held, host: str) -> Held:
    """Give the token of `held`, which may have been bought for another registry, as the answer for `host`."""
    answer = json.loads(held.text)
    if answer["ServerURL"] == host:
        return held
    return Held(held.life, held.facts, 0, form_answer(host, answer["Username"], answer["Secret"]))


def form_answer(host: str, username: str, password: str) -> bytes:
    """Give the bytes that a client is answered with."""
    return f"{json.dumps({'ServerURL': host, 'Username': username, 'Secret': password})}\n".encode()
