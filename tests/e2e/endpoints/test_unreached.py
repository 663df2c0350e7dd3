"""Endpoints that are not reached, each for a cause that is told."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import pytest

from tests.e2e.clients import HOST
from tests.e2e.endpoints.ways import EU, PASSWORD, PROXIED, REGULAR, USER
from tests.e2e.witness import get, witness
from tests.instance.instance import AWS, CORPORATE_AWS, HOSTS, PROXY

if TYPE_CHECKING:
    from collections.abc import Mapping

    from tests.instance import Instance

CLOSED = PROXY  # where nobody listens on port 443
ADDED = f"{AWS} {REGULAR}\n"


class Lost(NamedTuple):
    """What is wrong on the way: the id that tells it; the line of the hosts file for ECR's API, what the client sets,
    and the host that it asks for.
    """

    said: str
    line: str = ADDED
    env: Mapping[str, str] = {}
    host: str = HOST


LOST = {
    "no such name": Lost("dns-failed", line=""),
    "FIPS in a region that has none": Lost("dns-failed", host=EU.replace(".ecr.", ".ecr-fips.")),
    "nobody listens": Lost("refused", f"{CLOSED} {REGULAR}\n"),
    "a certificate of a stranger": Lost("tls-untrusted", f"{CORPORATE_AWS} {REGULAR}\n"),
    "no proxy listens": Lost("proxy-failed", env={"HTTPS_PROXY": f"http://{CLOSED}:9"}),
    "the proxy wants a password": Lost("proxy-failed", env=PROXIED),
    "the proxy is of a name that there is not": Lost(
        "proxy-failed", env={"HTTPS_PROXY": "http://proxy.example.com:3128"}
    ),
}


@pytest.mark.parametrize("cause", LOST)
def test_what_is_wrong_on_the_way_is_told(wiped: Instance, cause: str) -> None:
    said, line, env, host = LOST[cause]
    wiped.control.tell(proxy_users={USER: PASSWORD})
    wiped.write("/etc/hosts", HOSTS.replace(ADDED, line))
    done = get(wiped, host, env)
    assert (done.returncode, witness(wiped).hosts) == (1, [])
    assert f"[{said}]" in done.stderr
