"""An edit of the settings holds from the next `get` on, whatever was at hand."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

import pytest

from tests.contract.process import HOST, NOT_FOUND, get, helper, login, owner
from tests.contract.rules import ALIAS, INSTANCE, KEYS, alias, rule, user

if TYPE_CHECKING:
    from pathlib import Path

    from tests.instance.services import Loopback


def test_an_alias_that_is_no_longer_one_is_foreign_at_once(cloud: Loopback, config: Path) -> None:
    config.write_text(alias(ALIAS))
    login(get(ALIAS))
    config.write_text("")
    assert (get(ALIAS).status, get(ALIAS).stdout) == (1, NOT_FOUND)
    assert helper("list").stdout == b"{}\n"
    assert helper("store", stdin=b'{"ServerURL": "%s", "Username": "x", "Secret": "y"}' % ALIAS.encode()).status == 0
    assert login(get(ALIAS))["Username"] == "x"
    assert cloud.calls()["ecr"] == 1


@pytest.mark.usefixtures("profiles")
def test_an_edited_rule_holds_at_once(cloud: Loopback, config: Path) -> None:
    owners = []
    for name in ("one", "two"):
        config.write_text(rule(HOST, f"profile = '{name}'"))
        owners.append(owner(cloud, get()))
    assert owners == [user("AKIAONE"), user("AKIATWO")]


@pytest.mark.usefixtures("profiles")
def test_an_edit_of_the_same_size_and_time_holds_at_once(cloud: Loopback, config: Path) -> None:
    config.write_text(rule(HOST, "profile = 'one'"))
    before = config.stat()
    assert owner(cloud, get()) == user("AKIAONE")
    config.write_text(rule(HOST, "profile = 'two'"))
    os.utime(config, ns=(before.st_atime_ns, before.st_mtime_ns))
    assert owner(cloud, get()) == user("AKIATWO")


@pytest.mark.usefixtures("profiles")
def test_a_rule_that_is_gone_holds_no_longer(cloud: Loopback, config: Path) -> None:
    config.write_text(rule(HOST, "profile = 'one'"))
    assert owner(cloud, get()) == user("AKIAONE")
    config.unlink()
    assert owner(cloud, get(**KEYS)) == user("AKIAKEYS")
    assert owner(cloud, get()) == INSTANCE


@pytest.mark.usefixtures("profiles")
def test_settings_that_appear_hold_at_once(cloud: Loopback, config: Path) -> None:
    assert owner(cloud, get()) == INSTANCE
    config.write_text(rule(HOST, "profile = 'one'"))
    assert owner(cloud, get()) == user("AKIAONE")
