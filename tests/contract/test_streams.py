"""Streams that are closed or full or have no reader: a partial answer never has exit status 0."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from tests.support.factories import create_entry
from tests.support.runner import HOST, NO_SERVER, PROGRAM, ProcessResult, parse_login, run_get, run_helper, run_program

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.fake_ec2.services import Loopback

VERBS = ["get", "list", "version", "--help", "fetch"]


def run_in_shell(redirection: str, *argv: str) -> ProcessResult:
    """Run the helper from a shell that redirects or closes one of its streams."""
    return run_program(["sh", "-c", f'exec "$@" {redirection}', "sh", PROGRAM, *argv], HOST.encode())


def run_to_full_device(*argv: str) -> ProcessResult:
    with Path("/dev/full").open("wb") as device:
        return run_program([PROGRAM, *argv], HOST.encode(), device)


@pytest.fixture
def broken_pipe() -> Iterator[int]:
    """Yield a pipe whose read end is closed."""
    read_end, write_end = os.pipe()
    os.close(read_end)
    yield write_end
    os.close(write_end)


@pytest.mark.parametrize("verb", ["get", "erase"])
def test_a_closed_input_is_not_a_host(verb: str) -> None:
    result = run_in_shell("<&-", verb)
    assert (result.status, result.stdout) == (1, NO_SERVER)


def test_a_closed_input_is_not_a_login() -> None:
    result = run_in_shell("<&-", "store")
    assert result.status == 1
    assert b"invalid login" in result.stdout


@pytest.mark.parametrize("verb", VERBS)
def test_a_full_output_is_a_reported_failure(verb: str) -> None:
    result = run_to_full_device(verb)
    assert result.status == 1
    assert "cannot write the answer" in result.stderr_text


@pytest.mark.parametrize("verb", VERBS)
def test_a_closed_output_is_a_reported_failure(verb: str) -> None:
    result = run_in_shell(">&-", verb)
    assert result.status == 1
    assert "cannot write the answer" in result.stderr_text


@pytest.mark.parametrize(
    "run_without_output", [run_to_full_device, lambda verb: run_in_shell(">&-", verb)], ids=["full", "closed"]
)
@pytest.mark.usefixtures("cloud")
def test_an_exchange_with_an_answer_that_cannot_be_written_is_a_failure(run_without_output: object) -> None:
    assert callable(run_without_output)
    result = run_without_output("get")
    assert result.status == 1
    assert "cannot write the answer" in result.stderr_text


@pytest.mark.parametrize(
    "run_without_output", [run_to_full_device, lambda verb: run_in_shell(">&-", verb)], ids=["full", "closed"]
)
def test_a_hit_with_an_answer_that_cannot_be_written_is_a_failure(run_without_output: object) -> None:
    assert callable(run_without_output)
    create_entry()
    result = run_without_output("get")
    assert result.status == 1
    assert "cannot write the answer" in result.stderr_text


def test_a_client_that_has_closed_its_pipe_is_a_failure(broken_pipe: int) -> None:
    create_entry()
    assert run_program([PROGRAM, "get"], HOST.encode(), broken_pipe).status == 1


def test_an_answer_that_could_not_be_written_is_cached_for_the_next_get(cloud: Loopback) -> None:
    run_to_full_device("get")
    cloud.forget()
    parse_login(run_get())
    assert cloud.count_calls()["ecr"] == 0


@pytest.mark.usefixtures("cloud")
@pytest.mark.parametrize("broken_cache", [None, "1"], ids=["quiet", "with a note to give"])
def test_a_closed_error_stream_leaves_the_answer_whole(broken_cache: str | None, home: Path) -> None:
    if broken_cache:
        (home / ".cache").write_text("no folder")
    result = run_in_shell("2>&-", "get")
    assert parse_login(result)["ServerURL"] == HOST


def test_a_closed_error_stream_leaves_the_message_of_a_failure_alone_on_the_output() -> None:
    result = run_in_shell("2>&-", "get")
    assert result.status == 1
    assert result.stdout.count(b"\n") == 1


@pytest.mark.usefixtures("cloud")
def test_closing_all_streams_is_a_failure_and_not_a_hang() -> None:
    assert run_in_shell("<&- >&- 2>&-", "get").status == 1


def test_the_output_holds_the_answer_alone_if_both_streams_are_one() -> None:
    create_entry()
    assert parse_login(run_in_shell("2>&1", "get"))["Secret"] == "seeded"
    assert run_helper("list").status == 0


def run_at_terminal(*argv: str, stdin: bytes) -> tuple[ProcessResult, bytes]:
    """Run the helper with a terminal as its standard output; return also what the terminal shows."""
    controller, terminal = os.openpty()
    try:
        result = run_program([PROGRAM, *argv], stdin, terminal)
        os.write(terminal, b"end of output\n")
        return result, os.read(controller, 1 << 16)
    finally:
        os.close(terminal)
        os.close(controller)


@pytest.mark.usefixtures("cloud")
def test_at_a_terminal_an_error_is_shown_once() -> None:
    result, shown = run_at_terminal("get", stdin=b"somebody@ghcr.io")
    assert (result.status, shown) == (1, b"end of output\r\n")
    assert "[bad-server]" in result.report


@pytest.mark.usefixtures("cloud")
def test_at_a_terminal_a_missing_login_is_shown() -> None:
    result, shown = run_at_terminal("get", stdin=b"ghcr.io")
    assert result.status == 1
    assert shown.startswith(b"credentials not found in native keychain")
