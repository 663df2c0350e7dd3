"""AWS cannot be reached, or throttles, and a token is at hand that is no longer fresh."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.contract.process import HOST, OTHER, Done, get, login, refusal
from tests.contract.seeds import seed
from tests.contract.test_behind import comes, role

if TYPE_CHECKING:
    from tests.instance.services import Loopback

NOWHERE = "http://127.0.0.1:9"


def is_bridged(done: Done) -> bool:
    """Whether the token at hand has served, with one line for the person."""
    return login(done)["Secret"] == "seeded" and done.said.count("\n") == 1 and "the token at hand serves" in done.said


@pytest.mark.parametrize("told", ["throttle", "throttle-429", "fail", "hang", "drip"])
def test_a_token_at_hand_bridges_an_outage_of_ecr(cloud: Loopback, told: str) -> None:
    seed(hours_ago=7, origin=role(cloud))
    cloud.tell(ecr=told)
    assert is_bridged(get())


@pytest.mark.parametrize("told", ["silent", "hop-limit"])
def test_a_token_at_hand_bridges_an_outage_of_metadata(cloud: Loopback, told: str) -> None:
    seed(hours_ago=7, origin=role(cloud))
    cloud.tell(metadata=told)
    assert is_bridged(get())


def test_a_token_at_hand_bridges_what_refuses_the_connection(cloud: Loopback) -> None:
    seed(hours_ago=7, origin=role(cloud), AWS_ENDPOINT_URL_ECR=NOWHERE)
    assert is_bridged(get(AWS_ENDPOINT_URL_ECR=NOWHERE))


@pytest.mark.parametrize("told", ["deny", "expired", "invalid", "skewed"])
def test_a_refusal_is_never_bridged(cloud: Loopback, told: str) -> None:
    seed(hours_ago=7, origin=role(cloud))
    cloud.tell(ecr=told)
    assert refusal(get())


@pytest.mark.parametrize("told", ["off", "no-role", "untrusted"])
def test_a_role_that_is_gone_is_never_bridged(cloud: Loopback, told: str) -> None:
    seed(hours_ago=7, origin=role(cloud))
    cloud.tell(metadata=told)
    assert refusal(get())


def test_an_expired_token_is_never_served(cloud: Loopback) -> None:
    seed(hours_ago=12)
    cloud.tell(ecr="fail")
    assert refusal(get())


def test_for_a_minute_it_serves_without_another_attempt(cloud: Loopback) -> None:
    seed(hours_ago=7, origin=role(cloud))
    cloud.tell(ecr="fail")
    assert is_bridged(get())
    calls = cloud.calls()["ecr"]
    assert all(is_bridged(get(host)) for host in (HOST, OTHER) * 3)
    assert cloud.calls()["ecr"] == calls


def test_another_role_s_token_is_not_served(cloud: Loopback) -> None:
    seed(hours_ago=7, origin=role(cloud))
    cloud.tell(role="other-role", ecr="fail")
    assert refusal(get())


@pytest.mark.parametrize("told", ["fail", "hang"])
def test_a_token_that_has_served_leaves_a_renewal_behind(cloud: Loopback, told: str) -> None:
    seed(hours_ago=11.998, origin=role(cloud))
    cloud.tell(ecr=told)
    assert is_bridged(get())
    cloud.reset()
    cloud.forget()
    assert comes(lambda: cloud.calls()["ecr"] == 1)
