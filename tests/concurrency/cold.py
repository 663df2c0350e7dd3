"""Trials of processes that find no token: each gives what is to be seen, and is run by the tests and by the command."""

from __future__ import annotations

import json
import subprocess
import tempfile
import time
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple

from credhelper.cache import recent_failure
from tests.concurrency.processes import (
    HOST,
    account_host,
    is_stable,
    is_waiting,
    kill_process,
    run_gets,
    send_request,
    start_get,
    start_idle,
    stop_process,
    wait_for_all,
    wait_until,
)
from tests.fake_ec2.services import Loopback, serve

_CALL_DURATION = 2.5  # seconds that a call takes for which others wait; less than their patience with who makes it


class CrowdResult(NamedTuple):
    """What came of a crowd: how often it asked ECR, how many different answers it got, and its exit statuses."""

    calls: int
    answers: int
    statuses: frozenset[int]


class Sandbox:
    """A home of its own on a machine whose AWS is the stand-in."""

    def __init__(self, cloud: Loopback, home: str) -> None:
        self.cloud = cloud
        self.home = home
        self.environ: Mapping[str, str] = {"HOME": home, **cloud.environment()}

    @property
    def call_count(self) -> int:
        """How often ECR was asked."""
        return self.cloud.count_calls()["ecr"]

    def summarize(self, results: Iterable[tuple[int, bytes]]) -> CrowdResult:
        """Give what came of these processes, and the calls until now."""
        statuses, answers = zip(*results)
        return CrowdResult(self.call_count, len(set(answers)), frozenset(statuses))

    @contextmanager
    def start_leader_and_waiters(
        self, waiter_count: int
    ) -> Iterator[tuple[subprocess.Popen[bytes], list[subprocess.Popen[bytes]]]]:
        """Give the one process that asks ECR for some seconds, and so many others that wait for it."""
        self.cloud.configure(delay={"ecr": _CALL_DURATION})
        waiters = [
            start_idle(self.environ) for _ in range(waiter_count)
        ]  # so that starting them takes none of those seconds
        leader = start_get(HOST, self.environ)
        wait_until(lambda: self.call_count == 1)
        for process in waiters:
            send_request(process)
        wait_until(lambda: all(map(is_waiting, waiters)))
        self.cloud.configure(delay={})  # the next call
        assert self.call_count == 1
        yield leader, waiters


@contextmanager
def create_sandbox() -> Iterator[Sandbox]:
    """Give a place that is used for one trial."""
    with serve() as cloud, tempfile.TemporaryDirectory() as home:
        yield Sandbox(cloud, home)


def find_owner(cloud: Loopback, answer: bytes) -> str:
    """Give the ARN that the answer's token was issued to; "nobody" where there is none."""
    token = cloud.tokens.find(_parse_token(answer).decode(), "ecr", "us-east-1")
    return "nobody" if token is None else token.principal


def request_one_token(processes: int = 50) -> CrowdResult:
    """So many want one token."""
    with create_sandbox() as sandbox:
        return sandbox.summarize(run_gets([HOST] * processes, sandbox.environ))


def request_accounts() -> CrowdResult:
    """Twenty accounts of one region; of an answer, the token counts."""
    with create_sandbox() as sandbox:
        results = run_gets(map(account_host, range(20)), sandbox.environ)
        return sandbox.summarize((status, _parse_token(answer)) for status, answer in results)


def request_regions() -> CrowdResult:
    """Ten accounts in each of two regions; of an answer, the token counts."""
    with create_sandbox() as sandbox:
        hosts = [account_host(number, region) for number in range(10) for region in ("us-east-1", "eu-west-1")]
        return sandbox.summarize((status, _parse_token(answer)) for status, answer in run_gets(hosts, sandbox.environ))


def request_identities(*, is_denied: bool = False) -> tuple[CrowdResult, list[set[str]]]:
    """Run gets for two profiles at once, ten times each; the first one may be `is_denied`.

    Return the outcomes, and the owners of each profile's tokens.
    """
    with create_sandbox() as sandbox:
        sandbox.cloud.configure(policies={"AKIAone": not is_denied})
        _write_keys(Path(sandbox.home, ".aws"))
        processes = [start_get(HOST, {**sandbox.environ, "AWS_PROFILE": name}) for name in ("one", "two") * 10]
        results = wait_for_all(processes)
        return sandbox.summarize(results), [
            {find_owner(sandbox.cloud, answer) for _, answer in results[start::2]} for start in (0, 1)
        ]


def share_denial(waiter_count: int = 49) -> tuple[CrowdResult, CrowdResult]:
    """Let many processes wait for an exchange that is denied.

    Return their outcomes, and that of a process that starts after the policy was attached.
    """
    with create_sandbox() as sandbox:
        sandbox.cloud.configure(ecr="deny")
        with sandbox.start_leader_and_waiters(waiter_count) as (leader, waiters):
            crowd_result = sandbox.summarize(wait_for_all([leader, *waiters]))
        sandbox.cloud.reset()
        sandbox.cloud.forget()
        return crowd_result, sandbox.summarize(run_gets([HOST], sandbox.environ))


def share_throttling(waiter_count: int = 49) -> tuple[CrowdResult, CrowdResult, bool]:
    """Let many processes wait for an exchange that is throttled (and which tries twice).

    Return their outcomes, those of ten processes that start afterwards, and whether none of these called ECR within two
    seconds.
    """
    with create_sandbox() as sandbox:
        sandbox.cloud.configure(ecr="throttle")
        with sandbox.start_leader_and_waiters(waiter_count) as (leader, waiters):
            crowd_result = sandbox.summarize(wait_for_all([leader, *waiters]))
        sandbox.cloud.reset()
        sandbox.cloud.forget()
        newcomers = [start_get(HOST, sandbox.environ) for _ in range(10)]
        wait_until(lambda: sandbox.call_count > 0)
        is_held_back = time.time() - _read_failure_time(sandbox.home) >= 2
        return crowd_result, sandbox.summarize(wait_for_all(newcomers)), is_held_back


def kill_leader(waiter_count: int = 49) -> CrowdResult:
    """Kill the process that calls ECR while others wait for it. Return the outcomes of the others."""
    with create_sandbox() as sandbox, sandbox.start_leader_and_waiters(waiter_count) as (leader, waiters):
        kill_process(leader)
        return sandbox.summarize(wait_for_all(waiters))


def stop_leader(waiter_count: int = 49) -> CrowdResult:
    """Stop the process that calls ECR while others wait for it. Return the outcomes of the others."""
    with (
        create_sandbox() as sandbox,
        sandbox.start_leader_and_waiters(waiter_count) as (leader, waiters),
        stop_process(leader),
    ):
        return sandbox.summarize(wait_for_all(waiters))


def _parse_token(answer: bytes) -> bytes:
    try:
        return str(json.loads(answer)["Secret"]).encode()
    except ValueError:
        return answer


def _read_failure_time(home: str) -> float:
    [path] = Path(home, ".cache", "credhelper").glob(".failure-*")
    failure = recent_failure.read(str(path))
    assert failure is not None
    return failure.failed_at.wall


def _write_keys(directory: Path) -> None:
    """Write the keys of two profiles, and wait until an entry that depends on them would be kept."""
    directory.mkdir()
    keys = "[{0}]\naws_access_key_id = AKIA{0}\naws_secret_access_key = x\n"
    path = directory / "credentials"
    path.write_text(keys.format("one") + keys.format("two"))
    wait_until(lambda: is_stable(path))
