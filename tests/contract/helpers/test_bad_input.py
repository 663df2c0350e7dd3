"""What is no login and no server is refused in one line, and nothing that was stored is changed by it."""

from __future__ import annotations

import json

import pytest

from tests.contract.helpers.helper import SERVER, SOMEBODY, Helper, as_sent
from tests.contract.process import Done

TEN_MEGABYTES = 10_000_000
HIDDEN = "a-secret-of-nobody"
NEWER = SOMEBODY._replace(secret=HIDDEN)
SENT = as_sent(SERVER, NEWER)
FIELDS = {"ServerURL": SERVER, "Username": "somebody", "Secret": HIDDEN}

LOGINS = {
    "nothing": b"",
    "not JSON": HIDDEN.encode(),
    "half of it": SENT[:-3],
    "a list": json.dumps([SERVER, *NEWER]).encode(),
    "a string": json.dumps(HIDDEN).encode(),
    "null": b"null",
    "two logins": SENT + SENT,
    "a word behind it": SENT + b"x",
    "single quotes": SENT.replace(b'"', b"'"),
    "invalid UTF-8": SENT.replace(b"nobody", b"\xff\xfe"),
    "UTF-16": SENT.decode().encode("utf-16"),
    "a NUL in its server": json.dumps({**FIELDS, "ServerURL": f"{SERVER}\0"}).encode(),
    "a NUL in its user name": json.dumps({**FIELDS, "Username": "some\0body"}).encode(),
    "a NUL in its secret": json.dumps({**FIELDS, "Secret": f"{HIDDEN}\0more"}).encode(),
    "a raw NUL": SENT.replace(b"nobody", b"no\0body"),
    "a raw NUL behind it": SENT + b"\0",
    "a number for a user name": json.dumps({**FIELDS, "Username": 1}).encode(),
    "a list for a secret": json.dumps({**FIELDS, "Secret": [HIDDEN]}).encode(),
    "null for a server": json.dumps({**FIELDS, "ServerURL": None}).encode(),
    "its server twice": SENT[:-2] + b', "ServerURL": "%b"}' % SERVER.encode(),
    "its user name twice": b'{"Username": "another", ' + SENT[1:],
    "its secret twice": SENT[:-2] + b', "Secret": "other"}',
    "10 MB": as_sent(SERVER, NEWER._replace(secret=HIDDEN * (TEN_MEGABYTES // len(HIDDEN)))),
    "10 MB of brackets": b"[" * TEN_MEGABYTES,
}
SERVERS = {
    "a NUL": f"{SERVER}\0".encode(),
    "control characters": f"\x1b[31m{SERVER}".encode(),
    "invalid UTF-8": b"\xff\xfe" + SERVER.encode(),
    "two lines": f"{SERVER}\n{SERVER}".encode(),
    "a password": f"https://somebody:{HIDDEN}@{SERVER}".encode(),
    "a scheme and nothing": b"https://",
    "10 MB": SERVER.encode() + b"/" + b"a" * TEN_MEGABYTES,
}
VERBS = ("get", "erase")


@pytest.mark.parametrize("given", LOGINS.values(), ids=LOGINS)
def test_what_is_no_login_is_refused_in_one_line(helper: Helper, given: bytes) -> None:
    assert refused(helper.send(given))


def test_what_is_no_login_changes_nothing(helper: Helper) -> None:
    helper.store()
    for given in LOGINS.values():
        helper.send(given)
    assert helper.listed() == {SERVER: SOMEBODY.username}
    assert helper.login() == SOMEBODY


@pytest.mark.parametrize("verb", VERBS, ids=VERBS)
def test_what_is_no_server_is_refused_in_one_line(helper: Helper, verb: str) -> None:
    helper.store()
    assert [name for name, given in SERVERS.items() if not refused(helper.run(verb, stdin=given))] == []


def test_an_erase_of_what_is_no_server_changes_nothing(helper: Helper) -> None:
    helper.store()
    for given in SERVERS.values():
        helper.run("erase", stdin=given)
    assert helper.login() == SOMEBODY


def refused(done: Done) -> bool:
    """Whether it is one line, and nothing of what was sent is in it."""
    assert HIDDEN.encode() not in done.stdout + done.stderr
    return done.status == 1 and done.stdout.endswith(b"\n") and done.stdout.count(b"\n") == 1
