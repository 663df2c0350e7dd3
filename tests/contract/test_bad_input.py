"""Bad input gets the protocol's own string or a one-line message, exit status 1, and never a partial answer."""

from __future__ import annotations

import json

import pytest

from tests.fake_ec2.services import Loopback
from tests.support.runner import HOST, NO_CALLS, parse_error, run_helper

SECRET = "a-secret-of-somebody"
MEGABYTE = 1 << 20

SERVERS = {
    "a NUL": f"{HOST}\0".encode(),
    "a NUL and more": f"{HOST}\0.example.com".encode(),
    "control characters": f"\x1b[31m{HOST}".encode(),
    "invalid UTF-8": b"\xff\xfe" + HOST.encode(),
    "digits that are not ASCII": "١٢٣٤٥٦٧٨٩٠١٢.dkr.ecr.us-east-1.amazonaws.com".encode(),
    "two lines": f"{HOST}\n{HOST}".encode(),
    "a line after the host": f"{HOST}\nexample.com\n".encode(),
    "a user name": f"https://AWS:{SECRET}@{HOST}/v2/".encode(),
    "a host as a user name": f"{HOST}@example.com".encode(),
    "a login": json.dumps({"ServerURL": HOST, "Username": "AWS", "Secret": SECRET}).encode(),
    "a megabyte": b"a" * MEGABYTE,
    "a host and a megabyte": HOST.encode() + b"/" + b"a" * MEGABYTE,
    "a host, spaces and more": HOST.encode() + b" " * MEGABYTE + b"a",
    "a scheme and nothing": b"https://",
    "a port that is none": f"{HOST}:https".encode(),
}
LOGINS = {
    "nothing": b"",
    "no JSON": SECRET.encode(),
    "half of it": f'{{"ServerURL": "{HOST}", "Username": "AWS", "Secret": "{SECRET}'.encode(),
    "a list": json.dumps([HOST, "AWS", SECRET]).encode(),
    "a string": json.dumps(SECRET).encode(),
    "null": b"null",
    "a number for a host": json.dumps({"ServerURL": 1, "Username": "AWS", "Secret": SECRET}).encode(),
    "a list for a user": json.dumps({"ServerURL": HOST, "Username": ["AWS"], "Secret": SECRET}).encode(),
    "half a character for a host": b'{"ServerURL": "\\ud800", "Username": "AWS", "Secret": "%b"}' % SECRET.encode(),
    "a host that is none": json.dumps({"ServerURL": f"{HOST}\0", "Username": "AWS", "Secret": SECRET}).encode(),
    "a user in the host": json.dumps({"ServerURL": f"{SECRET}@{HOST}", "Username": "AWS", "Secret": SECRET}).encode(),
    "invalid UTF-8": b'{"ServerURL": "\xff", "Username": "AWS", "Secret": "%b"}' % SECRET.encode(),
    "a deep nest": b"[" * 60_000,
    "a megabyte": json.dumps({"ServerURL": HOST, "Username": "AWS", "Secret": SECRET * 60_000}).encode(),
}


@pytest.mark.parametrize("verb", ["get", "erase"])
@pytest.mark.parametrize("server", SERVERS.values(), ids=SERVERS)
def test_an_invalid_host_is_refused_and_not_quoted(cloud: Loopback, verb: str, server: bytes) -> None:
    result = run_helper(verb, stdin=server)
    assert "invalid server URL" in parse_error(result)
    assert SECRET.encode() not in result.stdout + result.stderr
    assert HOST.encode() not in result.stdout
    assert cloud.count_calls() == NO_CALLS


@pytest.mark.parametrize("spaces", [b"\n" * MEGABYTE, b"\n" * MEGABYTE + HOST.encode()], ids=["alone", "and a host"])
def test_a_megabyte_of_newlines_is_not_a_host(spaces: bytes) -> None:
    """Input beyond the limit is not read, so a host there does not count."""
    assert "longer than 4096 bytes" in parse_error(run_helper("get", stdin=spaces))


@pytest.mark.parametrize("login", LOGINS.values(), ids=LOGINS)
def test_an_invalid_login_is_refused_and_not_quoted(login: bytes) -> None:
    result = run_helper("store", stdin=login)
    assert parse_error(result)
    assert SECRET.encode() not in result.stdout + result.stderr
    assert "[internal]" not in result.report
