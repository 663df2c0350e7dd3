"""Single flight: one process calls AWS, and the others wait for its result."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from credhelper.system.deadline import DeadlineExceeded
from credhelper.system.lock import Lock
from credhelper.tokens.single_flight import SingleFlight
from tests.support.clocks import FrozenClock

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture
def stopped_holder(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let the holder, which is this process, appear stopped."""
    monkeypatch.setattr(Lock, "holder_is_running", lambda _: False)


@pytest.fixture
def path(tmp_path: Path) -> str:
    return str(tmp_path / ".lock-key")


def take_lock(path: str, number: int = 0) -> Lock:
    lock = Lock(f"{path}-{number}")
    assert lock.try_acquire()
    return lock


def test_the_first_process_acquires_the_lock_at_once(path: str) -> None:
    clock = FrozenClock()
    assert SingleFlight(path, clock).acquire(lambda: "unused", 15) is None
    assert clock.seconds_slept == 0


def test_a_waiter_returns_the_result_of_the_holder(path: str) -> None:
    take_lock(path)
    results = iter([None, None, "token"])
    assert SingleFlight(path, FrozenClock()).acquire(lambda: next(results), 15) == "token"


def test_a_waiter_raises_the_failure_of_the_holder(path: str) -> None:
    take_lock(path)

    def raise_lookup_error() -> None:
        raise LookupError

    with pytest.raises(LookupError):
        SingleFlight(path, FrozenClock()).acquire(raise_lookup_error, 15)


def test_the_lock_is_acquired_when_the_holder_releases_it(path: str) -> None:
    lock = take_lock(path)

    def release_lock() -> None:
        lock.release()

    assert SingleFlight(path, FrozenClock()).acquire(release_lock, 15) is None


@pytest.mark.usefixtures("stopped_holder")
def test_a_stopped_holder_costs_four_seconds(path: str) -> None:
    take_lock(path)
    clock = FrozenClock()
    assert SingleFlight(path, clock).acquire(lambda: None, 15) is None
    assert clock.seconds_slept == pytest.approx(4, abs=0.1)


@pytest.mark.usefixtures("stopped_holder")
def test_only_one_waiter_for_a_stopped_holder_continues(path: str) -> None:
    take_lock(path)
    first = SingleFlight(path, FrozenClock())
    assert first.acquire(lambda: None, 15) is None
    clock = FrozenClock()
    assert SingleFlight(path, clock).acquire(lambda: "token" if clock.seconds_slept > 4.5 else None, 15) == "token"


@pytest.mark.usefixtures("stopped_holder")
def test_two_stopped_holders_cost_eight_seconds(path: str) -> None:
    take_lock(path)
    take_lock(path, number=1)
    clock = FrozenClock()
    assert SingleFlight(path, clock).acquire(lambda: None, 15) is None
    assert clock.seconds_slept == pytest.approx(8, abs=0.1)


def test_the_wait_ends_with_its_timeout(path: str) -> None:
    take_lock(path)
    clock = FrozenClock()
    with pytest.raises(DeadlineExceeded):
        SingleFlight(path, clock).acquire(lambda: None, 2)
    assert clock.seconds_slept < 2.1


def test_a_released_lock_can_be_acquired(path: str) -> None:
    single_flight = SingleFlight(path, FrozenClock())
    assert single_flight.acquire(lambda: None, 15) is None
    single_flight.release()
    assert Lock(f"{path}-0").try_acquire()


def test_a_running_holder_is_waited_for_three_times_as_long(path: str) -> None:
    take_lock(path)
    clock = FrozenClock()
    assert SingleFlight(path, clock).acquire(lambda: None, 15) is None
    assert clock.seconds_slept == pytest.approx(12, abs=0.1)


def test_a_holder_with_another_identity_is_not_waited_for(path: str) -> None:
    clock = FrozenClock()
    for confidential in (b"", b"one", b"two"):
        assert SingleFlight(path, clock, confidential).acquire(lambda: None, 15) is None
    assert clock.seconds_slept == 0


def test_a_holder_with_the_same_identity_is_waited_for_whichever_lock_it_holds(path: str) -> None:
    for confidential in (b"", b"one", b"two"):
        assert SingleFlight(path, FrozenClock(), confidential).acquire(lambda: None, 15) is None
    clock = FrozenClock()
    assert (
        SingleFlight(path, clock, b"two").acquire(lambda: "token" if clock.seconds_slept > 1 else None, 15) == "token"
    )


@pytest.mark.usefixtures("stopped_holder")
def test_a_stopped_holder_of_another_identity_does_not_lengthen_the_wait(path: str) -> None:
    for confidential in (b"", b"one"):
        assert SingleFlight(path, FrozenClock(), confidential).acquire(lambda: None, 15) is None
    clock = FrozenClock()
    assert SingleFlight(path, clock, b"one").acquire(lambda: None, 15) is None
    assert clock.seconds_slept == pytest.approx(4, abs=0.1)


def test_a_holder_that_has_not_yet_written_its_note_is_waited_for(path: str, tmp_path: Path) -> None:
    take_lock(path)
    (tmp_path / ".lock-key-0").write_bytes(b"")
    clock = FrozenClock()
    assert (
        SingleFlight(path, clock, b"one").acquire(lambda: "token" if clock.seconds_slept > 1 else None, 15) == "token"
    )


def test_confidential_variables_are_not_in_the_lock_file(path: str, tmp_path: Path) -> None:
    assert SingleFlight(path, FrozenClock(), b"hidden").acquire(lambda: None, 15) is None
    assert b"hidden" not in (tmp_path / ".lock-key-0").read_bytes()
