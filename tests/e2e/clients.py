"""The clients as a person calls them, and what comes of it."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from tests.fake_ec2.services.behaviour import SERVICES

if TYPE_CHECKING:
    from collections.abc import Mapping
    from subprocess import CompletedProcess

    from tests.fake_ec2 import Instance
    from tests.fake_ec2.rootless import RootlessInstance

HOST = "123456789012.dkr.ecr.us-east-1.amazonaws.com"
APP = f"{HOST}/team/app:1"
HOME = "/root"  # of the user who pulls on an instance
OTHER_HOME = "/home/ec2-user"
CACHE = f"{HOME}/.cache/credhelper"

CRED_HELPERS = {"credHelpers": {HOST: "ecr"}}
CREDS_STORE = {"credsStore": "ecr"}

NO_CALL = {service: 0 for service in SERVICES if service != "registry"}


def configure_docker(instance: Instance, settings: object = CRED_HELPERS, user: str = "root") -> None:
    """Give a user these settings of Docker."""
    write = "mkdir -p ~/.docker && cat > ~/.docker/config.json"
    instance.check_output("configure Docker", ["sh", "-c", write], input=json.dumps(settings), user=user)


def pull(
    instance: Instance,
    image: str = APP,
    *,
    env: Mapping[str, str] | None = None,
    user: str = "root",
    cwd: str = "/",
) -> CompletedProcess[str]:
    """Pull an image as if it had never been there."""
    instance.run(["docker", "rmi", "--force", image])
    return instance.run(["docker", "pull", image], env=env, user=user, cwd=cwd)


def output_of(result: CompletedProcess[str]) -> str:
    """Give all that the person saw."""
    return result.stdout + result.stderr


def count_new_calls(instance: Instance | RootlessInstance) -> dict[str, int]:
    """Count the calls to AWS since the last time, those of the clients to the registry aside."""
    calls = instance.control.count_calls()
    instance.control.forget()
    return {service: calls[service] for service in NO_CALL}


def list_admitted_principals(instance: Instance) -> set[str]:
    """Give the ARNs whose tokens the registry was shown since the last time."""
    log = instance.control.read_log()
    instance.control.forget()
    return {str(call["principal"]) for call in log if call["service"] == "registry" and call["principal"]}
