"""The background process that a hit leaves behind."""

from __future__ import annotations

import os
import subprocess
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any, Callable

import pytest

from credhelper.aws import imds
from credhelper.ecr.token import CredentialSource
from tests.support.factories import create_entry, list_cache_files
from tests.support.runner import (
    HOST,
    ORDINARY_USER,
    OTHER_HOST,
    PROGRAM,
    build_environment,
    find_owner,
    parse_login,
    run_get,
    run_helper,
    run_program,
)

if TYPE_CHECKING:
    from tests.fake_ec2.services import Loopback

_TIMEOUT = 30  # seconds until a condition that never becomes true fails its test
SIX_MINUTES, ALMOST_SIX_HOURS = 0.1, 5.999  # hours; the second is a few seconds short


def make_role_source(cloud: Loopback) -> CredentialSource:
    """Return the credential source of a token that was obtained with the instance's current role."""
    endpoint = cloud.environment()["AWS_EC2_METADATA_SERVICE_ENDPOINT"]
    source = CredentialSource(
        machine_bound=True, non_interactive=True, role_identity=(endpoint, imds.instance_role(endpoint).identity)
    )
    cloud.forget()
    return source


def wait_for(condition: Callable[[], bool]) -> bool:
    """Wait for an effect of a background process, and return whether it occurred in time."""
    deadline = time.monotonic() + _TIMEOUT
    while not condition():
        if time.monotonic() > deadline:
            return False
        time.sleep(0.01)
    return True


def is_hit() -> bool:
    """Return whether a `get` answers with the token that was cached before the test."""
    return parse_login(run_get())["Secret"] == "seeded"


def is_refreshed() -> bool:
    return not is_hit()


def list_markers(home: Path) -> list[Path]:
    return [path for path in list_cache_files(home) if path.name.startswith(".refresh-")]


def test_a_young_hit_spawns_nothing(cloud: Loopback, home: Path) -> None:
    create_entry(source=make_role_source(cloud), hours_ago=0.08)
    assert is_hit()
    assert list_markers(home) == []


def test_a_hit_that_is_due_answers_with_the_cached_token_and_spawns_a_refresh(cloud: Loopback) -> None:
    create_entry(source=make_role_source(cloud), hours_ago=ALMOST_SIX_HOURS)
    assert is_hit()
    assert wait_for(is_refreshed)
    assert cloud.count_calls()["ecr"] == 1


def test_many_hits_at_once_spawn_one_refresh(cloud: Loopback, home: Path) -> None:
    create_entry(source=make_role_source(cloud), hours_ago=ALMOST_SIX_HOURS)
    create_entry(OTHER_HOST, source=make_role_source(cloud), hours_ago=ALMOST_SIX_HOURS)
    for host in (HOST, OTHER_HOST) * 5:
        assert run_get(host).status == 0
    assert wait_for(is_refreshed)
    assert cloud.count_calls()["ecr"] == 1
    assert len(list_markers(home)) <= 2  # one for each token, and these are two tokens


def test_a_hit_after_six_minutes_only_revalidates_the_role(cloud: Loopback) -> None:
    create_entry(source=make_role_source(cloud), hours_ago=SIX_MINUTES)
    assert is_hit()
    assert wait_for(lambda: cloud.count_calls()["metadata"] == 3)
    assert is_hit()
    assert cloud.count_calls()["ecr"] == 0


@pytest.mark.parametrize("change", [{"role": "other-role"}, {"account": "210987654321"}])
def test_after_a_role_was_replaced_the_next_token_is_of_the_new_role(cloud: Loopback, change: dict[str, Any]) -> None:
    create_entry(source=make_role_source(cloud), hours_ago=SIX_MINUTES)
    cloud.configure(**change)
    assert is_hit()  # it does not wait for the revalidation
    assert wait_for(is_refreshed)
    assert next(iter(change.values())) in find_owner(cloud, run_get())


def test_a_role_that_was_detached_is_reported_by_the_next_get(cloud: Loopback) -> None:
    create_entry(source=make_role_source(cloud), hours_ago=SIX_MINUTES)
    cloud.configure(metadata="no-role")
    assert is_hit()
    assert wait_for(lambda: run_get().status == 1)
    assert "no role is attached" in run_get().stderr_text


def test_rotated_keys_cost_no_call(cloud: Loopback) -> None:
    create_entry(source=make_role_source(cloud), hours_ago=SIX_MINUTES)
    cloud.configure(rotate=True)
    assert is_hit()
    assert wait_for(lambda: cloud.count_calls()["metadata"] == 3)
    assert (is_hit(), cloud.count_calls()["ecr"]) == (True, 0)


def test_a_token_of_an_interactive_source_is_not_refreshed(cloud: Loopback, home: Path) -> None:
    create_entry(hours_ago=ALMOST_SIX_HOURS)
    assert is_hit()
    assert (list_markers(home), cloud.count_calls()["ecr"]) == ([], 0)


def test_a_refresh_that_failed_is_not_tried_again_at_the_next_hit(cloud: Loopback) -> None:
    create_entry(source=make_role_source(cloud), hours_ago=5.997)
    cloud.configure(ecr="deny")
    assert is_hit()
    assert wait_for(lambda: cloud.count_calls()["ecr"] == 1)
    assert all(is_hit() for _ in range(5))
    assert cloud.count_calls()["ecr"] == 1


def test_a_cache_that_cannot_be_written_spawns_no_refresh(cloud: Loopback, home: Path) -> None:
    create_entry(source=make_role_source(cloud), hours_ago=ALMOST_SIX_HOURS)
    (home / ".cache" / "credhelper").chmod(0o500)
    answer = parse_login(run_program([*ORDINARY_USER, PROGRAM, "get"], HOST.encode()))
    assert (answer["Secret"] == "seeded", list_markers(home), cloud.count_calls()["ecr"]) == (True, [], 0)


def test_the_background_refresh_holds_nothing_of_the_client(cloud: Loopback, home: Path, tmp_path: Path) -> None:
    create_entry(source=make_role_source(cloud), hours_ago=ALMOST_SIX_HOURS)
    cloud.configure(ecr="hang")
    inherited_fd = os.open(tmp_path, os.O_RDONLY)
    with subprocess.Popen(
        [PROGRAM, "get"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        env=build_environment(),
        cwd=tmp_path,
        pass_fds=[inherited_fd],
    ) as client:
        client.communicate(HOST.encode(), timeout=_TIMEOUT)  # until each holder of the pipe has closed it
    os.close(inherited_fd)
    assert wait_for(lambda: cloud.count_calls()["ecr"] == 1)
    [pid] = list_background_pids(home)
    process = Path("/proc", str(pid))
    descriptors = {number: str((process / "fd" / number).readlink()) for number in ("0", "1", "2")}
    assert descriptors == dict.fromkeys("012", "/dev/null")
    assert not any(str(tmp_path) in str(path.readlink()) for path in (process / "fd").iterdir())
    assert (process / "cwd").readlink() == Path("/")
    assert os.getsid(pid) == pid
    assert (process / "cmdline").read_bytes().split(b"\0")[1:-1] == [
        *(b"-I", b"-m", b"credhelper", b"refresh", b"--background", HOST.encode())
    ]


def list_background_pids(home: Path) -> list[int]:
    """Return the pid that the holder of each lock has written into it."""
    return [int(path.read_text()) for path in list_cache_files(home) if path.name.startswith(".lock-")]


def test_a_killed_refresh_is_not_recorded_as_a_failure(cloud: Loopback, home: Path) -> None:
    create_entry(source=make_role_source(cloud), hours_ago=ALMOST_SIX_HOURS)
    cloud.configure(ecr="hang")
    assert is_hit()
    assert wait_for(lambda: cloud.count_calls()["ecr"] == 1)
    [pid] = list_background_pids(home)
    os.kill(pid, 15)
    assert wait_for(lambda: not Path("/proc", str(pid)).exists())
    assert not [path for path in list_cache_files(home) if path.name.startswith(".failure-")]
    cloud.reset()
    assert run_helper("refresh").status == 0
    assert is_refreshed()
