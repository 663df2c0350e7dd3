"""`list`: Docker gets each host that is listed, and one that fails loses it all of them."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from tests.contract.process import HOST, NOBODY_CALLED, OTHER, PUBLIC, get, helper, login
from tests.contract.seeds import seed

if TYPE_CHECKING:
    from pathlib import Path

    from tests.instance.services import Loopback

NOTHING = b"{}\n"


def test_nothing_is_listed_where_nothing_is_at_hand(cloud: Loopback, home: Path) -> None:
    done = helper("list", stdin=b"unused")
    assert (done.status, done.stdout, done.stderr) == (0, NOTHING, b"")
    assert cloud.calls() == NOBODY_CALLED
    assert list(home.iterdir()) == []


def test_each_host_whose_token_is_at_hand_is_listed_with_its_user(cloud: Loopback) -> None:
    for host in (HOST, OTHER, PUBLIC):
        seed(host)
    done = helper("list", stdin=b"unused")
    assert json.loads(done.stdout) == {HOST: "AWS", OTHER: "AWS", PUBLIC: "AWS"}
    assert (done.status, done.stdout.count(b"\n"), done.stderr) == (0, 1, b"")
    assert cloud.calls() == NOBODY_CALLED


def test_a_get_of_each_listed_host_answers_without_a_call(cloud: Loopback) -> None:
    login(get(HOST))
    login(get(PUBLIC))
    cloud.forget()
    assert {login(get(host))["ServerURL"] for host in json.loads(helper("list").stdout)} == {HOST, PUBLIC}
    assert cloud.calls() == NOBODY_CALLED


def test_another_identity_s_tokens_are_not_listed() -> None:
    seed()
    assert helper("list", AWS_REGION="eu-west-1").stdout == NOTHING


def test_a_token_whose_evidence_changed_is_not_listed(home: Path) -> None:
    seed()
    (home / ".aws").mkdir()
    (home / ".aws" / "config").write_text("[default]\n")
    assert helper("list").stdout == NOTHING


def test_a_token_past_half_its_life_is_not_listed() -> None:
    seed(hours_ago=7)
    assert helper("list").stdout == NOTHING


def test_an_erased_token_is_not_listed() -> None:
    seed()
    helper("erase", stdin=HOST.encode())
    assert helper("list").stdout == NOTHING


def test_a_disabled_cache_lists_nothing() -> None:
    seed()
    assert helper("list", AWS_ECR_DISABLE_CACHE="1").stdout == NOTHING


def test_an_anonymous_host_is_not_listed(cloud: Loopback) -> None:
    cloud.tell(ecr_public="deny")
    get(PUBLIC)
    assert helper("list").stdout == NOTHING


def test_a_list_does_not_wait_for_its_input(endless: int) -> None:
    assert helper("list", stdin=endless).stdout == NOTHING
