"""A failed exchange, left for those who want the same token: who waited for it shares it, and need not fail again.

A file beside the entries, named as the lock is. It never holds a secret: errors hold none. What must not be in its name
is in it as a salted digest.
"""

from __future__ import annotations

import json
from typing import NamedTuple

from credhelper import entry
from credhelper.entry import Moment
from credhelper.errors import HelperError


class Setback(NamedTuple):
    """What failed, and when; `salted` is a digest of what is confidential of the identity (evidence.salted_digest)."""

    at: Moment
    host: str
    error: HelperError
    salted: bytes = b"-"

    def told_for(self, host: str) -> HelperError:
        """Give the failure as it is told to the client that wants `host`."""
        error = self.error
        message, fix = (text.replace(self.host, host) for text in (error.message, error.fix))
        return HelperError(error.id, message, fix)


def form(setback: Setback) -> bytes:
    """Give the bytes of the file."""
    at, error = setback.at, setback.error
    fields = [at.wall, at.boot.decode("ascii"), at.uptime, setback.salted.decode("ascii"), setback.host]
    return json.dumps([*fields, error.id, error.message, error.fix]).encode("ascii")


def read(path: str) -> Setback | None:
    """Give what the file `path` holds, if it is ours and whole."""
    data = entry.load(path)
    if data is None:
        return None
    try:
        wall, boot, uptime, salted, host, id_, message, fix = json.loads(data)
        salted = str(salted).encode("ascii")
        at = Moment(float(wall), str(boot).encode("ascii"), float(uptime))
    except (ValueError, TypeError, OverflowError, RecursionError):
        return None
    return Setback(at, str(host), HelperError(str(id_), str(message), str(fix)), salted)
