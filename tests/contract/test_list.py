"""`list`: Docker runs `get` for each listed host, and loses all of them if one fails."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from tests.support.factories import create_entry
from tests.support.runner import HOST, NO_CALLS, OTHER_HOST, PUBLIC, parse_login, run_get, run_helper

if TYPE_CHECKING:
    from pathlib import Path

    from tests.fake_ec2.services import Loopback

EMPTY_LIST = b"{}\n"


def test_nothing_is_listed_if_nothing_is_cached(cloud: Loopback, home: Path) -> None:
    result = run_helper("list", stdin=b"unused")
    assert (result.status, result.stdout, result.stderr) == (0, EMPTY_LIST, b"")
    assert cloud.count_calls() == NO_CALLS
    assert list(home.iterdir()) == []


def test_each_host_with_a_cached_token_is_listed_with_its_user(cloud: Loopback) -> None:
    for host in (HOST, OTHER_HOST, PUBLIC):
        create_entry(host)
    result = run_helper("list", stdin=b"unused")
    assert json.loads(result.stdout) == {HOST: "AWS", OTHER_HOST: "AWS", PUBLIC: "AWS"}
    assert (result.status, result.stdout.count(b"\n"), result.stderr) == (0, 1, b"")
    assert cloud.count_calls() == NO_CALLS


def test_a_get_of_each_listed_host_answers_without_a_call(cloud: Loopback) -> None:
    parse_login(run_get(HOST))
    parse_login(run_get(PUBLIC))
    cloud.forget()
    assert {parse_login(run_get(host))["ServerURL"] for host in json.loads(run_helper("list").stdout)} == {HOST, PUBLIC}
    assert cloud.count_calls() == NO_CALLS


def test_the_tokens_of_another_identity_are_not_listed() -> None:
    create_entry()
    assert run_helper("list", AWS_REGION="eu-west-1").stdout == EMPTY_LIST


def test_a_token_with_changed_dependencies_is_not_listed(home: Path) -> None:
    create_entry()
    (home / ".aws").mkdir()
    (home / ".aws" / "config").write_text("[default]\n")
    assert run_helper("list").stdout == EMPTY_LIST


def test_a_token_past_half_its_life_is_not_listed() -> None:
    create_entry(hours_ago=7)
    assert run_helper("list").stdout == EMPTY_LIST


def test_an_erased_token_is_not_listed() -> None:
    create_entry()
    run_helper("erase", stdin=HOST.encode())
    assert run_helper("list").stdout == EMPTY_LIST


def test_a_disabled_cache_lists_nothing() -> None:
    create_entry()
    assert run_helper("list", AWS_ECR_DISABLE_CACHE="1").stdout == EMPTY_LIST


def test_an_anonymous_host_is_not_listed(cloud: Loopback) -> None:
    cloud.configure(ecr_public="deny")
    run_get(PUBLIC)
    assert run_helper("list").stdout == EMPTY_LIST


def test_a_list_does_not_wait_for_its_input(endless_stdin: int) -> None:
    assert run_helper("list", stdin=endless_stdin).stdout == EMPTY_LIST
