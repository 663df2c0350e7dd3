"""What a hit leaves behind it, as a process of its own."""

from __future__ import annotations

import os
import subprocess
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any, Callable

import pytest

from credhelper.aws import metadata
from credhelper.cache.record import CredentialSource
from tests.contract.process import HOST, ORDINARY_USER, OTHER, PROGRAM, environment, get, helper, login, owner, run
from tests.contract.seeds import entries, seed

if TYPE_CHECKING:
    from tests.instance.services import Loopback

_PATIENCE = 30  # seconds until what does not come fails its test
SIX_MINUTES, ALMOST_SIX_HOURS = 0.1, 5.999  # some seconds before


def role(cloud: Loopback) -> CredentialSource:
    """Give the origin of a token of the instance's role, as it is now."""
    endpoint = cloud.environment()["AWS_EC2_METADATA_SERVICE_ENDPOINT"]
    origin = CredentialSource(
        machine_bound=True, non_interactive=True, role_identity=(endpoint, metadata.instance_role(endpoint).identity)
    )
    cloud.forget()
    return origin


def comes(what: Callable[[], bool]) -> bool:
    """Wait for what a process behind does."""
    until = time.monotonic() + _PATIENCE
    while not what():
        if time.monotonic() > until:
            return False
        time.sleep(0.01)
    return True


def hit() -> bool:
    """Whether a `get` is answered with the token that was there before the test."""
    return login(get())["Secret"] == "seeded"


def renewed() -> bool:
    return not hit()


def markers(home: Path) -> list[Path]:
    return [path for path in entries(home) if path.name.startswith(".behind-")]


def test_a_young_hit_leaves_nothing(cloud: Loopback, home: Path) -> None:
    seed(origin=role(cloud), hours_ago=0.08)
    assert hit()
    assert markers(home) == []


def test_a_hit_that_is_due_answers_with_what_it_has_and_leaves_a_renewal(cloud: Loopback) -> None:
    seed(origin=role(cloud), hours_ago=ALMOST_SIX_HOURS)
    assert hit()
    assert comes(renewed)
    assert cloud.calls()["ecr"] == 1


def test_many_hits_at_once_leave_one(cloud: Loopback, home: Path) -> None:
    seed(origin=role(cloud), hours_ago=ALMOST_SIX_HOURS)
    seed(OTHER, origin=role(cloud), hours_ago=ALMOST_SIX_HOURS)
    for host in (HOST, OTHER) * 5:
        assert get(host).status == 0
    assert comes(renewed)
    assert cloud.calls()["ecr"] == 1
    assert len(markers(home)) <= 2  # one for each token, and these two were bought apart


def test_a_hit_of_six_minutes_has_the_role_looked_at_and_no_more(cloud: Loopback) -> None:
    seed(origin=role(cloud), hours_ago=SIX_MINUTES)
    assert hit()
    assert comes(lambda: cloud.calls()["metadata"] == 3)
    assert hit()
    assert cloud.calls()["ecr"] == 0


@pytest.mark.parametrize("change", [{"role": "other-role"}, {"account": "210987654321"}])
def test_after_a_role_was_exchanged_for_another_the_next_get_has_the_new_one(
    cloud: Loopback, change: dict[str, Any]
) -> None:
    seed(origin=role(cloud), hours_ago=SIX_MINUTES)
    cloud.tell(**change)
    assert hit()  # it does not wait for the look
    assert comes(renewed)
    assert next(iter(change.values())) in owner(cloud, get())


def test_a_role_that_was_detached_is_told_by_the_next_get(cloud: Loopback) -> None:
    seed(origin=role(cloud), hours_ago=SIX_MINUTES)
    cloud.tell(metadata="no-role")
    assert hit()
    assert comes(lambda: get().status == 1)
    assert "no role is attached" in get().said


def test_keys_that_rotate_cost_no_call(cloud: Loopback) -> None:
    seed(origin=role(cloud), hours_ago=SIX_MINUTES)
    cloud.tell(rotate=True)
    assert hit()
    assert comes(lambda: cloud.calls()["metadata"] == 3)
    assert (hit(), cloud.calls()["ecr"]) == (True, 0)


def test_a_token_that_somebody_would_have_to_be_asked_for_is_not_renewed(cloud: Loopback, home: Path) -> None:
    seed(hours_ago=ALMOST_SIX_HOURS)
    assert hit()
    assert (markers(home), cloud.calls()["ecr"]) == ([], 0)


def test_a_renewal_that_failed_is_not_tried_again_at_the_next_hit(cloud: Loopback) -> None:
    seed(origin=role(cloud), hours_ago=5.997)
    cloud.tell(ecr="deny")
    assert hit()
    assert comes(lambda: cloud.calls()["ecr"] == 1)
    assert all(hit() for _ in range(5))
    assert cloud.calls()["ecr"] == 1


def test_a_cache_that_cannot_be_written_gets_none(cloud: Loopback, home: Path) -> None:
    seed(origin=role(cloud), hours_ago=ALMOST_SIX_HOURS)
    (home / ".cache" / "credhelper").chmod(0o500)
    answer = login(run([*ORDINARY_USER, PROGRAM, "get"], HOST.encode()))
    assert (answer["Secret"] == "seeded", markers(home), cloud.calls()["ecr"]) == (True, [], 0)


def test_what_is_left_holds_nothing_of_the_client_s(cloud: Loopback, home: Path, tmp_path: Path) -> None:
    seed(origin=role(cloud), hours_ago=ALMOST_SIX_HOURS)
    cloud.tell(ecr="hang")
    inherited = os.open(tmp_path, os.O_RDONLY)
    with subprocess.Popen(
        [PROGRAM, "get"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        env=environment(),
        cwd=tmp_path,
        pass_fds=[inherited],
    ) as client:
        client.communicate(HOST.encode(), timeout=_PATIENCE)  # until all who hold its pipe have closed it
    os.close(inherited)
    assert comes(lambda: cloud.calls()["ecr"] == 1)
    [pid] = behind(home)
    process = Path("/proc", str(pid))
    holds = {number: str((process / "fd" / number).readlink()) for number in ("0", "1", "2")}
    assert holds == dict.fromkeys("012", "/dev/null")
    assert not any(str(tmp_path) in str(path.readlink()) for path in (process / "fd").iterdir())
    assert (process / "cwd").readlink() == Path("/")
    assert os.getsid(pid) == pid
    assert (process / "cmdline").read_bytes().split(b"\0")[1:-1] == [
        *(b"-I", b"-m", b"credhelper", b"refresh", b"--behind", HOST.encode())
    ]


def behind(home: Path) -> list[int]:
    """Give the process that has the lock, which it has signed."""
    return [int(path.read_text()) for path in entries(home) if path.name.startswith(".lock-")]


def test_one_that_is_killed_has_not_failed(cloud: Loopback, home: Path) -> None:
    seed(origin=role(cloud), hours_ago=ALMOST_SIX_HOURS)
    cloud.tell(ecr="hang")
    assert hit()
    assert comes(lambda: cloud.calls()["ecr"] == 1)
    [pid] = behind(home)
    os.kill(pid, 15)
    assert comes(lambda: not Path("/proc", str(pid)).exists())
    assert not [path for path in entries(home) if path.name.startswith(".setback-")]
    cloud.reset()
    assert helper("refresh").status == 0
    assert renewed()
