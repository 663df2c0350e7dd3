"""People who log in to registries that are not ECR's, and what comes of it."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from tests.e2e.clients import pull, seen

if TYPE_CHECKING:
    from collections.abc import Mapping
    from subprocess import CompletedProcess

    from tests.instance import Instance
    from tests.instance.elsewhere import Registry

HELPER = "docker-credential-ecr"
DATA = ".local/share/credhelper"  # in a home
FILE = f"{DATA}/logins"


def login(
    instance: Instance,
    registry: Registry,
    who: str,
    *,
    client: str = "docker",
    user: str = "root",
    env: Mapping[str, str] | None = None,
) -> CompletedProcess[str]:
    """Log in to a registry as one of its people."""
    command = [client, "login", f"--username={who}", "--password-stdin", registry.server]
    return instance.run(command, input=registry.people[who], user=user, env=env)


def logged_in(
    instance: Instance,
    registry: Registry,
    who: str,
    *,
    client: str = "docker",
    user: str = "root",
    env: Mapping[str, str] | None = None,
) -> None:
    """Log in, which must work."""
    done = login(instance, registry, who, client=client, user=user, env=env)
    assert done.returncode == 0, seen(done)
    assert "Login Succeeded" in done.stdout


def may_pull(instance: Instance, image: str, *, user: str = "root", env: Mapping[str, str] | None = None) -> bool:
    """Tell whether Docker pulls an image; where it does not, only for want of a login."""
    done = pull(instance, image, user=user, env=env)
    assert done.returncode == 0 or "no basic auth credentials" in done.stderr, seen(done)
    return done.returncode == 0


def stored(instance: Instance, user: str = "root", env: Mapping[str, str] | None = None) -> dict[str, str]:
    """Give the user names that are kept, by their servers."""
    kept: dict[str, str] = json.loads(instance.must("list the logins", [HELPER, "list"], user=user, env=env))
    return kept


def holding(instance: Instance, secret: str) -> list[str]:
    """Give the files of people that hold a secret."""
    found = instance.run(["grep", "-rlF", secret, "/root", "/home/ec2-user"])
    return found.stdout.splitlines()
