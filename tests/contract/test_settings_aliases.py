"""An alias: a host of another name, which the settings name exactly, gets its registry's token."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.contract.process import HOST, NOBODY_CALLED, NOT_FOUND, OTHER, get, helper, login, owner
from tests.contract.rules import ALIAS, alias, rule, user
from tests.contract.seeds import entries

if TYPE_CHECKING:
    from pathlib import Path

    from tests.instance.services import Loopback


@pytest.mark.usefixtures("cloud")
def test_an_alias_is_answered_by_its_own_name(config: Path) -> None:
    config.write_text(alias(ALIAS, "mirror.example.com:5000"))
    for sent in (ALIAS, f"https://{ALIAS}/v2/", f"{ALIAS}:443", ALIAS.upper()):
        assert login(get(sent))["ServerURL"] == ALIAS
    assert login(get("mirror.example.com:5000"))["ServerURL"] == "mirror.example.com:5000"


@pytest.mark.parametrize(
    "host",
    [
        *(f"x.{ALIAS}", f"{ALIAS}:5000", f"{ALIAS}:80", f"{ALIAS}.", f"{ALIAS}.evil.example", "example.com"),
        *("mirror.example.com", "mirror.example.com:5001", "images.exampleXcom", "images-example.com"),
    ],
)
def test_only_the_exact_alias_is_answered(cloud: Loopback, config: Path, host: str) -> None:
    config.write_text(alias(ALIAS, "mirror.example.com:5000"))
    login(get(ALIAS))
    cloud.forget()
    assert (get(host).status, get(host).stdout) == (1, NOT_FOUND)
    assert cloud.calls() == NOBODY_CALLED


def test_an_alias_and_its_registry_share_a_token_and_a_call(cloud: Loopback, config: Path) -> None:
    config.write_text(alias(ALIAS, "mirror.example.com:5000"))
    answers = {login(get(host))["Secret"] for host in (ALIAS, HOST, "mirror.example.com:5000", OTHER)}
    assert len(answers) == 1
    assert cloud.calls()["ecr"] == 1


@pytest.mark.usefixtures("profiles")
def test_two_aliases_of_one_registry_can_have_two_identities(cloud: Loopback, config: Path) -> None:
    config.write_text(rule(ALIAS, "profile = 'one'") + rule("b.example", "profile = 'two'") + alias(ALIAS, "b.example"))
    owners = [owner(cloud, get(host)) for host in (ALIAS, "b.example", ALIAS, "b.example")]
    assert owners == [user("AKIAONE"), user("AKIATWO")] * 2
    assert cloud.calls()["ecr"] == 2


def test_a_login_at_an_alias_succeeds_and_is_not_kept(cloud: Loopback, config: Path) -> None:
    config.write_text(alias(ALIAS))
    done = helper("store", stdin=b'{"ServerURL": "https://%s/v2/", "Username": "x", "Secret": "y"}' % ALIAS.encode())
    assert (done.status, done.stdout) == (0, b"")
    assert f"{ALIAS}: the login was not kept" in done.said
    assert cloud.calls() == NOBODY_CALLED


@pytest.mark.usefixtures("cloud")
def test_an_alias_is_listed_as_what_is_at_hand(config: Path) -> None:
    config.write_text(alias(ALIAS, "b.example:5000"))
    login(get("b.example:5000"))
    assert helper("list").stdout == b'{"b.example:5000": "AWS"}\n'


@pytest.mark.usefixtures("cloud")
def test_erasing_an_alias_forgets_its_token_everywhere(config: Path, home: Path) -> None:
    config.write_text(alias(ALIAS))
    for host in (ALIAS, HOST):
        login(get(host))
    assert helper("erase", stdin=ALIAS.encode()).status == 0
    assert entries(home) == []


def test_an_alias_of_the_public_registry_is_pulled_from_without_a_login_where_nobody_gives_credentials(
    cloud: Loopback, config: Path
) -> None:
    config.write_text(alias(ALIAS, behind="public.ecr.aws"))
    cloud.tell(metadata="no-role")
    done = get(ALIAS)
    assert (done.status, done.stdout) == (1, NOT_FOUND)
    assert f"{ALIAS}: pulled from without a login" in done.said


def test_an_alias_of_the_public_registry_has_its_token_where_somebody_does(cloud: Loopback, config: Path) -> None:
    config.write_text(alias(ALIAS, behind="public.ecr.aws"))
    assert login(get(ALIAS))["Secret"] == login(get("public.ecr.aws"))["Secret"]
    assert cloud.calls()["ecr-public"] == 1
