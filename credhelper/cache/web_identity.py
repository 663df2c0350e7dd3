"""Token files of web identities and of EKS Pod Identity, and their subjects.

These tokens are rotated hourly or daily but keep the same issuer and subject, so a rotation alone does not invalidate
cached entries.
"""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from credhelper import fingerprint
from credhelper.cache.file_stamps import is_stable
from credhelper.fingerprint import TOKEN_SUBJECT

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

_MAX_SIZE = 1 << 16  # bytes; those of Kubernetes have about 1,500


def observe_subjects(paths: Iterable[str]) -> list[bytes]:
    """Return a dependency on the subject of each file that contains a token, with only a digest of the subject."""
    subjects = {os.fsencode(path): jwt_subject(path) for path in paths}
    return [b"\t".join((TOKEN_SUBJECT, path, subject)) for path, subject in subjects.items() if subject]


def rotated(dependencies: Sequence[bytes], environ: Mapping[str, str], now: float) -> dict[bytes, bytes]:
    """Return {old dependency: new dependency} for the token files in `dependencies` that were rotated.

    The subject of such a file is the same as before. `now` is in seconds of UTC since the epoch.
    """
    fields = (dependency.split(b"\t") for dependency in dependencies)
    subjects = {subject[1]: subject[2] for subject in fields if subject[0] == TOKEN_SUBJECT and len(subject) == 3}
    replacements: dict[bytes, bytes] = {}
    for path, subject in subjects.items():
        current = fingerprint.observe(b"file", path, environ)
        is_same_subject = jwt_subject(os.fsdecode(path)) == subject and is_stable(os.fsdecode(path), now, now)
        if is_same_subject and fingerprint.is_unchanged(current, environ):
            replacements.update(
                (dependency, current) for dependency in dependencies if dependency.startswith(b"file\t%s\t" % path)
            )
    return replacements


def jwt_subject(path: str) -> bytes:
    """Return a digest of issuer, subject and audience of the JSON Web Token (RFC 7519) in a file; b"" without a token.

    The signature is not verified: anyone who can write the file can act under that identity anyway.
    """
    # Imported lazily: only a machine with such a file needs these modules.
    import base64  # noqa: PLC0415
    import hashlib  # noqa: PLC0415
    import json  # noqa: PLC0415

    try:
        with open(path, "rb", opener=_open_nonblocking) as file:
            _, payload, _ = file.read(_MAX_SIZE).strip().split(b".")
        claims = json.loads(base64.urlsafe_b64decode(payload + b"=" * (-len(payload) % 4)))
        identity = [claims["iss"], claims["sub"], claims.get("aud")]
    except (OSError, ValueError, LookupError, TypeError, AttributeError, RecursionError):
        return b""
    return hashlib.sha256(json.dumps(identity).encode("ascii")).hexdigest().encode("ascii")


def _open_nonblocking(path: str, flags: int) -> int:
    """Open a file without blocking, in case it is a pipe."""
    return os.open(path, flags | getattr(os, "O_NONBLOCK", 0))
