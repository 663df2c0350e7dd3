"""One asks, the others wait for it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from credhelper.flight import SingleFlight
from credhelper.lock import Lock
from credhelper.watch import DeadlineExceeded
from tests.clocks import Still

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture
def stopped(monkeypatch: pytest.MonkeyPatch) -> None:
    """The holder, which is this very process, has been stopped."""
    monkeypatch.setattr(Lock, "holder_is_running", lambda _: False)


@pytest.fixture
def path(tmp_path: Path) -> str:
    return str(tmp_path / ".lock-key")


def holder(path: str, beside: int = 0) -> Lock:
    lock = Lock(f"{path}-{beside}")
    assert lock.try_acquire()
    return lock


def test_the_first_one_has_its_turn_at_once(path: str) -> None:
    clock = Still()
    assert SingleFlight(path, clock).acquire(lambda: "unused", 15) is None
    assert clock.slept == 0


def test_who_waits_is_given_what_the_holder_has_brought(path: str) -> None:
    holder(path)
    looks = iter([None, None, "token"])
    assert SingleFlight(path, Still()).acquire(lambda: next(looks), 15) == "token"


def test_who_waits_shares_what_the_holder_has_failed_with(path: str) -> None:
    holder(path)

    def failed() -> None:
        raise LookupError

    with pytest.raises(LookupError):
        SingleFlight(path, Still()).acquire(failed, 15)


def test_the_turn_comes_when_the_holder_is_done(path: str) -> None:
    lock = holder(path)

    def released() -> None:
        lock.release()

    assert SingleFlight(path, Still()).acquire(released, 15) is None


@pytest.mark.usefixtures("stopped")
def test_a_stopped_holder_costs_four_seconds(path: str) -> None:
    holder(path)
    clock = Still()
    assert SingleFlight(path, clock).acquire(lambda: None, 15) is None
    assert clock.slept == pytest.approx(4, abs=0.1)


@pytest.mark.usefixtures("stopped")
def test_of_those_who_wait_for_a_stopped_holder_one_goes_on(path: str) -> None:
    holder(path)
    first = SingleFlight(path, Still())
    assert first.acquire(lambda: None, 15) is None
    clock = Still()
    assert SingleFlight(path, clock).acquire(lambda: "token" if clock.slept > 4.5 else None, 15) == "token"


@pytest.mark.usefixtures("stopped")
def test_two_stopped_holders_cost_eight_seconds(path: str) -> None:
    holder(path)
    holder(path, beside=1)
    clock = Still()
    assert SingleFlight(path, clock).acquire(lambda: None, 15) is None
    assert clock.slept == pytest.approx(8, abs=0.1)


def test_nobody_waits_longer_than_told(path: str) -> None:
    holder(path)
    clock = Still()
    with pytest.raises(DeadlineExceeded):
        SingleFlight(path, clock).acquire(lambda: None, 2)
    assert clock.slept < 2.1


def test_a_turn_that_ends_is_the_next_one_s(path: str) -> None:
    turn = SingleFlight(path, Still())
    assert turn.acquire(lambda: None, 15) is None
    turn.release()
    assert Lock(f"{path}-0").try_acquire()


def test_a_holder_that_is_at_work_is_waited_for_three_times_as_long(path: str) -> None:
    holder(path)
    clock = Still()
    assert SingleFlight(path, clock).acquire(lambda: None, 15) is None
    assert clock.slept == pytest.approx(12, abs=0.1)


def test_a_holder_with_another_identity_is_not_waited_for(path: str) -> None:
    clock = Still()
    for confidential in (b"", b"one", b"two"):
        assert SingleFlight(path, clock, confidential).acquire(lambda: None, 15) is None
    assert clock.slept == 0


def test_a_holder_with_the_same_identity_is_waited_for_wherever_it_is(path: str) -> None:
    for confidential in (b"", b"one", b"two"):
        assert SingleFlight(path, Still(), confidential).acquire(lambda: None, 15) is None
    clock = Still()
    assert SingleFlight(path, clock, b"two").acquire(lambda: "token" if clock.slept > 1 else None, 15) == "token"


@pytest.mark.usefixtures("stopped")
def test_a_stopped_holder_beside_another_identity_s_costs_four_seconds(path: str) -> None:
    for confidential in (b"", b"one"):
        assert SingleFlight(path, Still(), confidential).acquire(lambda: None, 15) is None
    clock = Still()
    assert SingleFlight(path, clock, b"one").acquire(lambda: None, 15) is None
    assert clock.slept == pytest.approx(4, abs=0.1)


def test_a_holder_that_has_not_yet_signed_is_waited_for(path: str, tmp_path: Path) -> None:
    holder(path)
    (tmp_path / ".lock-key-0").write_bytes(b"")
    clock = Still()
    assert SingleFlight(path, clock, b"one").acquire(lambda: "token" if clock.slept > 1 else None, 15) == "token"


def test_what_distinguishes_an_identity_is_not_in_the_lock(path: str, tmp_path: Path) -> None:
    assert SingleFlight(path, Still(), b"hidden").acquire(lambda: None, 15) is None
    assert b"hidden" not in (tmp_path / ".lock-key-0").read_bytes()
