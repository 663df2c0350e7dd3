"""The policy of a miss: which source answers for a registry, and how long its answer is kept."""

from __future__ import annotations

import hashlib
import json
import os
from typing import TYPE_CHECKING

from credhelper import entry, paths, store
from credhelper.entry import Life
from credhelper.errors import NOT_FOUND, HelperError
from credhelper.record import Origin, Record

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from credhelper.entry import Moment
    from credhelper.record import Token
    from credhelper.registry import Registry

LONGEST_LIFE = 12 * 3600  # seconds; AWS gives no longer token, so a later expiry is a wrong clock's
UNSEEN_CHANGES = 300  # seconds; how long a program's word (credential_process) is good for, which no stamp shows

# Seconds for which ECR Public is pulled from anonymously without asking again.
ANONYMOUS_AFTER_OUTAGE = 60
ANONYMOUS_AFTER_DENIAL = 3600
_OUTAGES = frozenset(("unreachable", "throttled", "aws-failed", "malformed-answer"))

_NO_FOLDER = "the token is not cached: neither AWS_ECR_CACHE_DIR nor HOME gives a folder that begins with /"
_ANONYMOUS = f"{NOT_FOUND}\n".encode()
_SECRET_VARIABLE = "AWS_CONTAINER_AUTHORIZATION_TOKEN"  # noqa: S105  (its name)


def get(
    registry: Registry,
    environ: Mapping[str, str],
    now: Moment,
    exchange: Callable[[Registry], Token] | None = None,
) -> tuple[int, bytes, Sequence[str]]:
    """Give the exit status, the answer, and notes for the person, for the client that wants `registry`.

    Raises HelperError when AWS gives no token; for ECR Public the answer is then "not found", since a pull works
    without one.
    """
    environ = _sealed(environ)
    held = entry.held(registry.host, environ, now)
    if held is not None:
        return (*held, ())
    record = Record(environ)
    try:
        token = (exchange or _exchange)(registry)
    except HelperError as error:
        if not registry.public:
            raise
        return _anonymous(registry.host, error, record, now)
    return _bought(registry.host, token, record, now)


def at_hand(environ: Mapping[str, str], now: Moment) -> dict[str, str]:
    """Give {host: user name} of each entry that would be a hit now."""
    environ = _sealed(environ)
    folder = paths.cache_folder(environ)
    found = {}
    for name, _ in store.entries(folder) if folder else ():
        host = name.rpartition("-")[0]
        status, answer = entry.held(host, environ, now) or (1, b"")
        if status == 0:
            found[host] = str(json.loads(answer)["Username"])
    return found


def _exchange(registry: Registry) -> Token:
    # Half of what a miss takes is importing botocore: whoever finds an entry does not pay for it.
    from credhelper.exchange import exchange  # noqa: PLC0415

    return exchange(registry)


def _bought(host: str, token: Token, record: Record, now: Moment) -> tuple[int, bytes, Sequence[str]]:
    answer = json.dumps({"ServerURL": host, "Username": token.username, "Secret": token.password})
    origin = token.origin
    whole = min(token.expires - now.wall, LONGEST_LIFE)
    fresh = min(whole / 2, origin.session_seconds, UNSEEN_CHANGES if origin.ran_program else LONGEST_LIFE)
    if whole <= 0:
        note = "AWS's token has expired by this machine's clock, and is not cached: is the clock right?"
        return 0, f"{answer}\n".encode(), (f"{host}: {note}",)
    return _keep(host, record, record.facts(origin), Life(now, fresh, whole), (0, f"{answer}\n".encode()))


def _anonymous(host: str, error: HelperError, record: Record, now: Moment) -> tuple[int, bytes, Sequence[str]]:
    """An entry too, so that a machine without credentials does not look for them at each public pull."""
    seconds = ANONYMOUS_AFTER_OUTAGE if error.id in _OUTAGES else ANONYMOUS_AFTER_DENIAL
    life = Life(now, seconds, seconds)
    status, answer, notes = _keep(host, record, record.facts(Origin(machine_bound=True)), life, (1, _ANONYMOUS))
    return status, answer, (f"{host} is pulled from without a login: {error.message}", *notes)


def _keep(
    host: str, record: Record, facts: Sequence[bytes] | None, life: Life, answer: tuple[int, bytes]
) -> tuple[int, bytes, Sequence[str]]:
    """Write the entry if it can be trusted later and written now, and give the answer whatever came of that."""
    folder = paths.cache_folder(record.environ)
    if facts is None or folder is None:
        return (*answer, (_NO_FOLDER,) if _lacks_folder(record.environ) else ())
    data = entry.form(host, record.variables, life, facts, answer)
    failure = store.keep(folder, entry.name(host, record.variables), data)
    return (*answer, (failure,) if failure else ())


def _lacks_folder(environ: Mapping[str, str]) -> bool:
    return paths.cache_folder(environ) is None and not environ.get("AWS_ECR_DISABLE_CACHE")


def _sealed(environ: Mapping[str, str]) -> Mapping[str, str]:
    """The container credentials' token is secret, and the identity: a digest stands for it in the evidence. The hit
    path has no digest, so that it never finds an entry of such an identity; it is found here.
    """
    token = environ.get(_SECRET_VARIABLE)
    if not token:
        return environ
    return {**environ, _SECRET_VARIABLE: hashlib.sha256(os.fsencode(token)).hexdigest()}
