"""Docker's verbs, called in this process; tests/contract tests them as a client sees them."""

from __future__ import annotations

import os
import re
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from credhelper.cache import files
from credhelper.cli import protocol, runtime
from credhelper.system.context import Result

HOST = "123456789012.dkr.ecr.us-east-1.amazonaws.com"


def run_verb(*argv: str, stdin: bytes = b"", **environ: str) -> Result:
    return protocol.run(list(argv), lambda: stdin, {"HOME": os.environ["HOME"], **environ})


def read_answer(result: Result) -> tuple[int, str]:
    return result.status, result.stdout.decode().strip()


@pytest.mark.parametrize("stdin", [b"[]", b"1", b"{", b"\xff", b'{"ServerURL": 1}', b"null", b"[" * 100_000, b'""'])
def test_input_that_is_not_a_login_is_refused(stdin: bytes) -> None:
    result = run_verb("store", stdin=stdin)
    assert result.status == 1
    assert result.stdout.endswith(b" [bad-login]\n")


def test_a_token_that_cannot_be_removed_is_reported(monkeypatch: pytest.MonkeyPatch) -> None:
    def deny(*_: object) -> None:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(files, "delete_host", deny)
    result = run_verb("erase", stdin=HOST.encode())
    assert result.status == 1
    assert read_answer(result)[1] == f"cannot delete the token for {HOST} (Permission denied) [erase-failed]"


def test_an_internal_error_is_one_line_without_a_traceback(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(runtime, "load_settings", lambda _: 1 / 0)
    result = run_verb("get", stdin=HOST.encode())
    assert result.status == 1
    assert re.fullmatch(
        rf"internal error for {HOST} \(this is a bug, in [\w.]+, line \d+\) \[internal\]\n",
        result.stdout.decode(),
    )
    assert "Traceback" not in result.notes[0]
    assert "Traceback" in run_verb("get", stdin=HOST.encode(), CREDHELPER_DEBUG="1").notes[0]


def test_a_missing_profile_is_reported(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_PROFILE", "nobody")
    result = run_verb("get", stdin=HOST.encode())
    assert read_answer(result)[1].startswith(f"the profile nobody does not exist for {HOST} (AWS_PROFILE names it")


@pytest.mark.parametrize("argv", [(), ("get", HOST), ("get", "get"), ("",), ("get", "--help")])
def test_anything_but_a_single_verb_prints_the_usage(argv: tuple[str, ...]) -> None:
    assert read_answer(run_verb(*argv)) == (1, protocol.USAGE)


def test_an_unknown_action_is_named_and_cannot_write_on_the_terminal() -> None:
    assert read_answer(run_verb("\x1b[2Jfoo")) == (1, r"docker-credential-ecr: unknown action: \x1b[2Jfoo")


@pytest.mark.parametrize("verb", ["list", "version", "--version", "-v", "--help", "-h"])
def test_a_verb_without_input_does_not_read_standard_input(verb: str) -> None:
    def read_stdin() -> bytes:
        raise AssertionError("it read")

    result = protocol.run([verb], read_stdin, {"HOME": os.environ["HOME"]})
    assert result.status == 0


@given(st.sampled_from(["get", "store", "erase"]), st.binary(max_size=200))
def test_any_bytes_are_answered_with_one_line(verb: str, stdin: bytes) -> None:
    result = protocol.run([verb], lambda: stdin, {"HOME": str(Path(os.devnull))})
    assert result.status in (0, 1)
    assert result.stdout == b"" or result.stdout.count(b"\n") == 1
    assert not any("internal" in note for note in result.notes)
