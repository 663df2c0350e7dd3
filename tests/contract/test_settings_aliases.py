"""An alias: a host that the settings map to a registry by its exact name gets that registry's token."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.contract.rules import ALIAS, make_alias, make_rule, make_user_arn
from tests.support.factories import list_cache_files
from tests.support.runner import HOST, NO_CALLS, NOT_FOUND, OTHER_HOST, find_owner, parse_login, run_get, run_helper

if TYPE_CHECKING:
    from pathlib import Path

    from tests.fake_ec2.services import Loopback


@pytest.mark.usefixtures("cloud")
def test_an_alias_is_answered_under_its_own_name(config: Path) -> None:
    config.write_text(make_alias(ALIAS, "mirror.example.com:5000"))
    for form in (ALIAS, f"https://{ALIAS}/v2/", f"{ALIAS}:443", ALIAS.upper()):
        assert parse_login(run_get(form))["ServerURL"] == ALIAS
    assert parse_login(run_get("mirror.example.com:5000"))["ServerURL"] == "mirror.example.com:5000"


@pytest.mark.parametrize(
    "host",
    [
        *(f"x.{ALIAS}", f"{ALIAS}:5000", f"{ALIAS}:80", f"{ALIAS}.", f"{ALIAS}.evil.example", "example.com"),
        *("mirror.example.com", "mirror.example.com:5001", "images.exampleXcom", "images-example.com"),
    ],
)
def test_only_the_exact_alias_is_answered(cloud: Loopback, config: Path, host: str) -> None:
    config.write_text(make_alias(ALIAS, "mirror.example.com:5000"))
    parse_login(run_get(ALIAS))
    cloud.forget()
    assert (run_get(host).status, run_get(host).stdout) == (1, NOT_FOUND)
    assert cloud.count_calls() == NO_CALLS


def test_an_alias_and_its_registry_share_a_token_and_a_call(cloud: Loopback, config: Path) -> None:
    config.write_text(make_alias(ALIAS, "mirror.example.com:5000"))
    answers = {parse_login(run_get(host))["Secret"] for host in (ALIAS, HOST, "mirror.example.com:5000", OTHER_HOST)}
    assert len(answers) == 1
    assert cloud.count_calls()["ecr"] == 1


@pytest.mark.usefixtures("profiles")
def test_two_aliases_of_one_registry_can_have_two_identities(cloud: Loopback, config: Path) -> None:
    config.write_text(
        make_rule(ALIAS, "profile = 'one'") + make_rule("b.example", "profile = 'two'") + make_alias(ALIAS, "b.example")
    )
    owners = [find_owner(cloud, run_get(host)) for host in (ALIAS, "b.example", ALIAS, "b.example")]
    assert owners == [make_user_arn("AKIAONE"), make_user_arn("AKIATWO")] * 2
    assert cloud.count_calls()["ecr"] == 2


def test_a_login_to_an_alias_succeeds_and_is_not_kept(cloud: Loopback, config: Path) -> None:
    config.write_text(make_alias(ALIAS))
    result = run_helper(
        "store", stdin=b'{"ServerURL": "https://%s/v2/", "Username": "x", "Secret": "y"}' % ALIAS.encode()
    )
    assert (result.status, result.stdout) == (0, b"")
    assert f"{ALIAS}: the login was not stored" in result.stderr_text
    assert cloud.count_calls() == NO_CALLS


@pytest.mark.usefixtures("cloud")
def test_an_alias_with_a_cached_token_is_listed(config: Path) -> None:
    config.write_text(make_alias(ALIAS, "b.example:5000"))
    parse_login(run_get("b.example:5000"))
    assert run_helper("list").stdout == b'{"b.example:5000": "AWS"}\n'


@pytest.mark.usefixtures("cloud")
def test_erasing_an_alias_deletes_its_token_everywhere(config: Path, home: Path) -> None:
    config.write_text(make_alias(ALIAS))
    for host in (ALIAS, HOST):
        parse_login(run_get(host))
    assert run_helper("erase", stdin=ALIAS.encode()).status == 0
    assert list_cache_files(home) == []


def test_an_alias_of_the_public_registry_is_pulled_from_anonymously_without_credentials(
    cloud: Loopback, config: Path
) -> None:
    config.write_text(make_alias(ALIAS, target="public.ecr.aws"))
    cloud.configure(metadata="no-role")
    result = run_get(ALIAS)
    assert (result.status, result.stdout) == (1, NOT_FOUND)
    assert f"pulling without a login: no AWS credentials found for {ALIAS}" in result.stderr_text


def test_an_alias_of_the_public_registry_gets_its_token_if_there_are_credentials(cloud: Loopback, config: Path) -> None:
    config.write_text(make_alias(ALIAS, target="public.ecr.aws"))
    assert parse_login(run_get(ALIAS))["Secret"] == parse_login(run_get("public.ecr.aws"))["Secret"]
    assert cloud.count_calls()["ecr-public"] == 1
