"""A role's token belongs to one machine: a warm cache in an image or a shared home does not answer on another."""

from __future__ import annotations

import shutil
import uuid
from typing import TYPE_CHECKING

import pytest

from tests.support.runner import HOST, NO_CALLS, PROGRAM, ProcessResult, parse_login, run_get, run_program

if TYPE_CHECKING:
    from pathlib import Path

    from tests.fake_ec2.services import Loopback

HAS_NAMESPACES = shutil.which("unshare") is not None and run_program(["unshare", "-Urmn", "true"]).status == 0
KEYS = {"AWS_ACCESS_KEY_ID": "AKIAONE", "AWS_SECRET_ACCESS_KEY": "hidden"}
BOOT_ID_PATH = "/proc/sys/kernel/random/boot_id"

pytestmark = pytest.mark.skipif(not HAS_NAMESPACES, reason="no user namespaces: another machine cannot be made")


def run_in_other_network(**changes: str | None) -> ProcessResult:
    """Run a `get` in a network namespace in which nothing answers."""
    return run_program(["unshare", "-Urn", PROGRAM, "get"], HOST.encode(), **changes)


def run_after_boot(boot_id_file: Path, **changes: str | None) -> ProcessResult:
    """Run a `get` where the kernel's boot id is the content of a file."""
    script = f'mount --bind {boot_id_file} {BOOT_ID_PATH} && exec "$@"'
    return run_program(["unshare", "-Urm", "sh", "-c", script, "sh", PROGRAM, "get"], HOST.encode(), **changes)


@pytest.fixture
def boot_id_file(tmp_path: Path) -> Path:
    path = tmp_path / "boot"
    path.write_text(f"{uuid.uuid4()}\n")
    return path


def test_the_token_of_the_role_is_not_served_in_another_network(cloud: Loopback) -> None:
    parse_login(run_get())
    assert run_in_other_network().status == 1
    assert cloud.count_calls()["ecr"] == 1


def test_the_token_of_the_role_is_not_served_after_another_boot(cloud: Loopback, boot_id_file: Path) -> None:
    first = run_get()
    second = run_after_boot(boot_id_file)
    assert parse_login(first)["Secret"] != parse_login(second)["Secret"]
    assert cloud.count_calls()["ecr"] == 2


def test_each_boot_is_served_its_own_token(cloud: Loopback, boot_id_file: Path) -> None:
    first = run_after_boot(boot_id_file)
    cloud.forget()
    assert run_after_boot(boot_id_file).stdout == first.stdout
    assert cloud.count_calls() == NO_CALLS


def test_the_token_of_a_user_is_served_wherever_the_keys_are(cloud: Loopback, boot_id_file: Path) -> None:
    first = run_get(**KEYS)
    cloud.forget()
    assert run_after_boot(boot_id_file, **KEYS).stdout == run_in_other_network(**KEYS).stdout == first.stdout
    assert cloud.count_calls() == NO_CALLS


@pytest.mark.usefixtures("cloud")
def test_with_an_unreadable_boot_id_the_token_is_not_cached(tmp_path: Path) -> None:
    empty_file = tmp_path / "nothing"
    empty_file.touch()
    assert parse_login(run_after_boot(empty_file))["Secret"] != parse_login(run_after_boot(empty_file))["Secret"]
