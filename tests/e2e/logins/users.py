"""People who log in to registries that are not ECR's, and what comes of it."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from tests.e2e.clients import output_of, pull

if TYPE_CHECKING:
    from collections.abc import Mapping
    from subprocess import CompletedProcess

    from tests.fake_ec2 import Instance
    from tests.fake_ec2.other_registries import Registry

HELPER = "docker-credential-ecr"
DATA = ".local/share/credhelper"  # in a home
FILE = f"{DATA}/logins"


def run_login(
    instance: Instance,
    registry: Registry,
    username: str,
    *,
    client: str = "docker",
    user: str = "root",
    env: Mapping[str, str] | None = None,
) -> CompletedProcess[str]:
    """Log in to a registry as one of its people."""
    command = [client, "login", f"--username={username}", "--password-stdin", registry.server]
    return instance.run(command, input=registry.passwords[username], user=user, env=env)


def log_in(
    instance: Instance,
    registry: Registry,
    username: str,
    *,
    client: str = "docker",
    user: str = "root",
    env: Mapping[str, str] | None = None,
) -> None:
    """Log in, which must work."""
    result = run_login(instance, registry, username, client=client, user=user, env=env)
    assert result.returncode == 0, output_of(result)
    assert "Login Succeeded" in result.stdout


def may_pull(instance: Instance, image: str, *, user: str = "root", env: Mapping[str, str] | None = None) -> bool:
    """Tell whether Docker pulls an image; where it does not, only for want of a login."""
    result = pull(instance, image, user=user, env=env)
    assert result.returncode == 0 or "no basic auth credentials" in result.stderr, output_of(result)
    return result.returncode == 0


def list_logins(instance: Instance, user: str = "root", env: Mapping[str, str] | None = None) -> dict[str, str]:
    """Give the user names that are kept, by their servers."""
    usernames: dict[str, str] = json.loads(
        instance.check_output("list the logins", [HELPER, "list"], user=user, env=env)
    )
    return usernames


def find_files_with(instance: Instance, secret: str) -> list[str]:
    """Give the files of people that hold a secret."""
    result = instance.run(["grep", "-rlF", secret, "/root", "/home/ec2-user"])
    return result.stdout.splitlines()
