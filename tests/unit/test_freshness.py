"""How long a token serves: the boundaries, for any token, clock and dice."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from credhelper.cache import freshness
from credhelper.cache.record import CredentialSource, Token
from credhelper.entry import Instant, Lifetime

NOW = Instant(1_800_000_000, b"boot", 1000)
HOUR = 3600
ATTENDED = CredentialSource()
ROLE = CredentialSource(non_interactive=True, role_identity=("http://metadata", "arn id name"))
PROGRAM = CredentialSource(used_process=True, max_age=300)

chances = st.integers(0, 2**32 - 1).map(lambda thrown: thrown / 2**32)


def life(hours: float = 12, origin: CredentialSource = ATTENDED, chance: float = 0) -> Lifetime:
    return freshness.lifetime_of(Token("AWS", "s", NOW.wall + hours * HOUR, origin), NOW, chance)


def test_a_token_of_twelve_hours_is_fresh_for_six_and_serves_for_twelve() -> None:
    assert (life().freshness_lifetime, life().expires_in) == (6 * HOUR, 12 * HOUR)


@pytest.mark.parametrize("year_9999", [253_402_300_799 / HOUR, 1e12])
def test_no_token_serves_longer_than_aws_s_twelve_hours(year_9999: float) -> None:
    assert (life(year_9999).freshness_lifetime, life(year_9999).expires_in) == (6 * HOUR, 12 * HOUR)


@pytest.mark.parametrize("year_1", [-17_259_888, -1])
def test_a_token_that_expired_long_ago_serves_for_no_second(year_1: float) -> None:
    assert life(year_1).expires_in <= 0


def test_a_session_of_an_hour_bounds_what_is_fresh_and_not_what_serves_in_an_outage() -> None:
    bounded = life(origin=CredentialSource(session_ttl=HOUR))
    assert (bounded.freshness_lifetime, bounded.expires_in) == (HOUR, 12 * HOUR)


def test_a_leash_bounds_all_of_it() -> None:
    assert (life(origin=PROGRAM).freshness_lifetime, life(origin=PROGRAM).expires_in) == (300, 300)


@given(chances, st.floats(0.01, 12))
def test_it_is_renewed_behind_a_hit_in_the_last_quarter_of_its_fresh_time(chance: float, hours: float) -> None:
    found = life(hours, ROLE, chance)
    assert 0.75 * found.freshness_lifetime <= found.refresh_after <= found.freshness_lifetime


@given(chances)
def test_what_somebody_would_have_to_be_asked_for_is_never_renewed_behind(chance: float) -> None:
    found = life(chance=chance)
    assert min(found.revalidate_after, found.refresh_after) >= found.freshness_lifetime


def test_whose_the_role_is_is_looked_at_after_five_minutes_where_it_was_told() -> None:
    assert life(origin=ROLE).revalidate_after == 300
    assert life(origin=CredentialSource(non_interactive=True)).revalidate_after == life(origin=ROLE).refresh_after


@given(st.floats(-1e6, 1e6), chances, st.sampled_from([ATTENDED, ROLE, PROGRAM]))
def test_nothing_that_is_fresh_has_expired(hours: float, chance: float, origin: CredentialSource) -> None:
    found = life(hours, origin, chance)
    assert found.freshness_lifetime <= max(found.expires_in, 0) or found.expires_in <= 0
