"""Token files of web identities and of EKS Pod Identity: whose they are.

They are written anew each hour or day, and say the same of their owner each time: so what was bought for one owner
goes on to serve, without a call, where only the stamp has changed.
"""

from __future__ import annotations

import base64
import hashlib
import json
import os
from typing import TYPE_CHECKING

from credhelper import fingerprint
from credhelper.cache.file_stamps import is_stable
from credhelper.fingerprint import TOKEN_SUBJECT

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

_MAX_SIZE = 1 << 16  # bytes; Kubernetes' have some 1,500


def observe_subjects(paths: Iterable[str]) -> list[bytes]:
    """Give a fact for each of the files that is a token, which says whose it is. Nothing can be told from it."""
    subjects = {os.fsencode(path): jwt_subject(path) for path in paths}
    return [b"\t".join((TOKEN_SUBJECT, path, subject)) for path, subject in subjects.items() if subject]


def rotated(dependencies: Sequence[bytes], environ: Mapping[str, str], now: float) -> dict[bytes, bytes]:
    """Give {fact of a file, as it was: as it is} for each token file of the facts `dependencies` that has been
    written anew for the same owner; `now` is in seconds of UTC since the epoch.
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
    """Give a digest of the issuer, the subject and the audience of the JSON Web Token (RFC 7519) in the file `path`;
    b"" where there is none. It is not verified: whoever can write the file is who it says, as far as we can tell.
    """
    try:
        with open(path, "rb", opener=_open_nonblocking) as file:
            _, payload, _ = file.read(_MAX_SIZE).strip().split(b".")
        claims = json.loads(base64.urlsafe_b64decode(payload + b"=" * (-len(payload) % 4)))
        identity = [claims["iss"], claims["sub"], claims.get("aud")]
    except (OSError, ValueError, LookupError, TypeError, AttributeError, RecursionError):
        return b""
    return hashlib.sha256(json.dumps(identity).encode("ascii")).hexdigest().encode("ascii")


def _open_nonblocking(path: str, flags: int) -> int:
    """A pipe that somebody has put there would block whoever opens it."""
    return os.open(path, flags | getattr(os, "O_NONBLOCK", 0))
