"""Endpoints that cannot be reached, each for a cause that is reported."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import pytest

from tests.e2e.clients import HOST
from tests.e2e.endpoints.network import EU, PASSWORD, PROXY_ENV, REGULAR, USER
from tests.e2e.proxy_log import run_get, take_request_log
from tests.fake_ec2.instance import AWS, CORPORATE_AWS, HOSTS, PROXY

if TYPE_CHECKING:
    from collections.abc import Mapping

    from tests.fake_ec2 import Instance

CLOSED_ADDRESS = PROXY  # where no server listens on port 443
HOSTS_LINE = f"{AWS} {REGULAR}\n"


class Failure(NamedTuple):
    """A network error: its id, the line of the hosts file for ECR's API, the client's environment, and the host."""

    error_id: str
    line: str = HOSTS_LINE
    env: Mapping[str, str] = {}
    host: str = HOST


FAILURES = {
    "no such name": Failure("dns-failed", line=""),
    "FIPS in a region that has none": Failure("dns-failed", host=EU.replace(".ecr.", ".ecr-fips.")),
    "nobody listens": Failure("refused", f"{CLOSED_ADDRESS} {REGULAR}\n"),
    "a certificate of a stranger": Failure("tls-untrusted", f"{CORPORATE_AWS} {REGULAR}\n"),
    "no proxy listens": Failure("proxy-failed", env={"HTTPS_PROXY": f"http://{CLOSED_ADDRESS}:9"}),
    "the proxy wants a password": Failure("proxy-failed", env=PROXY_ENV),
    "the proxy is of a name that there is not": Failure(
        "proxy-failed", env={"HTTPS_PROXY": "http://proxy.example.com:3128"}
    ),
}


@pytest.mark.parametrize("cause", FAILURES)
def test_what_is_wrong_on_the_network_is_reported(clean_instance: Instance, cause: str) -> None:
    error_id, line, env, host = FAILURES[cause]
    clean_instance.control.configure(proxy_users={USER: PASSWORD})
    clean_instance.write("/etc/hosts", HOSTS.replace(HOSTS_LINE, line))
    result = run_get(clean_instance, host, env)
    assert (result.returncode, take_request_log(clean_instance).hosts) == (1, [])
    assert f"explain {error_id}\n" in result.stderr
