"""Giving up on what hangs, and saying what that was."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING

import pytest

from credhelper.watch import DeadlineExceeded, Progress, run_with_timeout

if TYPE_CHECKING:
    from collections.abc import Iterator


@pytest.fixture
def until_the_end() -> Iterator[threading.Event]:
    """What hangs waits for this, and so ends with its test."""
    event = threading.Event()
    yield event
    event.set()


def test_what_is_done_in_time_is_given() -> None:
    watch = Progress()
    assert run_with_timeout(lambda: 60, lambda: "done", watch) == "done"
    assert not watch.abandoned


def test_what_was_raised_in_time_is_raised() -> None:
    def fail() -> None:
        raise LookupError("why")

    with pytest.raises(LookupError, match="why"):
        run_with_timeout(lambda: 60, fail, Progress())


def test_what_hangs_is_left_behind(until_the_end: threading.Event) -> None:
    watch = Progress()
    with pytest.raises(DeadlineExceeded):
        run_with_timeout(lambda: 0.01, until_the_end.wait, watch)
    assert watch.abandoned


def test_what_gives_nothing_is_no_time_out() -> None:
    assert run_with_timeout(lambda: 60, lambda: None, Progress()) is None


def test_the_step_under_way_is_told_with_its_seconds() -> None:
    seconds = iter([0, 10, 17.6])
    watch = Progress(lambda: next(seconds))
    watch.step("asking somebody")
    assert watch.describe_hang() == "8 seconds were spent asking somebody"


def test_a_name_that_is_being_looked_up_is_told(until_the_end: threading.Event) -> None:
    def getaddrinfo(host: str) -> None:
        assert host
        until_the_end.wait()

    watch = Progress()
    with pytest.raises(DeadlineExceeded):
        run_with_timeout(lambda: 0.05, lambda: getaddrinfo("api.ecr.test"), watch)
    assert "api.ecr.test" in watch.describe_hang()


def test_where_there_is_no_thread_to_be_had_it_is_done_without_one(monkeypatch: pytest.MonkeyPatch) -> None:
    def start(_: threading.Thread) -> None:
        raise RuntimeError("can't start new thread")

    monkeypatch.setattr(threading.Thread, "start", start)
    assert run_with_timeout(lambda: 60, lambda: "done", Progress()) == "done"


def test_a_name_that_another_thread_of_the_program_looks_up_is_none_of_ours(until_the_end: threading.Event) -> None:
    def getaddrinfo(host: str) -> None:
        assert host
        until_the_end.wait()

    threading.Thread(target=getaddrinfo, args=["elsewhere.test"], daemon=True).start()
    watch = Progress()
    with pytest.raises(DeadlineExceeded):
        run_with_timeout(lambda: 0.05, until_the_end.wait, watch)
    assert "elsewhere" not in watch.describe_hang()
