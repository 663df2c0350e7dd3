"""The law of bad input: whatever is sent, the answer is the protocol's string or one sentence, the status 0 or 1."""

from __future__ import annotations

import json

import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from credhelper import protocol
from credhelper.errors import HelperError
from credhelper.host import canonical_host
from credhelper.registry import parse
from credhelper.run import Result
from tests.contract.process import HOST, PUBLIC, helper

# A registry would be asked for: what has one for its host is not bad input.
hosts = st.sampled_from([HOST, PUBLIC, "ghcr.io", "localhost:5000", ""])
around = st.text(max_size=8) | st.sampled_from(["https://", ":443", "/v2/", "@", "\n", "\0", ".", "\ud800", "[", "]"])
servers = st.tuples(around, hosts, around).map(lambda parts: "".join(parts).encode("utf-8", "surrogatepass"))
logins = st.dictionaries(
    st.sampled_from(["ServerURL", "Username", "Secret", "other"]),
    servers.map(lambda server: server.decode("utf-8", "surrogatepass")) | st.text() | st.none() | st.integers(),
).map(lambda login: json.dumps(login).encode())
nests = st.integers(0, 5_000).map(lambda depth: b'{"a":' * depth)
anything = st.binary() | servers | logins | nests


def is_ours(given: bytes) -> bool:
    try:
        return parse(canonical_host(given)) is not None
    except HelperError:
        return False


def run(verb: str, given: bytes) -> Result:
    return protocol.run([verb], lambda: given, {})


def fits(reply: Result) -> bool:
    """Whether it is a success without a word, or one line of printable ASCII."""
    if reply.status == 0:
        return reply.stdout == b""
    line, end, rest = reply.stdout.partition(b"\n")
    return reply.status == 1 and line.decode("ascii").isprintable() and line != b"" and (end, rest) == (b"\n", b"")


@given(anything)
def test_get_of_anything_but_a_registry_is_one_line_and_no_success(given: bytes) -> None:
    assume(not is_ours(given))
    reply = run("get", given)
    assert reply.status == 1
    assert fits(reply)


@pytest.mark.parametrize("verb", ["store", "erase"])
@given(given=anything)
def test_store_and_erase_of_anything_are_silent_or_one_line(verb: str, given: bytes) -> None:
    reply = run(verb, given)
    assert fits(reply)
    assert not any("[internal]" in note for note in reply.notes)


@given(st.lists(st.text(), max_size=3).filter(lambda words: words[:1] not in (["get"], ["list"])))
def test_any_words_are_one_line_of_ascii(words: list[str]) -> None:
    reply = protocol.run(words, lambda: b"", {})
    assert reply.status in (0, 1)
    assert reply.stdout.isascii()
    assert reply.stdout.endswith(b"\n")


@settings(max_examples=10, suppress_health_check=[HealthCheck.too_slow])
@given(verb=st.sampled_from(["get", "store", "erase"]), given=st.binary(max_size=200))
def test_any_bytes_to_the_process_are_silent_or_one_line(verb: str, given: bytes) -> None:
    assume(not is_ours(given))
    done = helper(verb, stdin=given)
    assert fits(Result(done.status, done.stdout))


def test_a_login_of_a_registry_is_a_success() -> None:
    assert run("store", json.dumps({"ServerURL": HOST, "Username": "AWS"}).encode()).status == 0
