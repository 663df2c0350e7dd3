"""The lifetime of a token: its bounds, for any token, clock and jitter."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from credhelper.cache import lifetime
from credhelper.clock import Instant
from credhelper.ecr.token import CredentialSource, Token
from credhelper.entry import Lifetime

NOW = Instant(1_800_000_000, b"boot", 1000)
HOUR = 3600
INTERACTIVE = CredentialSource()
ROLE_SOURCE = CredentialSource(non_interactive=True, role_identity=("http://metadata", "arn id name"))
PROCESS_SOURCE = CredentialSource(used_process=True, max_age=300)

jitters = st.integers(0, 2**32 - 1).map(lambda number: number / 2**32)


def make_lifetime(hours: float = 12, source: CredentialSource = INTERACTIVE, jitter: float = 0) -> Lifetime:
    return lifetime.lifetime_of(Token("AWS", "s", NOW.wall + hours * HOUR, source), NOW, jitter)


def test_a_token_of_twelve_hours_is_fresh_for_six_and_serves_for_twelve() -> None:
    assert (make_lifetime().freshness_lifetime, make_lifetime().expires_in) == (6 * HOUR, 12 * HOUR)


@pytest.mark.parametrize("hours", [253_402_300_799 / HOUR, 1e12])
def test_no_token_serves_for_longer_than_the_twelve_hours_of_aws(hours: float) -> None:
    assert (make_lifetime(hours).freshness_lifetime, make_lifetime(hours).expires_in) == (6 * HOUR, 12 * HOUR)


@pytest.mark.parametrize("hours", [-17_259_888, -1])
def test_a_token_that_expired_long_ago_is_never_served(hours: float) -> None:
    assert make_lifetime(hours).expires_in <= 0


def test_a_session_of_an_hour_bounds_the_freshness_of_a_token_and_not_its_use_in_an_outage() -> None:
    lifetime = make_lifetime(source=CredentialSource(session_ttl=HOUR))
    assert (lifetime.freshness_lifetime, lifetime.expires_in) == (HOUR, 12 * HOUR)


def test_a_maximum_age_bounds_both_freshness_and_expiry() -> None:
    assert (
        make_lifetime(source=PROCESS_SOURCE).freshness_lifetime,
        make_lifetime(source=PROCESS_SOURCE).expires_in,
    ) == (300, 300)


@given(jitters, st.floats(0.01, 12))
def test_a_token_is_refreshed_after_a_hit_in_the_last_quarter_of_its_freshness_lifetime(
    jitter: float, hours: float
) -> None:
    lifetime = make_lifetime(hours, ROLE_SOURCE, jitter)
    assert 0.75 * lifetime.freshness_lifetime <= lifetime.refresh_after <= lifetime.freshness_lifetime


@given(jitters)
def test_an_interactive_source_is_never_refreshed_in_the_background(jitter: float) -> None:
    lifetime = make_lifetime(jitter=jitter)
    assert min(lifetime.revalidate_after, lifetime.refresh_after) >= lifetime.freshness_lifetime


def test_a_role_that_was_reported_is_revalidated_after_five_minutes() -> None:
    assert make_lifetime(source=ROLE_SOURCE).revalidate_after == 300
    assert (
        make_lifetime(source=CredentialSource(non_interactive=True)).revalidate_after
        == make_lifetime(source=ROLE_SOURCE).refresh_after
    )


@given(st.floats(-1e6, 1e6), jitters, st.sampled_from([INTERACTIVE, ROLE_SOURCE, PROCESS_SOURCE]))
def test_no_fresh_token_has_expired(hours: float, jitter: float, source: CredentialSource) -> None:
    lifetime = make_lifetime(hours, source, jitter)
    assert lifetime.freshness_lifetime <= max(lifetime.expires_in, 0) or lifetime.expires_in <= 0
