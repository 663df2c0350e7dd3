"""Docker Hub's three logins: a browser login stores a password and two tokens."""

from __future__ import annotations

import pytest

from tests.contract.helpers.helper import Helper, Login
from tests.support.runner import HUB

HUBS = {
    HUB: Login("somebody", "of the browser"),
    f"{HUB}access-token": Login("somebody", "for access"),
    f"{HUB}refresh-token": Login("somebody", "for refreshing"),
}


def test_the_three_logins_of_docker_hub_are_kept_apart(helper: Helper) -> None:
    for server, login in HUBS.items():
        helper.store(server, login)
    assert {server: helper.find_login(server) for server in HUBS} == HUBS
    assert set(helper.list_logins()) == set(HUBS)


@pytest.mark.parametrize("key", ["access-token", "refresh-token"])
def test_the_password_of_docker_hub_is_not_returned_as_a_token(helper: Helper, key: str) -> None:
    helper.store(HUB)
    assert helper.is_missing(f"{HUB}{key}")


def test_erasing_the_tokens_of_docker_hub_leaves_its_password(helper: Helper) -> None:
    for server, login in HUBS.items():
        helper.store(server, login)
    helper.erase(f"{HUB}access-token")
    helper.erase(f"{HUB}refresh-token")
    assert helper.list_logins() == {HUB: "somebody"}
    assert helper.find_login(HUB) == HUBS[HUB]
