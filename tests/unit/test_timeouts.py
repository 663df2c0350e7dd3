"""Timeouts and delays, and their bounds."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from credhelper import timeouts

jitters = st.integers(0, 2**32 - 1).map(lambda number: number / 2**32)


@pytest.mark.parametrize(("text", "seconds"), [("", 15), ("1", 1), ("2.5", 2.5), ("600", 600)])
def test_the_timeout_of_a_run_is_the_one_that_the_variable_sets(text: str, seconds: float) -> None:
    assert timeouts.run_timeout({"CREDHELPER_TIMEOUT": text}) == (seconds, "")


@pytest.mark.parametrize("text", ["abc", "-1", "0", "0.9", "601", "1e99", "nan", "inf", "-inf", "15 s", "\0", "\u0661"])
def test_an_invalid_timeout_is_reported_and_fifteen_seconds_are_used(text: str) -> None:
    seconds, note = timeouts.run_timeout({"CREDHELPER_TIMEOUT": text})
    assert seconds == 15
    assert "CREDHELPER_TIMEOUT" in note


@given(st.text())
def test_any_text_is_a_timeout_or_is_reported_as_invalid(text: str) -> None:
    seconds, note = timeouts.run_timeout({"CREDHELPER_TIMEOUT": text})
    assert 1 <= seconds <= 600
    assert not note or seconds == 15


@given(jitters)
def test_after_a_throttling_the_next_try_is_two_to_five_seconds_later(jitter: float) -> None:
    assert 2 <= timeouts.throttle_delay(jitter) < 5


@given(st.integers(1, 10**9), jitters)
def test_a_pause_grows_to_a_minute_and_no_further(failures: int, jitter: float) -> None:
    assert 0 <= timeouts.backoff(failures, jitter) < 60
    assert timeouts.backoff(1, jitter) <= timeouts.backoff(failures, jitter)


@given(st.floats(-1e9, 1e9), jitters)
def test_a_background_refresh_is_delayed_for_five_minutes_at_most_and_not_until_it_is_too_late(
    remaining: float, jitter: float
) -> None:
    delay = timeouts.refresh_jitter(remaining, jitter)
    assert 0 <= delay < 300
    assert delay <= max(0, remaining / 2)
