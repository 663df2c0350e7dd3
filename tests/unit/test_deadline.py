"""Giving up on what hangs, and saying what that was."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING

import pytest

from credhelper.system.deadline import DeadlineExceeded, Progress, run_with_timeout

if TYPE_CHECKING:
    from collections.abc import Iterator


@pytest.fixture
def end_of_test() -> Iterator[threading.Event]:
    """What hangs waits for this, and so ends with its test."""
    event = threading.Event()
    yield event
    event.set()


def test_what_is_done_in_time_is_returned() -> None:
    progress = Progress()
    assert run_with_timeout(lambda: 60, lambda: "done", progress) == "done"
    assert not progress.abandoned


def test_what_was_raised_in_time_is_raised() -> None:
    def fail() -> None:
        raise LookupError("why")

    with pytest.raises(LookupError, match="why"):
        run_with_timeout(lambda: 60, fail, Progress())


def test_what_hangs_is_abandoned(end_of_test: threading.Event) -> None:
    progress = Progress()
    with pytest.raises(DeadlineExceeded):
        run_with_timeout(lambda: 0.01, end_of_test.wait, progress)
    assert progress.abandoned


def test_what_returns_none_is_no_timeout() -> None:
    assert run_with_timeout(lambda: 60, lambda: None, Progress()) is None


def test_the_step_under_way_is_reported_with_its_seconds() -> None:
    seconds = iter([0, 10, 17.6])
    progress = Progress(lambda: next(seconds))
    progress.step("asking somebody")
    assert progress.describe_hang() == "still asking somebody after 8 seconds"


def test_a_name_that_is_being_resolved_is_reported(end_of_test: threading.Event) -> None:
    def getaddrinfo(host: str) -> None:
        assert host
        end_of_test.wait()

    progress = Progress()
    with pytest.raises(DeadlineExceeded):
        run_with_timeout(lambda: 0.05, lambda: getaddrinfo("api.ecr.test"), progress)
    assert "api.ecr.test" in progress.describe_hang()


def test_where_there_is_no_thread_to_be_had_it_is_done_without_one(monkeypatch: pytest.MonkeyPatch) -> None:
    def start(_: threading.Thread) -> None:
        raise RuntimeError("can't start new thread")

    monkeypatch.setattr(threading.Thread, "start", start)
    assert run_with_timeout(lambda: 60, lambda: "done", Progress()) == "done"


def test_a_name_that_another_thread_of_the_program_resolves_is_not_ours(end_of_test: threading.Event) -> None:
    def getaddrinfo(host: str) -> None:
        assert host
        end_of_test.wait()

    threading.Thread(target=getaddrinfo, args=["elsewhere.test"], daemon=True).start()
    progress = Progress()
    with pytest.raises(DeadlineExceeded):
        run_with_timeout(lambda: 0.05, end_of_test.wait, progress)
    assert "elsewhere" not in progress.describe_hang()
