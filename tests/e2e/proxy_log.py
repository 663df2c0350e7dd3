"""What AWS saw of a client: who asked whom for what."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, NamedTuple

from tests.e2e.clients import HOST

if TYPE_CHECKING:
    from collections.abc import Mapping
    from subprocess import CompletedProcess

    from tests.fake_ec2 import Instance


class RequestLog(NamedTuple):
    """The requests of a run, each list in order.

    They are the ARNs that requested a token from ECR or ECR Public, the names of the endpoints, the roles that were
    assumed, and the targets that passed through the proxy.
    """

    principals: list[str]
    hosts: list[str]
    roles: list[str]
    proxied_hosts: list[str]


def take_request_log(instance: Instance) -> RequestLog:
    """Give what was seen since the last time."""
    log = instance.control.read_log()
    instance.control.forget()
    tokens = [call for call in log if call["service"] in ("ecr", "ecr-public")]
    return RequestLog(
        [str(call["principal"]) for call in tokens],
        [str(call["host"]) for call in tokens],
        [str(call["role"]) for call in log if call["role"]],
        [str(call["host"]) for call in log if call["service"] == "proxy" and call["status"] == 200],
    )


def run_get(instance: Instance, host: str = HOST, env: Mapping[str, str] | None = None) -> CompletedProcess[str]:
    """Run the helper as a client does."""
    return instance.run(["docker-credential-ecr", "get"], input=host, env=env)


def parse_secret(result: CompletedProcess[str]) -> str:
    """Give the password of an answer."""
    assert result.returncode == 0, result.stderr
    login: dict[str, Any] = json.loads(result.stdout)
    return str(login["Secret"])
