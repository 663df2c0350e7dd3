"""Deadlines: a call that hangs is abandoned, and the step that hung is reported."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING

import pytest

from credhelper.system.deadline import DeadlineExceeded, Progress, run_with_timeout

if TYPE_CHECKING:
    from collections.abc import Iterator


@pytest.fixture
def end_of_test() -> Iterator[threading.Event]:
    """Yield an event that is set at the end of the test; a hanging call waits for it, and so ends with the test."""
    event = threading.Event()
    yield event
    event.set()


def test_a_result_before_the_deadline_is_returned() -> None:
    progress = Progress()
    assert run_with_timeout(lambda: 60, lambda: "done", progress) == "done"
    assert not progress.abandoned


def test_an_exception_before_the_deadline_is_raised() -> None:
    def fail() -> None:
        raise LookupError("why")

    with pytest.raises(LookupError, match="why"):
        run_with_timeout(lambda: 60, fail, Progress())


def test_a_call_that_hangs_is_abandoned(end_of_test: threading.Event) -> None:
    progress = Progress()
    with pytest.raises(DeadlineExceeded):
        run_with_timeout(lambda: 0.01, end_of_test.wait, progress)
    assert progress.abandoned


def test_a_call_that_returns_none_is_not_a_timeout() -> None:
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


def test_the_call_is_made_without_a_thread_if_none_can_be_started(monkeypatch: pytest.MonkeyPatch) -> None:
    def start(_: threading.Thread) -> None:
        raise RuntimeError("can't start new thread")

    monkeypatch.setattr(threading.Thread, "start", start)
    assert run_with_timeout(lambda: 60, lambda: "done", Progress()) == "done"


def test_a_name_that_another_thread_of_the_program_resolves_is_not_reported(end_of_test: threading.Event) -> None:
    def getaddrinfo(host: str) -> None:
        assert host
        end_of_test.wait()

    threading.Thread(target=getaddrinfo, args=["elsewhere.test"], daemon=True).start()
    progress = Progress()
    with pytest.raises(DeadlineExceeded):
        run_with_timeout(lambda: 0.05, end_of_test.wait, progress)
    assert "elsewhere" not in progress.describe_hang()
