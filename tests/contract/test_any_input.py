"""Any input is answered with the protocol's string or a one-line message, and exit status 0 or 1."""

from __future__ import annotations

import json

import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from credhelper.cli import protocol
from credhelper.ecr.registry import parse
from credhelper.errors import HelperError
from credhelper.host import canonical_host
from credhelper.system.context import Result
from tests.support.runner import HOST, PUBLIC, run_helper

# Input whose host is a registry is not bad input: it would lead to a call.
hosts = st.sampled_from([HOST, PUBLIC, "ghcr.io", "localhost:5000", ""])
affixes = st.text(max_size=8) | st.sampled_from(["https://", ":443", "/v2/", "@", "\n", "\0", ".", "\ud800", "[", "]"])
servers = st.tuples(affixes, hosts, affixes).map(lambda parts: "".join(parts).encode("utf-8", "surrogatepass"))
logins = st.dictionaries(
    st.sampled_from(["ServerURL", "Username", "Secret", "other"]),
    servers.map(lambda server: server.decode("utf-8", "surrogatepass")) | st.text() | st.none() | st.integers(),
).map(lambda login: json.dumps(login).encode())
nestings = st.integers(0, 5_000).map(lambda depth: b'{"a":' * depth)
any_input = st.binary() | servers | logins | nestings


def is_registry(stdin: bytes) -> bool:
    try:
        return parse(canonical_host(stdin)) is not None
    except HelperError:
        return False


def run_verb(verb: str, stdin: bytes) -> Result:
    return protocol.run([verb], lambda: stdin, {})


def is_protocol_answer(result: Result) -> bool:
    """Return whether a result is a success without output, or a failure with one line of printable ASCII."""
    if result.status == 0:
        return result.stdout == b""
    line, end, rest = result.stdout.partition(b"\n")
    return result.status == 1 and line.decode("ascii").isprintable() and line != b"" and (end, rest) == (b"\n", b"")


@given(any_input)
def test_get_of_anything_but_a_registry_fails_with_one_line(stdin: bytes) -> None:
    assume(not is_registry(stdin))
    result = run_verb("get", stdin)
    assert result.status == 1
    assert is_protocol_answer(result)


@pytest.mark.parametrize("verb", ["store", "erase"])
@given(stdin=any_input)
def test_store_and_erase_of_anything_print_nothing_or_one_line(verb: str, stdin: bytes) -> None:
    result = run_verb(verb, stdin)
    assert is_protocol_answer(result)
    assert not any("[internal]" in note for note in result.notes)


@given(st.lists(st.text(), max_size=3).filter(lambda argv: argv[:1] not in (["get"], ["list"])))
def test_any_arguments_are_answered_with_one_line_of_ascii(argv: list[str]) -> None:
    result = protocol.run(argv, lambda: b"", {})
    assert result.status in (0, 1)
    assert result.stdout.isascii()
    assert result.stdout.endswith(b"\n")


@settings(max_examples=10, suppress_health_check=[HealthCheck.too_slow])
@given(verb=st.sampled_from(["get", "store", "erase"]), stdin=st.binary(max_size=200))
def test_any_bytes_make_the_process_print_nothing_or_one_line(verb: str, stdin: bytes) -> None:
    assume(not is_registry(stdin))
    result = run_helper(verb, stdin=stdin)
    assert is_protocol_answer(Result(result.status, result.stdout))


def test_a_login_to_a_registry_succeeds() -> None:
    assert run_verb("store", json.dumps({"ServerURL": HOST, "Username": "AWS"}).encode()).status == 0
