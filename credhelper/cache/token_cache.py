"""Cached tokens for one environment: a registry's own entry, or that of another registry in the same scope.

A token is valid for every registry that the identity may use in one region ("an authorization token's permission scope
matches that of the IAM principal", API reference of GetAuthorizationToken, whose parameter for registries is deprecated
for this reason). So one exchange serves all registries that share a scope (ecr/target.py), and its token is copied.
"""

from __future__ import annotations

import contextlib
import os
import time
from typing import TYPE_CHECKING, Callable, Protocol

from credhelper import entry, fingerprint, paths
from credhelper.cache import files, web_identity
from credhelper.entry import CacheEntry
from credhelper.errors import HelperError
from credhelper.private_file import read_private_file
from credhelper.system import private_dir

if TYPE_CHECKING:
    from collections.abc import Container, Iterator

    from credhelper.clock import Instant
    from credhelper.ecr.target import Target
    from credhelper.system.context import Context

# The maximum number of siblings to read, in order of decreasing expiry. Unless the wall clock was set, the first of
# them is the newest.
_MAX_SIBLINGS = 50

_NO_DIRECTORY = "the token is not cached: neither AWS_ECR_CACHE_DIR nor HOME is an absolute path"


class TokenBodies(Protocol):
    """A store for token bodies outside of the entries: logins/backends/token_bodies.py implements it."""

    def get(self, name: str) -> bytes:
        """Return the body of the entry `name`; b"" if there is none."""

    def set(self, name: str, body: bytes) -> str:
        """Store the body of the entry `name`; return "" or a note that explains why it is not stored."""

    def delete(self, name: str) -> None:
        """Delete the body of the entry `name`. Raises HelperError."""


class TokenCache:
    """The entries that answer in the environment and under the settings of `context`.

    `open_bodies` opens the store for token bodies, if the settings select one.
    """

    def __init__(self, context: Context, open_bodies: Callable[[], TokenBodies] | None = None) -> None:
        self.settings = context.settings
        self.environ = context.environ
        # A snapshot: another thread of the process may change the environment.
        self.variables, self.confidential = fingerprint.read_variables(context.environ)
        self.directory = paths.cache_directory(context.environ)
        self._open_bodies = open_bodies
        self._opened_bodies: TokenBodies | None = None
        self._bodies = self._open_store() if open_bodies is not None and self.settings.logins.store_tokens else None

    def read(self, host: str) -> CacheEntry | None:
        """Return the entry of `host`, regardless of its age, if its dependencies are unchanged."""
        if self.directory is None:
            return None
        name, data = self._find_file(host)
        if data is None:
            return None
        if self._bodies and not entry.body_of(data):
            data += self._bodies.get(name)
        cache_entry = self._parse_entry(data, host) or self._restamp(data, host)
        return (
            cache_entry if cache_entry is not None and self.settings.matches(cache_entry.dependencies or ()) else None
        )

    def is_current(self) -> bool:
        """Return whether the environment still selects the same identity.

        Another thread may have changed it during the exchange; then it is unknown which identity was used.
        """
        return fingerprint.read_variables(self.environ) == (self.variables, self.confidential)

    def _parse_entry(self, data: bytes, host: str, ignoring: Container[bytes] = ()) -> CacheEntry | None:
        return entry.parse(data, host, self.variables, self.environ, ignoring, confidential=self.confidential)

    def newest(self, target: Target, now: Instant) -> CacheEntry | None:
        """Return the most recently issued, unexpired token in the scope of `target`, as the answer for its host.

        It may be the token of another host; it is not stored for this one.
        """
        candidates = [cache_entry for cache_entry in self._iter_tokens(target) if cache_entry.lifetime.is_valid(now)]
        return min(candidates, key=lambda cache_entry: now.seconds_since(cache_entry.lifetime.issued_at), default=None)

    def list_fresh(self, now: Instant) -> dict[str, str]:
        """Return {host: user name} for the entries that would be a hit now."""
        usernames = {}
        for host in sorted(self.hosts()):
            cache_entry = self.read(host)
            if cache_entry is not None and cache_entry.status == 0 and cache_entry.lifetime.is_fresh(now):
                usernames[host] = _parse_answer(cache_entry.body)["Username"]
        return usernames

    def registries(self) -> list[str]:
        """Return the hosts that have an entry of this identity, even a changed one; ECR Public only with a token."""
        hosts = filter(self.has_entry, self.hosts())
        return [host for host in sorted(hosts) if self._has_token(host, self.settings.find_target(host))]

    def has_entry(self, host: str) -> bool:
        """Return whether `host` has an entry of this environment.

        The file name does not show that, since it does not depend on confidential variables.
        """
        return self._find_file(host)[1] is not None

    def _find_file(self, host: str) -> tuple[str, bytes | None]:
        """Return the name and the bytes of the entry of `host`; a free name and None if there is no entry."""
        names = entry.file_names(host, self.variables, self.confidential)
        free_names = names[-1:]  # if other identities use all names, the entry of one of them is replaced
        for name in reversed(names):
            data = read_private_file(f"{self.directory}/{name}")
            digest = None if data is None else entry.digest_of(data, host, self.variables)
            if digest is None:
                free_names = [name]
            elif fingerprint.is_digest_of(digest, self.confidential):
                return name, data
        return free_names[0], None

    def hosts(self) -> Iterator[str]:
        """Yield the hosts of the entries that may belong to this environment, judging by their file names."""
        suffixes = tuple(entry.file_names("", self.variables, self.confidential))
        names = files.list_names(self.directory) if self.directory else ()
        yield from dict.fromkeys(name[: -len(suffixes[0])] for name in names if name.endswith(suffixes))

    def store(self, host: str, cache_entry: CacheEntry) -> str:
        """Write the entry of `host`, unless its dependencies are unknown; return "" or a note about a failure."""
        if cache_entry.dependencies is None or not self.is_current():
            return ""
        if self.directory is None:
            return "" if self.environ.get("AWS_ECR_DISABLE_CACHE") else _NO_DIRECTORY
        name, _ = self._find_file(host)
        keyring_bodies = self._bodies if cache_entry.status == 0 else None
        if keyring_bodies is None:
            self._delete_replaced(name)
        failure = self._store_in_keyring(keyring_bodies, name, cache_entry.body) if keyring_bodies else ""
        data = entry.serialize(
            host,
            self.variables,
            cache_entry,
            confidential=self.confidential,
            body_in_keyring=keyring_bodies is not None,
        )
        return failure or files.write_entry(self.directory, name, data, cache_entry.lifetime.expires_at)

    def _store_in_keyring(self, keyring_bodies: TokenBodies, name: str, body: bytes) -> str:
        """Store the body of an entry in the keyring, if the entry can be written; return "" or a note on failure."""
        try:
            private_dir.ensure(str(self.directory))
        except OSError as error:
            return f"the token is not cached: {error.strerror or error}"
        return keyring_bodies.set(name, body)

    def _delete_replaced(self, name: str) -> None:
        """Delete the replaced entry's secret from the keyring; otherwise it would be orphaned there."""
        data = read_private_file(f"{self.directory}/{name}")
        if data is not None and data.startswith(entry.FORMATS) and not entry.body_of(data):
            with contextlib.suppress(HelperError):  # the token expires there
                self.delete_body(name)

    def prune(self, now: float, random_fraction: float) -> None:
        """Prune the cache directory (prune.py)."""
        from credhelper.cache.prune import prune  # noqa: PLC0415  (only after an exchange)

        if self.directory is not None:
            prune(self.directory, now, random_fraction, self.delete_body, bodies_in_keyring=self._bodies is not None)

    def delete_body(self, name: str) -> None:
        """Delete the token of the entry `name` from the store of bodies. Raises HelperError."""
        self._open_store().delete(name)

    def _open_store(self) -> TokenBodies:
        """Return the store of bodies, which is opened once.

        Its time limit then applies to all operations of a run together.
        """
        if self._opened_bodies is None:
            if self._open_bodies is None:
                raise AssertionError("a cache without a store of bodies was asked for one")
            self._opened_bodies = self._open_bodies()
        return self._opened_bodies

    def hosts_in_scope(self, target: Target) -> Iterator[str]:
        """Yield the hosts with an entry in the scope of `target`, including its own.

        A host is in another scope if a rule selects another identity for it.
        """
        registry = target.registry
        for host in self.hosts():
            # The cheap test comes first: a cache may contain thousands of hosts.
            if registry.region in host or registry.is_public or host in self.settings.aliases:
                other_target = self.settings.find_target(host)
                if other_target is not None and other_target.scope == target.scope:
                    yield host

    def _restamp(self, data: bytes, host: str) -> CacheEntry | None:
        """Return the entry in `data` if only token files have changed, each rotated for the same subject.

        The entry is stored again with their new stamps.
        """
        rotated = web_identity.rotated(entry.dependencies_of(data), self.environ, time.time())
        cache_entry = self._parse_entry(data, host, ignoring=rotated) if rotated else None
        if cache_entry is None or cache_entry.dependencies is None:
            return None
        cache_entry = CacheEntry(
            cache_entry.lifetime,
            [rotated.get(dependency, dependency) for dependency in cache_entry.dependencies],
            cache_entry.status,
            cache_entry.body,
        )
        self.store(host, cache_entry)
        return cache_entry

    def _has_token(self, host: str, target: Target | None) -> bool:
        if target is None or not target.registry.is_public:
            return target is not None
        cache_entry = self.read(host)
        return cache_entry is not None and cache_entry.status == 0

    def _iter_tokens(self, target: Target) -> Iterator[CacheEntry]:
        for host in sorted(self.hosts_in_scope(target), key=self._expiry_of, reverse=True)[:_MAX_SIBLINGS]:
            cache_entry = self.read(host)
            if cache_entry is not None and cache_entry.status == 0:
                yield for_host(cache_entry, target.host)

    def _expiry_of(self, host: str) -> float:
        """Return when the entry of `host` expires, from its mtime: reading thousands of entries would be slow."""
        try:
            return os.lstat(f"{self.directory}/{self._find_file(host)[0]}").st_mtime
        except OSError:
            return 0.0


def for_host(cache_entry: CacheEntry, host: str) -> CacheEntry:
    """Return the token of `cache_entry`, which may be that of another registry, as the answer for `host`."""
    answer = _parse_answer(cache_entry.body)
    if answer["ServerURL"] == host:
        return cache_entry
    return CacheEntry(
        cache_entry.lifetime, cache_entry.dependencies, 0, encode_answer(host, answer["Username"], answer["Secret"])
    )


def encode_answer(host: str, username: str, password: str) -> bytes:
    """Return the answer to a client, as JSON."""
    import json  # noqa: PLC0415  (as in `_parse_answer`)

    return f"{json.dumps({'ServerURL': host, 'Username': username, 'Secret': password})}\n".encode()


def _parse_answer(body: bytes) -> dict[str, str]:
    import json  # noqa: PLC0415  (a process that has waited copies the bytes of an entry)

    answer: dict[str, str] = json.loads(body)
    return answer
