"""AWS cannot be reached, or throttles, while the cache has a stale token."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.contract.test_background import make_role_source, wait_for
from tests.support.factories import create_entry
from tests.support.runner import HOST, OTHER_HOST, ProcessResult, parse_error, parse_login, run_get

if TYPE_CHECKING:
    from tests.fake_ec2.services import Loopback

UNREACHABLE = "http://127.0.0.1:9"


def is_stale_answer(result: ProcessResult) -> bool:
    """Return whether the stale token was served, with one line for the user."""
    return (
        parse_login(result)["Secret"] == "seeded"
        and result.stderr_text.count("\n") == 1
        and "using the cached token" in result.stderr_text
    )


@pytest.mark.parametrize("behaviour", ["throttle", "throttle-429", "fail", "hang", "drip"])
def test_a_cached_token_bridges_an_outage_of_ecr(cloud: Loopback, behaviour: str) -> None:
    create_entry(hours_ago=7, source=make_role_source(cloud))
    cloud.configure(ecr=behaviour)
    assert is_stale_answer(run_get())


@pytest.mark.parametrize("behaviour", ["silent", "hop-limit"])
def test_a_cached_token_bridges_an_outage_of_metadata(cloud: Loopback, behaviour: str) -> None:
    create_entry(hours_ago=7, source=make_role_source(cloud))
    cloud.configure(metadata=behaviour)
    assert is_stale_answer(run_get())


def test_a_cached_token_bridges_a_refused_connection(cloud: Loopback) -> None:
    create_entry(hours_ago=7, source=make_role_source(cloud), AWS_ENDPOINT_URL_ECR=UNREACHABLE)
    assert is_stale_answer(run_get(AWS_ENDPOINT_URL_ECR=UNREACHABLE))


@pytest.mark.parametrize("behaviour", ["deny", "expired", "invalid", "skewed"])
def test_a_refusal_is_never_bridged(cloud: Loopback, behaviour: str) -> None:
    create_entry(hours_ago=7, source=make_role_source(cloud))
    cloud.configure(ecr=behaviour)
    assert parse_error(run_get())


@pytest.mark.parametrize("behaviour", ["off", "no-role", "untrusted"])
def test_a_role_that_is_gone_is_never_bridged(cloud: Loopback, behaviour: str) -> None:
    create_entry(hours_ago=7, source=make_role_source(cloud))
    cloud.configure(metadata=behaviour)
    assert parse_error(run_get())


def test_an_expired_token_is_never_served(cloud: Loopback) -> None:
    create_entry(hours_ago=12)
    cloud.configure(ecr="fail")
    assert parse_error(run_get())


def test_for_a_minute_the_stale_token_is_served_without_another_attempt(cloud: Loopback) -> None:
    create_entry(hours_ago=7, source=make_role_source(cloud))
    cloud.configure(ecr="fail")
    assert is_stale_answer(run_get())
    calls = cloud.count_calls()["ecr"]
    assert all(is_stale_answer(run_get(host)) for host in (HOST, OTHER_HOST) * 3)
    assert cloud.count_calls()["ecr"] == calls


def test_the_token_of_another_role_is_not_served(cloud: Loopback) -> None:
    create_entry(hours_ago=7, source=make_role_source(cloud))
    cloud.configure(role="other-role", ecr="fail")
    assert parse_error(run_get())


@pytest.mark.parametrize("behaviour", ["fail", "hang"])
def test_a_stale_token_that_was_served_spawns_a_refresh(cloud: Loopback, behaviour: str) -> None:
    create_entry(hours_ago=11.998, source=make_role_source(cloud))
    cloud.configure(ecr=behaviour)
    assert is_stale_answer(run_get())
    cloud.reset()
    cloud.forget()
    assert wait_for(lambda: cloud.count_calls()["ecr"] == 1)
