"""`refresh`: for a timer, a boot script, or a person whose sessions were revoked."""

from __future__ import annotations

import os
import pty
import re
import signal
import subprocess
import time
from typing import TYPE_CHECKING

import pytest

from tests.contract.process import HOST, OTHER, PROGRAM, PUBLIC, environment, get, helper, login
from tests.contract.seeds import seed
from tests.contract.test_behind import comes

if TYPE_CHECKING:
    from pathlib import Path

    from tests.instance.services import Loopback

_PATIENCE = 20  # seconds until what does not end fails its test
ELSEWHERE = HOST.replace("us-east-1", "eu-west-1")


def lines(*words: str, status: int = 0) -> dict[str, str]:
    """Give what `refresh` says of each host."""
    done = helper("refresh", *words)
    assert done.status == status, done.said
    return dict(line.split(": ", 1) for line in done.stdout.decode().splitlines())


def seeded(host: str = HOST) -> bool:
    return login(get(host))["Secret"] == "seeded"


def test_a_host_that_is_named_has_a_new_token_however_fresh_the_old_one_is(cloud: Loopback) -> None:
    seed()
    assert re.fullmatch(r"has a new token, which serves until 20\d\d-\d\d-\d\dT\d\d:\d\d:\d\dZ", lines(HOST)[HOST])
    assert cloud.calls()["ecr"] == 1
    assert not seeded()


@pytest.mark.usefixtures("cloud")
def test_a_host_may_be_named_as_any_client_names_it() -> None:
    assert list(lines(f"https://{HOST}/v2/")) == [HOST]


def test_all_that_are_known_are_refreshed_with_one_call_a_region(cloud: Loopback) -> None:
    for host in (HOST, OTHER, ELSEWHERE):
        seed(host)
    assert set(lines()) == {HOST, OTHER, ELSEWHERE}
    assert cloud.calls()["ecr"] == 2
    assert not any(map(seeded, (HOST, OTHER, ELSEWHERE)))


def test_twenty_accounts_that_nobody_has_pulled_from_cost_one_call(cloud: Loopback) -> None:
    hosts = [HOST.replace("123456789012", f"{number:012}") for number in range(20)]
    assert set(lines(*hosts)) == set(hosts)
    assert {get(host).status for host in hosts} == {0}
    assert cloud.calls()["ecr"] == 1


def test_a_young_token_is_left_alone_where_that_is_wished(cloud: Loopback) -> None:
    seed(hours_ago=1)
    assert lines("--if-older-than", "2h") == {HOST: "left alone: its token is 60 minutes old"}
    assert cloud.calls()["ecr"] == 0
    assert "new token" in lines("--if-older-than", "30m")[HOST]


@pytest.mark.usefixtures("cloud")
def test_where_nothing_is_known_there_is_nothing_to_do() -> None:
    done = helper("refresh")
    assert (done.status, done.stdout) == (0, b"")
    assert "name one" in done.said


@pytest.mark.usefixtures("cloud")
def test_one_that_fails_fails_the_whole_and_the_others_are_refreshed() -> None:
    said = lines(HOST, "ghcr.io", status=1)
    assert said["ghcr.io"] == "not a registry of ECR"
    assert "new token" in said[HOST]


def test_a_failure_is_told_once_for_each_registry_and_asked_for_once(cloud: Loopback) -> None:
    cloud.tell(ecr="deny")
    said = lines(HOST, OTHER, status=1)
    assert {host: line.endswith("[policy-missing]") for host, line in said.items()} == {HOST: True, OTHER: True}
    assert cloud.calls()["ecr"] == 1


def test_a_failure_leaves_the_token_that_is_there(cloud: Loopback) -> None:
    seed()
    cloud.tell(ecr="fail")
    lines(HOST, status=1)
    assert seeded()


def test_a_throttled_fleet_is_waited_for(cloud: Loopback) -> None:
    cloud.tell(ecr="throttle")
    assert "[throttled]" in lines("--wait-at-most", "1", HOST, status=1)[HOST]
    assert cloud.calls()["ecr"] >= 2


def test_a_denial_is_not_waited_for(cloud: Loopback) -> None:
    cloud.tell(ecr="deny")
    assert "[policy-missing]" in lines("--wait-at-most", "1h", HOST, status=1)[HOST]
    assert cloud.calls()["ecr"] == 1


def test_ecr_public_is_refreshed_where_it_is_named(cloud: Loopback) -> None:
    assert "new token" in lines(PUBLIC)[PUBLIC]
    assert cloud.calls()["ecr-public"] == 1


@pytest.mark.parametrize(
    "words", [["--if-older-than", "soon"], ["--wait-at-most", "-1"], ["--unknown"], ["--if-older-than"]]
)
def test_what_is_no_option_is_said(words: list[str]) -> None:
    done = helper("refresh", *words)
    assert (done.status, done.stdout) == (2, b"")
    assert "usage: docker-credential-ecr refresh" in done.said


def test_its_help_is_on_standard_output() -> None:
    done = helper("refresh", "--help")
    assert done.status == 0
    assert b"--if-older-than" in done.stdout


@pytest.mark.parametrize("host", ["", "user@host", "a b"])
def test_what_is_no_host_is_said(host: str) -> None:
    done = helper("refresh", host)
    assert done.status == 1
    assert "[no-server]" in done.said or "[bad-server]" in done.said


def test_a_public_registry_that_is_pulled_from_anonymously_is_not_refreshed_by_itself(cloud: Loopback) -> None:
    cloud.tell(ecr_public="deny")
    assert get(PUBLIC).status == 1
    assert lines() == {}


def test_a_host_whose_entry_no_longer_holds_is_known(cloud: Loopback, home: Path) -> None:
    seed()
    (home / ".aws").mkdir()
    (home / ".aws/config").write_text("[default]\n")
    time.sleep(0.1)  # an entry is not kept whose evidence is as young as the kernel's clock is coarse
    assert list(lines()) == [HOST]
    assert cloud.calls()["ecr"] == 1


@pytest.mark.usefixtures("cloud")
def test_on_a_terminal_it_shows_how_far_it_is() -> None:
    terminal, stderr = pty.openpty()
    done = subprocess.run(
        [PROGRAM, "refresh", HOST, OTHER], stdout=subprocess.PIPE, stderr=stderr, env=environment(), check=True
    )
    os.close(stderr)
    assert os.read(terminal, 100) == b"\r1 of 2\r2 of 2\r\n"
    os.close(terminal)
    assert done.stdout.count(b"\n") == 2


@pytest.mark.usefixtures("cloud")
def test_a_token_that_cannot_be_kept_fails(home: Path) -> None:
    (home / ".cache").write_text("a file")
    done = helper("refresh", HOST)
    assert done.status == 1
    assert b"could not be kept" in done.stdout
    assert "Not a directory" in done.said


@pytest.mark.usefixtures("cloud")
def test_where_nothing_is_to_be_kept_there_is_nothing_to_refresh() -> None:
    done = helper("refresh", HOST, AWS_ECR_DISABLE_CACHE="1")
    assert done.status == 1
    assert b"could not be kept" in done.stdout


def test_who_interrupts_it_waits_for_nobody(cloud: Loopback) -> None:
    cloud.tell(ecr="throttle")
    with subprocess.Popen([PROGRAM, "refresh", "--wait", HOST], env=environment(), stdout=subprocess.PIPE) as waiting:
        assert comes(lambda: cloud.calls()["ecr"] >= 2)
        waiting.send_signal(signal.SIGINT)
        assert waiting.wait(_PATIENCE) == 130


def test_many_regions_that_hang_have_the_time_of_one_run(cloud: Loopback) -> None:
    cloud.tell(ecr="drip")
    hosts = [HOST.replace("us-east-1", f"us-east-{number}") for number in range(1, 40)]
    done = helper("refresh", *hosts, CREDHELPER_TIMEOUT="2")
    assert done.status == 1
    assert done.stdout.count(b"[timed-out]") == 39
