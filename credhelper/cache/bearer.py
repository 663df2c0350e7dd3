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

from credhelper import evidence
from credhelper.cache.ticks import is_settled
from credhelper.evidence import BEARER

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

_LARGEST = 1 << 16  # bytes; Kubernetes' have some 1,500


def facts(paths: Iterable[str]) -> list[bytes]:
    """Give a fact for each of the files that is a token, which says whose it is. Nothing can be told from it."""
    owners = {os.fsencode(path): owner(path) for path in paths}
    return [b"\t".join((BEARER, path, whose)) for path, whose in owners.items() if whose]


def rotated(known: Sequence[bytes], environ: Mapping[str, str], now: float) -> dict[bytes, bytes]:
    """Give {fact of a file, as it was: as it is} for each token file of the facts `known` that has been written anew
    for the same owner; `now` is in seconds of UTC since the epoch.
    """
    fields = (fact.split(b"\t") for fact in known)
    owners = {each[1]: each[2] for each in fields if each[0] == BEARER and len(each) == 3}
    found: dict[bytes, bytes] = {}
    for path, whose in owners.items():
        is_now = evidence.fact(b"file", path, environ)
        is_same = owner(os.fsdecode(path)) == whose and is_settled(os.fsdecode(path), now, now)
        if is_same and evidence.holds(is_now, environ):
            found.update((fact, is_now) for fact in known if fact.startswith(b"file\t%s\t" % path))
    return found


def owner(path: str) -> bytes:
    """Give a digest of the issuer, the subject and the audience of the JSON Web Token (RFC 7519) in the file `path`;
    b"" where there is none. It is not verified: whoever can write the file is who it says, as far as we can tell.
    """
    try:
        with open(path, "rb", opener=_open) as file:
            _, payload, _ = file.read(_LARGEST).strip().split(b".")
        claims = json.loads(base64.urlsafe_b64decode(payload + b"=" * (-len(payload) % 4)))
        told = [claims["iss"], claims["sub"], claims.get("aud")]
    except (OSError, ValueError, LookupError, TypeError, AttributeError, RecursionError):
        return b""
    return hashlib.sha256(json.dumps(told).encode("ascii")).hexdigest().encode("ascii")


def _open(path: str, flags: int) -> int:
    """A pipe that somebody has put there would block whoever opens it."""
    return os.open(path, flags | getattr(os, "O_NONBLOCK", 0))
