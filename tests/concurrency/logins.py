"""Trials of logins that many processes store, get and erase at once, in the private file."""

from __future__ import annotations

import json
import tempfile
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from credhelper.logins.store import LoginStore
from credhelper.settings.load import load_settings
from credhelper.system.context import Context
from tests.concurrency.processes import TIMEOUT, send_request, start_idle, wait_for_all

Environ = Mapping[str, str]
Request = tuple[str, str]  # a verb, and what it is given

_SERVER, _OTHER_SERVER = "one.example.com", "other.example.com"


def store_at_once(processes: int = 50) -> Counter[str]:
    """Let processes store a login each, all at once.

    Return how many were listed afterwards, and the result of a get for each.
    """
    servers = [f"{number}.example.com" for number in range(processes)]
    with _create_home() as environ:
        _run_at_once([_store_request(server, server) for server in servers], environ)
        [listing] = _run_at_once([("list", "")], environ)
        counts = Counter("its own" if _find_user(server, environ) == server else "lost" for server in servers)
    return counts + Counter(listed=len(json.loads(listing)))


def read_while_storing(readers: int = 50, writers: int = 10) -> Counter[str]:
    """Let so many processes get a login while others store it, each for another user."""
    users = {f"user {number}" for number in range(writers)}
    with _create_home() as environ:
        _run_at_once([_store_request(_SERVER, "user 0")], environ)
        requests = [_store_request(_SERVER, user) for user in sorted(users)]
        answers = _run_at_once([*requests, *[("get", _SERVER)] * readers], environ)[writers:]
    return Counter("whole" if _parse_user(answer) in users else "torn or gone" for answer in answers)


def race_store_and_erase(times: int) -> Counter[str]:
    """Let a login be stored and erased at once, so many times, beside another one. Give what was there then."""
    counts: Counter[str] = Counter()
    with _create_home() as environ:
        _run_at_once([_store_request(_OTHER_SERVER, "bystander"), _store_request(_SERVER, "before")], environ)
        for _ in range(times):
            _run_at_once([_store_request(_SERVER, "new"), ("erase", _SERVER)], environ)
            counts[{"new": "stored", "nobody": "erased"}.get(_find_user(_SERVER, environ), "something else")] += 1
            counts["the other one"] += _find_user(_OTHER_SERVER, environ) == "bystander"
    return counts


def _store_request(server: str, user: str) -> Request:
    return "store", json.dumps({"ServerURL": server, "Username": user, "Secret": f"secret of {user}"})


def _parse_user(answer: bytes | str) -> str:
    """Give whose login an answer is, if it is whole."""
    login = json.loads(answer)
    return login["Username"] if login["Secret"] == f"secret of {login['Username']}" else "mixed"


def _find_user(server: str, environ: Environ) -> str:
    """Give whose login is kept for a server."""
    login = LoginStore(Context(environ, load_settings(environ))).find(server)
    return "nobody" if login is None else _parse_user(login.to_json())


def _run_at_once(requests: Iterable[Request], environ: Environ) -> list[bytes]:
    """Start a helper for each wish; when all are there, tell them all. Give the answers."""
    requests = list(requests)
    helpers = [start_idle(environ, verb) for verb, _ in requests]
    for helper, (_, request) in zip(helpers, requests):
        send_request(helper, request)
    results = wait_for_all(helpers)
    assert all(status == 0 for status, _ in results)
    return [answer for _, answer in results]


@contextmanager
def _create_home() -> Iterator[Environ]:
    with tempfile.TemporaryDirectory() as home:
        directory = Path(home, ".config", "credhelper")
        directory.mkdir(parents=True)
        (directory / "config.toml").write_text('[logins]\nkeyring = "file"\n')
        yield {"HOME": home, "CREDHELPER_TIMEOUT": str(TIMEOUT)}  # how long fifty take is the machine's affair
