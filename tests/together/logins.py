"""Trials of logins that many processes store, get and erase at once, in the private file."""

from __future__ import annotations

import json
import tempfile
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from credhelper import settings
from credhelper.logins import LoginStore
from tests.together.crowd import PATIENCE, ended, idle, tell

Environ = Mapping[str, str]
Wish = tuple[str, str]  # a verb, and what it is given

_ONE, _OTHER = "one.example.com", "other.example.com"


def stored(processes: int = 50) -> Counter[str]:
    """Let so many processes store a login each, all at once. Give how many were listed afterwards, and what was had of
    each.
    """
    servers = [f"{number}.example.com" for number in range(processes)]
    with _home() as environ:
        _at_once([_store(server, server) for server in servers], environ)
        [listed] = _at_once([("list", "")], environ)
        found = Counter("its own" if _user_of(server, environ) == server else "lost" for server in servers)
    return found + Counter(listed=len(json.loads(listed)))


def read(readers: int = 50, writers: int = 10) -> Counter[str]:
    """Let so many processes get a login while others store it, each for another user."""
    users = {f"user {number}" for number in range(writers)}
    with _home() as environ:
        _at_once([_store(_ONE, "user 0")], environ)
        wishes = [_store(_ONE, user) for user in sorted(users)]
        answers = _at_once([*wishes, *[("get", _ONE)] * readers], environ)[writers:]
    return Counter("whole" if _user(answer) in users else "torn or gone" for answer in answers)


def raced(times: int) -> Counter[str]:
    """Let a login be stored and erased at once, so many times, beside another one. Give what was there then."""
    found: Counter[str] = Counter()
    with _home() as environ:
        _at_once([_store(_OTHER, "bystander"), _store(_ONE, "before")], environ)
        for _ in range(times):
            _at_once([_store(_ONE, "new"), ("erase", _ONE)], environ)
            found[{"new": "stored", "nobody": "erased"}.get(_user_of(_ONE, environ), "something else")] += 1
            found["the other one"] += _user_of(_OTHER, environ) == "bystander"
    return found


def _store(server: str, user: str) -> Wish:
    return "store", json.dumps({"ServerURL": server, "Username": user, "Secret": f"secret of {user}"})


def _user(answer: bytes | str) -> str:
    """Give whose login an answer is, if it is whole."""
    login = json.loads(answer)
    return login["Username"] if login["Secret"] == f"secret of {login['Username']}" else "mixed"


def _user_of(server: str, environ: Environ) -> str:
    """Give whose login is kept for a server."""
    login = LoginStore(environ, settings.load(environ)).find(server)
    return "nobody" if login is None else _user(login.to_json())


def _at_once(wishes: Iterable[Wish], environ: Environ) -> list[bytes]:
    """Start a helper for each wish; when all are there, tell them all. Give the answers."""
    wishes = list(wishes)
    helpers = [idle(environ, verb) for verb, _ in wishes]
    for helper, (_, given) in zip(helpers, wishes):
        tell(helper, given)
    done = ended(helpers)
    assert all(status == 0 for status, _ in done)
    return [answer for _, answer in done]


@contextmanager
def _home() -> Iterator[Environ]:
    with tempfile.TemporaryDirectory() as home:
        folder = Path(home, ".config", "credhelper")
        folder.mkdir(parents=True)
        (folder / "config.toml").write_text('[logins]\nkeyring = "file"\n')
        yield {"HOME": home, "CREDHELPER_TIMEOUT": str(PATIENCE)}  # how long fifty take is the machine's affair
