"""What may be waited for, and how long."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from credhelper import patience

chances = st.integers(0, 2**32 - 1).map(lambda thrown: thrown / 2**32)


@pytest.mark.parametrize(("text", "seconds"), [("", 15), ("1", 1), ("2.5", 2.5), ("600", 600)])
def test_a_run_has_the_seconds_that_it_is_given(text: str, seconds: float) -> None:
    assert patience.run_timeout({"CREDHELPER_TIMEOUT": text}) == (seconds, "")


@pytest.mark.parametrize("text", ["abc", "-1", "0", "0.9", "601", "1e99", "nan", "inf", "-inf", "15 s", "\0", "\u0661"])
def test_what_is_no_time_is_said_and_fifteen_seconds_are_taken(text: str) -> None:
    seconds, note = patience.run_timeout({"CREDHELPER_TIMEOUT": text})
    assert seconds == 15
    assert "CREDHELPER_TIMEOUT" in note


@given(st.text())
def test_any_text_is_a_time_or_is_said_to_be_none(text: str) -> None:
    seconds, note = patience.run_timeout({"CREDHELPER_TIMEOUT": text})
    assert 1 <= seconds <= 600
    assert not note or seconds == 15


@given(chances)
def test_who_was_throttled_comes_back_after_two_to_five_seconds(chance: float) -> None:
    assert 2 <= patience.throttle_delay(chance) < 5


@given(st.integers(1, 10**9), chances)
def test_a_pause_grows_to_a_minute_and_no_further(failures: int, chance: float) -> None:
    assert 0 <= patience.backoff(failures, chance) < 60
    assert patience.backoff(1, chance) <= patience.backoff(failures, chance)


@given(st.floats(-1e9, 1e9), chances)
def test_a_renewal_behind_is_put_off_for_five_minutes_at_most_and_not_until_it_is_too_late(
    left: float, chance: float
) -> None:
    put_off = patience.refresh_jitter(left, chance)
    assert 0 <= put_off < 300
    assert put_off <= max(0, left / 2)
