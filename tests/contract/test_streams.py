"""Streams that are closed, full, or that nobody reads: no half answer with exit status 0."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from tests.contract.process import HOST, NO_SERVER, PROGRAM, Done, get, helper, login, run
from tests.contract.seeds import seed

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.instance.services import Loopback

WORDS = ["get", "list", "version", "--help", "fetch"]


def shell(redirection: str, *words: str) -> Done:
    """Run the helper as a shell does that closes a stream of it."""
    return run(["sh", "-c", f'exec "$@" {redirection}', "sh", PROGRAM, *words], HOST.encode())


def full(*words: str) -> Done:
    with Path("/dev/full").open("wb") as device:
        return run([PROGRAM, *words], HOST.encode(), device)


@pytest.fixture
def unread() -> Iterator[int]:
    """A pipe whose reader has left."""
    reading, writing = os.pipe()
    os.close(reading)
    yield writing
    os.close(writing)


@pytest.mark.parametrize("verb", ["get", "erase"])
def test_a_closed_input_is_no_host(verb: str) -> None:
    done = shell("<&-", verb)
    assert (done.status, done.stdout) == (1, NO_SERVER)


def test_a_closed_input_is_no_login() -> None:
    done = shell("<&-", "store")
    assert done.status == 1
    assert b"not a login" in done.stdout


@pytest.mark.parametrize("word", WORDS)
def test_a_full_output_is_a_failure_that_says_so(word: str) -> None:
    done = full(word)
    assert done.status == 1
    assert "could not be written" in done.said


@pytest.mark.parametrize("word", WORDS)
def test_a_closed_output_is_a_failure_that_says_so(word: str) -> None:
    done = shell(">&-", word)
    assert done.status == 1
    assert "could not be written" in done.said


@pytest.mark.parametrize("close", [full, lambda verb: shell(">&-", verb)], ids=["full", "closed"])
@pytest.mark.usefixtures("cloud")
def test_an_exchange_whose_answer_cannot_be_written_is_a_failure(close: object) -> None:
    assert callable(close)
    done = close("get")
    assert done.status == 1
    assert "could not be written" in done.said


@pytest.mark.parametrize("close", [full, lambda verb: shell(">&-", verb)], ids=["full", "closed"])
def test_a_hit_whose_answer_cannot_be_written_is_a_failure(close: object) -> None:
    assert callable(close)
    seed()
    done = close("get")
    assert done.status == 1
    assert "could not be written" in done.said


def test_a_client_that_has_left_is_a_failure(unread: int) -> None:
    seed()
    assert run([PROGRAM, "get"], HOST.encode(), unread).status == 1


def test_an_answer_that_could_not_be_written_is_there_for_the_next_get(cloud: Loopback) -> None:
    full("get")
    cloud.forget()
    login(get())
    assert cloud.calls()["ecr"] == 0


@pytest.mark.usefixtures("cloud")
@pytest.mark.parametrize("disabled", [None, "1"], ids=["quiet", "with a note to give"])
def test_a_closed_error_stream_leaves_the_answer_whole(disabled: str | None, home: Path) -> None:
    if disabled:
        (home / ".cache").write_text("no folder")
    done = shell("2>&-", "get")
    assert login(done)["ServerURL"] == HOST


def test_a_closed_error_stream_leaves_the_sentence_of_a_failure_alone_on_the_output() -> None:
    done = shell("2>&-", "get")
    assert done.status == 1
    assert done.stdout.count(b"\n") == 1


@pytest.mark.usefixtures("cloud")
def test_all_streams_closed_is_a_failure_and_no_hang() -> None:
    assert shell("<&- >&- 2>&-", "get").status == 1


def test_the_output_holds_the_answer_alone_where_both_streams_are_one() -> None:
    seed()
    assert login(shell("2>&1", "get"))["Secret"] == "seeded"
    assert helper("list").status == 0
