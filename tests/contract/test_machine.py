"""The role's token is this machine's: an image with a warm cache, or a shared home, does not answer elsewhere."""

from __future__ import annotations

import shutil
import uuid
from typing import TYPE_CHECKING

import pytest

from tests.contract.process import HOST, NOBODY_CALLED, PROGRAM, Done, get, login, run

if TYPE_CHECKING:
    from pathlib import Path

    from tests.instance.services import Loopback

NAMESPACES = shutil.which("unshare") is not None and run(["unshare", "-Urmn", "true"]).status == 0
KEYS = {"AWS_ACCESS_KEY_ID": "AKIAONE", "AWS_SECRET_ACCESS_KEY": "hidden"}
BOOT = "/proc/sys/kernel/random/boot_id"

pytestmark = pytest.mark.skipif(not NAMESPACES, reason="no user namespaces: another machine cannot be made")


def elsewhere(**changes: str | None) -> Done:
    """Run a `get` in a network namespace that nothing answers in."""
    return run(["unshare", "-Urn", PROGRAM, "get"], HOST.encode(), **changes)


def booted(boot: Path, **changes: str | None) -> Done:
    """Run a `get` where the kernel's boot has the id in a file."""
    script = f'mount --bind {boot} {BOOT} && exec "$@"'
    return run(["unshare", "-Urm", "sh", "-c", script, "sh", PROGRAM, "get"], HOST.encode(), **changes)


@pytest.fixture
def boot(tmp_path: Path) -> Path:
    path = tmp_path / "boot"
    path.write_text(f"{uuid.uuid4()}\n")
    return path


def test_the_role_s_token_is_not_served_in_another_network(cloud: Loopback) -> None:
    login(get())
    assert elsewhere().status == 1
    assert cloud.calls()["ecr"] == 1


def test_the_role_s_token_is_not_served_after_another_boot(cloud: Loopback, boot: Path) -> None:
    first = get()
    second = booted(boot)
    assert login(first)["Secret"] != login(second)["Secret"]
    assert cloud.calls()["ecr"] == 2


def test_each_boot_is_served_its_own(cloud: Loopback, boot: Path) -> None:
    first = booted(boot)
    cloud.forget()
    assert booted(boot).stdout == first.stdout
    assert cloud.calls() == NOBODY_CALLED


def test_a_person_s_token_goes_where_the_keys_go(cloud: Loopback, boot: Path) -> None:
    first = get(**KEYS)
    cloud.forget()
    assert booted(boot, **KEYS).stdout == elsewhere(**KEYS).stdout == first.stdout
    assert cloud.calls() == NOBODY_CALLED


@pytest.mark.usefixtures("cloud")
def test_an_unreadable_boot_is_answered_for_and_not_kept(tmp_path: Path) -> None:
    nothing = tmp_path / "nothing"
    nothing.touch()
    assert login(booted(nothing))["Secret"] != login(booted(nothing))["Secret"]
