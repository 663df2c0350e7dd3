"""Cache entries: their file format, how they are parsed, and whether an entry answers a `get`.

On the hit path. An entry is a file of this form:

    credhelper entry 2              the file type and the version of this format
    HOST
    SALT:DIGEST                     a digest of the confidential variables, or "-" without them (fingerprint.py)
    NAME='VALUE'                    the other selecting variables, one per line

    CLOCK                           the lifetime (see Lifetime), the exit status, and a checksum of the body
    KIND <tab> SUBJECT <tab> VALUE  the dependencies, one per line (fingerprint.py)

    BODY                            the exact bytes of the answer to the client

A hit compares the header, observes the dependencies again, and copies the body. A file that does not have exactly this
form, or belongs to another user, is a miss and never an error: it may be empty, truncated, or of another version.
"""

from credhelper.clock import Instant
from credhelper.fingerprint import REPORTED, checksum, is_digest_of, is_unchanged, read_variables, salted_digest
from credhelper.paths import cache_directory
from credhelper.private_file import read_private_file

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Container, Mapping, Sequence

MAGIC = b"credhelper entry 2\n"
# An entry of version 1 may contain secrets from the environment: it never answers, and is pruned.
FORMATS = (MAGIC, b"credhelper entry 1\n")
_SHARED_SLOTS = (1, 2, 3)  # if more identities are used at once, they evict each other


class Lifetime:
    """When a token was issued, and the ages, in seconds, at which its entry changes state.

    A hit older than `revalidate_after` starts a background check of the machine's role; one older than `refresh_after`
    starts a background refresh. An entry older than `freshness_lifetime` is stale: it answers only if a refresh fails
    for a transient reason, and only until `expires_in`.
    """

    __slots__ = ("expires_in", "freshness_lifetime", "issued_at", "refresh_after", "revalidate_after")

    def __init__(
        self,
        issued_at: Instant,
        revalidate_after: float,
        refresh_after: float,
        freshness_lifetime: float,
        expires_in: float,
    ) -> None:
        self.issued_at = issued_at
        self.revalidate_after = revalidate_after
        self.refresh_after = refresh_after
        self.freshness_lifetime = freshness_lifetime
        self.expires_in = expires_in

    @property
    def expires_at(self) -> float:
        """The time at which the token expires, in seconds of UTC since the epoch."""
        return self.issued_at.wall + self.expires_in

    def is_fresh(self, now: Instant) -> bool:
        """Return whether the entry answers without a call to AWS."""
        return 0 <= now.seconds_since(self.issued_at) < min(self.freshness_lifetime, self.expires_in)

    def is_valid(self, now: Instant) -> bool:
        """Return whether the token has not expired."""
        return 0 <= now.seconds_since(self.issued_at) < self.expires_in

    def remaining(self, now: Instant) -> float:
        """Return the seconds until the token stops being fresh or, if it is already stale, until it expires."""
        age = now.seconds_since(self.issued_at)
        return (self.freshness_lifetime if age < self.freshness_lifetime else self.expires_in) - age

    def is_refresh_due(self, now: Instant) -> bool:
        """Return whether a hit should start a background refresh or a check of the role."""
        return now.seconds_since(self.issued_at) >= min(self.revalidate_after, self.refresh_after)


class CacheEntry:
    """The content of an entry whose dependencies are unchanged.

    `status` and `body` are the exit status and the standard output of the answer. `dependencies` is None if they could
    not be determined; such an answer must not be cached.
    """

    __slots__ = ("body", "dependencies", "lifetime", "status")

    def __init__(self, lifetime: Lifetime, dependencies: "Sequence[bytes] | None", status: int, body: bytes) -> None:
        self.lifetime = lifetime
        self.dependencies = dependencies
        self.status = status
        self.body = body

    def role_identity(self) -> "tuple[bytes, bytes]":
        """Return the metadata service's endpoint and the role identity that it reported, or two empty values."""
        for dependency in self.dependencies or ():
            kind, _, rest = dependency.partition(b"\t")
            if kind == REPORTED:
                endpoint, _, identity = rest.partition(b"\t")
                return endpoint, identity
        return b"", b""


def file_name(host: str, variables: bytes, slot: int = 0) -> str:
    """Return the file name of an entry.

    It contains a checksum of `variables`, so that profiles do not evict each other; whether the entry answers depends
    only on its content. Confidential variables are not part of it, since a file name would reveal a short secret.
    """
    return f"{host}-{checksum(variables + b'%d' % slot if slot else variables)}"


def file_names(host: str, variables: bytes, confidential: bytes) -> "list[str]":
    """Return the names of the files that may contain the entry of `host`.

    It is one name or, with confidential variables, the few names that are shared by all identities that differ only in
    these variables.
    """
    return [file_name(host, variables, slot) for slot in (_SHARED_SLOTS if confidential else (0,))]


def serialize(
    host: str, variables: bytes, entry: CacheEntry, *, confidential: bytes = b"", body_in_keyring: bool = False
) -> bytes:
    """Return the bytes of the file for `entry`, the entry of `host` in an environment with these variables.

    With `body_in_keyring` the body is omitted; such a file is never a hit, since its checksum does not match.
    """
    lifetime, issued_at = entry.lifetime, entry.lifetime.issued_at
    clock_line = b"%.3f %s %.3f %d %d %d %d %d %s" % (
        *(issued_at.wall, issued_at.boot or b"-", issued_at.uptime),
        *(lifetime.revalidate_after, lifetime.refresh_after, lifetime.freshness_lifetime, lifetime.expires_in),
        *(entry.status, checksum(entry.body).encode("ascii")),
    )
    header = b"%s%s\n%s\n" % (_first_lines(host), salted_digest(confidential), variables)
    return header + b"\n".join((clock_line, *(entry.dependencies or ()), b"", b"" if body_in_keyring else entry.body))


def lookup(host: str, environ: "Mapping[str, str]", now: Instant) -> "CacheEntry | None":
    """Return the entry of `host` if it is fresh and its dependencies are unchanged (a hit); None for a miss."""
    directory = cache_directory(environ)
    if directory is None:
        return None
    variables, confidential = read_variables(environ)
    for name in file_names(host, variables, confidential):
        data = read_private_file(f"{directory}/{name}")
        entry = None if data is None else parse(data, host, variables, environ, confidential=confidential)
        if entry is not None and entry.lifetime.is_fresh(now):
            return entry
    return None


def parse(
    data: bytes,
    host: str,
    variables: bytes,
    environ: "Mapping[str, str]",
    ignoring: "Container[bytes]" = (),
    *,
    confidential: "bytes | None" = None,
) -> "CacheEntry | None":
    """Return the entry in `data`, regardless of its age.

    Return None if the entry is for another host or environment, if it is corrupt, or if any dependency not in
    `ignoring` has changed. `confidential` defaults to the confidential variables of `environ`.
    """
    if confidential is None:
        confidential = read_variables(environ)[1]
    if not belongs_to(data, host, variables, confidential):
        return None
    return _parse_rest(data, variables, environ, ignoring)


def belongs_to(data: bytes, host: str, variables: bytes, confidential: bytes) -> bool:
    """Return whether `data` is the entry of `host` for an environment with these variables."""
    digest = digest_of(data, host, variables)
    return digest is not None and is_digest_of(digest, confidential)


def digest_of(data: bytes, host: str, variables: bytes) -> "bytes | None":
    """Return the digest of the confidential variables in `data`; None if `data` is not for `host` and `variables`."""
    first_lines = _first_lines(host)
    digest, _, rest = data[len(first_lines) :].partition(b"\n")
    return digest if data.startswith(first_lines) and rest.startswith(variables + b"\n") else None


def _parse_rest(
    data: bytes, variables: bytes, environ: "Mapping[str, str]", ignoring: "Container[bytes]"
) -> "CacheEntry | None":
    metadata, separator, body = data.split(b"\n", 3)[3][len(variables) + 1 :].partition(b"\n\n")
    clock_line, *dependencies = metadata.split(b"\n")
    try:
        lifetime, status, body_checksum = _parse_clock_line(clock_line)
    except (ValueError, OverflowError):
        return None
    if (
        not separator
        or body_checksum != checksum(body).encode("ascii")
        or not all(dependency in ignoring or is_unchanged(dependency, environ) for dependency in dependencies)
    ):
        return None
    return CacheEntry(lifetime, dependencies, status, body)


def dependencies_of(data: bytes) -> "list[bytes]":
    """Return the dependencies of an entry, whether or not they have changed."""
    return data.split(b"\n\n", 2)[1].split(b"\n")[1:] if data.count(b"\n\n") > 1 else []


def issued_at_of(data: bytes) -> bytes:
    """Return the serialized time at which the token of an entry was issued, which identifies the token."""
    return b" ".join(data.split(b"\n\n", 2)[1].split(b"\n")[0].split(b" ")[:3]) if data.count(b"\n\n") > 1 else b""


def body_of(data: bytes) -> bytes:
    """Return the body of an entry, whether or not the entry may still answer."""
    return data.split(b"\n\n", 2)[-1]


def _first_lines(host: str) -> bytes:
    return b"%s%s\n" % (MAGIC, host.encode("ascii"))


def _parse_clock_line(line: bytes) -> "tuple[Lifetime, int, bytes]":
    wall, boot_id, uptime, revalidate_after, refresh_after, freshness_lifetime, expires_in, status, body_checksum = (
        line.split(b" ")
    )
    issued_at = Instant(float(wall), boot_id if boot_id != b"-" else b"", float(uptime))
    return (
        Lifetime(issued_at, int(revalidate_after), int(refresh_after), int(freshness_lifetime), int(expires_in)),
        int(status),
        body_checksum,
    )
