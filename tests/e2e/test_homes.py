"""A home that takes no cache: the pull still works, and one line says what the cache could not do."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.e2e.clients import NO_CALL, APP, asked, configure, pull, seen

if TYPE_CHECKING:
    from subprocess import CompletedProcess

    from tests.instance import Instance

HOME = "/mnt/home"
HOMES = {
    "missing": ("true", "No such file or directory"),
    "read-only": ("mkdir /mnt/home && mount -t tmpfs -o ro none /mnt/home", "Read-only file system"),
    "full": (
        "mkdir /mnt/home && mount -t tmpfs -o size=4k none /mnt/home && yes > /mnt/home/filled || true",
        "No space left on device",
    ),
    "without inodes": (
        "mkdir /mnt/home && mount -t tmpfs -o nr_inodes=1 none /mnt/home",
        "No space left on device",
    ),
    "somebody else's": ("mkdir /mnt/home && chown ec2-user /mnt/home", "belongs to another user"),
    "a file": ("touch /mnt/home", "Not a directory"),
}
# Nobody whom the machine knows, and so nobody whose home it could know.
STRANGER = ["setpriv", "--reuid=4242", "--regid=docker", "--clear-groups"]


def docker_pull(instance: Instance, *prefix: str) -> CompletedProcess[str]:
    """Pull with Docker's settings named, which are else looked for in the home."""
    return instance.run([*prefix, "docker", "--config=/srv/docker", "pull", APP])


@pytest.fixture(autouse=True)
def settings(instance: Instance) -> None:
    instance.must("share the settings", ["cp", "-r", "/root/.docker", "/srv/docker"])
