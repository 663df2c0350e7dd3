"""An edit of the settings takes effect at the next `get`, whatever is cached."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

import pytest

from tests.contract.rules import ALIAS, INSTANCE_ARN, KEYS, make_alias, make_rule, make_user_arn
from tests.support.runner import HOST, NOT_FOUND, find_owner, parse_login, run_get, run_helper

if TYPE_CHECKING:
    from pathlib import Path

    from tests.fake_ec2.services import Loopback


def test_a_removed_alias_is_a_foreign_host_at_once(cloud: Loopback, config: Path) -> None:
    config.write_text(make_alias(ALIAS))
    parse_login(run_get(ALIAS))
    config.write_text("")
    assert (run_get(ALIAS).status, run_get(ALIAS).stdout) == (1, NOT_FOUND)
    assert run_helper("list").stdout == b"{}\n"
    assert (
        run_helper("store", stdin=b'{"ServerURL": "%s", "Username": "x", "Secret": "y"}' % ALIAS.encode()).status == 0
    )
    assert parse_login(run_get(ALIAS))["Username"] == "x"
    assert cloud.count_calls()["ecr"] == 1


@pytest.mark.usefixtures("profiles")
def test_an_edited_rule_takes_effect_at_once(cloud: Loopback, config: Path) -> None:
    owners = []
    for name in ("one", "two"):
        config.write_text(make_rule(HOST, f"profile = '{name}'"))
        owners.append(find_owner(cloud, run_get()))
    assert owners == [make_user_arn("AKIAONE"), make_user_arn("AKIATWO")]


@pytest.mark.usefixtures("profiles")
def test_an_edit_of_the_same_size_and_time_takes_effect_at_once(cloud: Loopback, config: Path) -> None:
    config.write_text(make_rule(HOST, "profile = 'one'"))
    original_stat = config.stat()
    assert find_owner(cloud, run_get()) == make_user_arn("AKIAONE")
    config.write_text(make_rule(HOST, "profile = 'two'"))
    os.utime(config, ns=(original_stat.st_atime_ns, original_stat.st_mtime_ns))
    assert find_owner(cloud, run_get()) == make_user_arn("AKIATWO")


@pytest.mark.usefixtures("profiles")
def test_a_removed_rule_no_longer_applies(cloud: Loopback, config: Path) -> None:
    config.write_text(make_rule(HOST, "profile = 'one'"))
    assert find_owner(cloud, run_get()) == make_user_arn("AKIAONE")
    config.unlink()
    assert find_owner(cloud, run_get(**KEYS)) == make_user_arn("AKIAKEYS")
    assert find_owner(cloud, run_get()) == INSTANCE_ARN


@pytest.mark.usefixtures("profiles")
def test_new_settings_take_effect_at_once(cloud: Loopback, config: Path) -> None:
    assert find_owner(cloud, run_get()) == INSTANCE_ARN
    config.write_text(make_rule(HOST, "profile = 'one'"))
    assert find_owner(cloud, run_get()) == make_user_arn("AKIAONE")
