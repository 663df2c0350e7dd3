"""Docker's verbs, in process; tests/contract has them as a client sees them."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from credhelper import protocol
from credhelper.cache import store
from credhelper.run import Result

HOST = "123456789012.dkr.ecr.us-east-1.amazonaws.com"


def run(*words: str, given: bytes = b"", **environ: str) -> Result:
    return protocol.run(list(words), lambda: given, {"HOME": os.environ["HOME"], **environ})


def said(reply: Result) -> tuple[int, str]:
    return reply.status, reply.stdout.decode().strip()


@pytest.mark.parametrize("given", [b"[]", b"1", b"{", b"\xff", b'{"ServerURL": 1}', b"null", b"[" * 100_000, b'""'])
def test_what_is_no_login_is_refused(given: bytes) -> None:
    reply = run("store", given=given)
    assert reply.status == 1
    assert "[bad-login]" in reply.notes[0]


def test_a_token_that_cannot_be_removed_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object) -> None:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(store, "delete_host", refuse)
    reply = run("erase", given=HOST.encode())
    assert reply.status == 1
    assert "[erase-failed]" in reply.notes[0]


def test_a_fault_of_ours_is_one_line_and_no_traceback(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(protocol, "load_settings", lambda _: 1 / 0)
    reply = run("get", given=HOST.encode())
    assert said(reply) == (1, "a fault of docker-credential-ecr itself: ZeroDivisionError")
    assert "[internal]" in reply.notes[0]
    assert "Traceback" not in reply.notes[0]
    assert "Traceback" in run("get", given=HOST.encode(), CREDHELPER_DEBUG="1").notes[0]


def test_a_profile_that_is_not_there_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_PROFILE", "nobody")
    reply = run("get", given=HOST.encode())
    assert "nobody" in reply.stdout.decode()
    assert "[profile-missing]" in reply.notes[0]


@pytest.mark.parametrize("words", [(), ("get", HOST), ("get", "get"), ("",), ("get", "--help")])
def test_anything_but_one_word_is_the_usage(words: tuple[str, ...]) -> None:
    assert said(run(*words)) == (1, protocol.USAGE)


def test_a_word_that_is_no_verb_is_named_and_cannot_write_on_the_terminal() -> None:
    assert said(run("\x1b[2Jfoo")) == (1, r"docker-credential-ecr: unknown action: \x1b[2Jfoo")


@pytest.mark.parametrize("verb", ["list", "version", "--version", "-v", "--help", "-h"])
def test_a_verb_without_input_reads_none(verb: str) -> None:
    def read() -> bytes:
        raise AssertionError("it read")

    reply = protocol.run([verb], read, {"HOME": os.environ["HOME"]})
    assert reply.status == 0


@given(st.sampled_from(["get", "store", "erase"]), st.binary(max_size=200))
def test_any_bytes_are_answered_with_one_line(verb: str, given_: bytes) -> None:
    reply = protocol.run([verb], lambda: given_, {"HOME": str(Path(os.devnull))})
    assert reply.status in (0, 1)
    assert reply.stdout == b"" or reply.stdout.count(b"\n") == 1
    assert not any("internal" in note for note in reply.notes)
