"""Invalid logins and servers are refused in one line, and change nothing that is stored."""

from __future__ import annotations

import json

import pytest

from tests.contract.helpers.helper import LOGIN, SERVER, Helper, encode_login
from tests.support.runner import ProcessResult

TEN_MEGABYTES = 10_000_000
HIDDEN_SECRET = "a-secret-of-nobody"
NEW_LOGIN = LOGIN._replace(secret=HIDDEN_SECRET)
REQUEST = encode_login(SERVER, NEW_LOGIN)
FIELDS = {"ServerURL": SERVER, "Username": "somebody", "Secret": HIDDEN_SECRET}

LOGINS = {
    "nothing": b"",
    "not JSON": HIDDEN_SECRET.encode(),
    "half of it": REQUEST[:-3],
    "a list": json.dumps([SERVER, *NEW_LOGIN]).encode(),
    "a string": json.dumps(HIDDEN_SECRET).encode(),
    "null": b"null",
    "two logins": REQUEST + REQUEST,
    "a word behind it": REQUEST + b"x",
    "single quotes": REQUEST.replace(b'"', b"'"),
    "invalid UTF-8": REQUEST.replace(b"nobody", b"\xff\xfe"),
    "UTF-16": REQUEST.decode().encode("utf-16"),
    "a NUL in its server": json.dumps({**FIELDS, "ServerURL": f"{SERVER}\0"}).encode(),
    "a NUL in its user name": json.dumps({**FIELDS, "Username": "some\0body"}).encode(),
    "a NUL in its secret": json.dumps({**FIELDS, "Secret": f"{HIDDEN_SECRET}\0more"}).encode(),
    "a raw NUL": REQUEST.replace(b"nobody", b"no\0body"),
    "a raw NUL behind it": REQUEST + b"\0",
    "a number for a user name": json.dumps({**FIELDS, "Username": 1}).encode(),
    "a list for a secret": json.dumps({**FIELDS, "Secret": [HIDDEN_SECRET]}).encode(),
    "null for a server": json.dumps({**FIELDS, "ServerURL": None}).encode(),
    "its server twice": REQUEST[:-2] + b', "ServerURL": "%b"}' % SERVER.encode(),
    "its user name twice": b'{"Username": "another", ' + REQUEST[1:],
    "its secret twice": REQUEST[:-2] + b', "Secret": "other"}',
    "10 MB": encode_login(SERVER, NEW_LOGIN._replace(secret=HIDDEN_SECRET * (TEN_MEGABYTES // len(HIDDEN_SECRET)))),
    "10 MB of brackets": b"[" * TEN_MEGABYTES,
}
SERVERS = {
    "a NUL": f"{SERVER}\0".encode(),
    "control characters": f"\x1b[31m{SERVER}".encode(),
    "invalid UTF-8": b"\xff\xfe" + SERVER.encode(),
    "two lines": f"{SERVER}\n{SERVER}".encode(),
    "a password": f"https://somebody:{HIDDEN_SECRET}@{SERVER}".encode(),
    "a scheme and nothing": b"https://",
    "10 MB": SERVER.encode() + b"/" + b"a" * TEN_MEGABYTES,
}
VERBS = ("get", "erase")


@pytest.mark.parametrize("stdin", LOGINS.values(), ids=LOGINS)
def test_an_invalid_login_is_refused_in_one_line(helper: Helper, stdin: bytes) -> None:
    assert is_refused(helper.send(stdin))


def test_an_invalid_login_changes_nothing(helper: Helper) -> None:
    helper.store()
    for stdin in LOGINS.values():
        helper.send(stdin)
    assert helper.list_logins() == {SERVER: LOGIN.username}
    assert helper.find_login() == LOGIN


@pytest.mark.parametrize("verb", VERBS, ids=VERBS)
def test_an_invalid_server_is_refused_in_one_line(helper: Helper, verb: str) -> None:
    helper.store()
    assert [name for name, stdin in SERVERS.items() if not is_refused(helper.run(verb, stdin=stdin))] == []


def test_an_erase_of_an_invalid_server_changes_nothing(helper: Helper) -> None:
    helper.store()
    for stdin in SERVERS.values():
        helper.run("erase", stdin=stdin)
    assert helper.find_login() == LOGIN


def is_refused(result: ProcessResult) -> bool:
    """Return whether a request failed with one line; a secret in the output fails the test."""
    assert HIDDEN_SECRET.encode() not in result.stdout + result.stderr
    return result.status == 1 and result.stdout.endswith(b"\n") and result.stdout.count(b"\n") == 1
