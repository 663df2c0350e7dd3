"""`refresh`: for a timer, a boot script, or a user whose sessions were revoked."""

from __future__ import annotations

import os
import pty
import re
import signal
import subprocess
import time
from typing import TYPE_CHECKING

import pytest

from tests.contract.test_background import wait_for
from tests.support.factories import create_entry
from tests.support.runner import HOST, OTHER_HOST, PROGRAM, PUBLIC, build_environment, parse_login, run_get, run_helper

if TYPE_CHECKING:
    from pathlib import Path

    from tests.fake_ec2.services import Loopback

_TIMEOUT = 20  # seconds until a process that does not end fails its test
EU_HOST = HOST.replace("us-east-1", "eu-west-1")


def run_refresh(*argv: str, status: int = 0) -> dict[str, str]:
    """Return what `refresh` prints for each host."""
    result = run_helper("refresh", *argv)
    assert result.status == status, result.stderr_text
    return dict(line.split(": ", 1) for line in result.stdout.decode().splitlines())


def is_original_token(host: str = HOST) -> bool:
    return parse_login(run_get(host))["Secret"] == "seeded"


def test_a_named_host_gets_a_new_token_however_fresh_the_old_one_is(cloud: Loopback) -> None:
    create_entry()
    assert re.fullmatch(r"new token, valid until 20\d\d-\d\d-\d\dT\d\d:\d\d:\d\dZ", run_refresh(HOST)[HOST])
    assert cloud.count_calls()["ecr"] == 1
    assert not is_original_token()


@pytest.mark.usefixtures("cloud")
def test_a_host_may_be_named_as_any_client_names_it() -> None:
    assert list(run_refresh(f"https://{HOST}/v2/")) == [HOST]


def test_all_known_hosts_are_refreshed_with_one_call_per_region(cloud: Loopback) -> None:
    for host in (HOST, OTHER_HOST, EU_HOST):
        create_entry(host)
    assert set(run_refresh()) == {HOST, OTHER_HOST, EU_HOST}
    assert cloud.count_calls()["ecr"] == 2
    assert not any(map(is_original_token, (HOST, OTHER_HOST, EU_HOST)))


def test_twenty_accounts_without_any_token_cost_one_call(cloud: Loopback) -> None:
    hosts = [HOST.replace("123456789012", f"{number:012}") for number in range(20)]
    assert set(run_refresh(*hosts)) == set(hosts)
    assert {run_get(host).status for host in hosts} == {0}
    assert cloud.count_calls()["ecr"] == 1


def test_a_young_token_is_left_alone_if_requested(cloud: Loopback) -> None:
    create_entry(hours_ago=1)
    assert run_refresh("--if-older-than", "2h") == {HOST: "skipped: its token is 60 minutes old"}
    assert cloud.count_calls()["ecr"] == 0
    assert "new token" in run_refresh("--if-older-than", "30m")[HOST]


@pytest.mark.usefixtures("cloud")
def test_without_a_known_host_there_is_nothing_to_do() -> None:
    result = run_helper("refresh")
    assert (result.status, result.stdout) == (0, b"")
    assert "name one" in result.stderr_text


@pytest.mark.usefixtures("cloud")
def test_a_host_that_fails_fails_the_command_but_the_others_are_refreshed() -> None:
    messages = run_refresh(HOST, "ghcr.io", status=1)
    assert messages["ghcr.io"] == "failed: not a registry in Amazon ECR"
    assert "new token" in messages[HOST]


def test_a_failure_is_reported_for_each_registry_after_one_call(cloud: Loopback) -> None:
    cloud.configure(ecr="deny")
    messages = run_refresh(HOST, OTHER_HOST, status=1)
    assert {host: line.endswith("[policy-missing]") for host, line in messages.items()} == {
        HOST: True,
        OTHER_HOST: True,
    }
    assert cloud.count_calls()["ecr"] == 1


def test_a_failure_leaves_the_cached_token(cloud: Loopback) -> None:
    create_entry()
    cloud.configure(ecr="fail")
    run_refresh(HOST, status=1)
    assert is_original_token()


def test_a_throttled_refresh_waits_and_tries_again(cloud: Loopback) -> None:
    cloud.configure(ecr="throttle")
    assert "[throttled]" in run_refresh("--wait-at-most", "1", HOST, status=1)[HOST]
    assert cloud.count_calls()["ecr"] >= 2


def test_a_denied_refresh_does_not_wait(cloud: Loopback) -> None:
    cloud.configure(ecr="deny")
    assert "[policy-missing]" in run_refresh("--wait-at-most", "1h", HOST, status=1)[HOST]
    assert cloud.count_calls()["ecr"] == 1


def test_ecr_public_is_refreshed_if_it_is_named(cloud: Loopback) -> None:
    assert "new token" in run_refresh(PUBLIC)[PUBLIC]
    assert cloud.count_calls()["ecr-public"] == 1


@pytest.mark.parametrize(
    "argv", [["--if-older-than", "soon"], ["--wait-at-most", "-1"], ["--unknown"], ["--if-older-than"]]
)
def test_an_invalid_option_is_reported(argv: list[str]) -> None:
    result = run_helper("refresh", *argv)
    assert (result.status, result.stdout) == (2, b"")
    assert "usage: docker-credential-ecr refresh" in result.stderr_text


def test_the_help_is_printed_on_standard_output() -> None:
    result = run_helper("refresh", "--help")
    assert result.status == 0
    assert b"--if-older-than" in result.stdout


@pytest.mark.parametrize("host", ["", "user@host", "a b"])
def test_an_invalid_host_is_reported(host: str) -> None:
    result = run_helper("refresh", host)
    assert result.status == 1
    assert "[no-server]" in result.report or "[bad-server]" in result.report


def test_a_public_registry_that_is_pulled_from_anonymously_is_not_refreshed_automatically(cloud: Loopback) -> None:
    cloud.configure(ecr_public="deny")
    assert run_get(PUBLIC).status == 1
    assert run_refresh() == {}


def test_a_host_with_an_entry_that_is_no_longer_valid_is_known(cloud: Loopback, home: Path) -> None:
    create_entry()
    (home / ".aws").mkdir()
    (home / ".aws/config").write_text("[default]\n")
    time.sleep(0.1)  # an entry is not cached if a file that it depends on has just changed
    assert list(run_refresh()) == [HOST]
    assert cloud.count_calls()["ecr"] == 1


@pytest.mark.usefixtures("cloud")
def test_the_progress_is_shown_on_a_terminal() -> None:
    terminal, stderr = pty.openpty()
    result = subprocess.run(
        [PROGRAM, "refresh", HOST, OTHER_HOST],
        stdout=subprocess.PIPE,
        stderr=stderr,
        env=build_environment(),
        check=True,
    )
    os.close(stderr)
    assert os.read(terminal, 100) == b"\r1 of 2\r2 of 2\r\n"
    os.close(terminal)
    assert result.stdout.count(b"\n") == 2


@pytest.mark.usefixtures("cloud")
def test_a_refresh_fails_if_the_token_cannot_be_cached(home: Path) -> None:
    (home / ".cache").write_text("a file")
    result = run_helper("refresh", HOST)
    assert result.status == 1
    assert b"could not be cached" in result.stdout
    assert "Not a directory" in result.stderr_text


@pytest.mark.usefixtures("cloud")
def test_a_refresh_fails_if_the_cache_is_disabled() -> None:
    result = run_helper("refresh", HOST, AWS_ECR_DISABLE_CACHE="1")
    assert result.status == 1
    assert b"could not be cached" in result.stdout


@pytest.mark.usefixtures("default_sigint")
def test_an_interrupt_ends_a_refresh_at_once(cloud: Loopback) -> None:
    cloud.configure(ecr="throttle")
    with subprocess.Popen(
        [PROGRAM, "refresh", "--wait", HOST], env=build_environment(), stdout=subprocess.PIPE
    ) as process:
        try:
            assert wait_for(lambda: cloud.count_calls()["ecr"] >= 2)
            process.send_signal(signal.SIGINT)
            assert process.wait(_TIMEOUT) == 130
        finally:
            process.kill()


def test_many_hanging_regions_share_the_timeout_of_one_run(cloud: Loopback) -> None:
    cloud.configure(ecr="drip")
    hosts = [HOST.replace("us-east-1", f"us-east-{number}") for number in range(1, 40)]
    result = run_helper("refresh", *hosts, CREDHELPER_TIMEOUT="2")
    assert result.status == 1
    assert result.stdout.count(b"[timed-out]") == 39
