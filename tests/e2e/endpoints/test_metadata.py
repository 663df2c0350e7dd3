"""The ways to metadata: over IPv6 alone, and through proxies that do not lead there."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.e2e import lacking
from tests.e2e.clients import HOME, pull, seen
from tests.e2e.endpoints.ways import CLEAR, PROXIED
from tests.e2e.witness import get
from tests.instance.instance import METADATA

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.instance import Instance


@pytest.fixture
def six(wiped: Instance) -> Iterator[Instance]:
    """The instance with metadata over IPv6 alone."""
    lacking.need_ipv6()
    wiped.must("take the address away", ["ip", "address", "del", f"{METADATA}/32", "dev", "lo"])
    yield wiped
    wiped.must("give the address back", ["ip", "address", "add", METADATA, "dev", "lo"])


@pytest.mark.parametrize("said", ["the variable", "the profile"])
def test_an_instance_may_have_its_metadata_over_ipv6_alone(six: Instance, said: str) -> None:
    env = {"AWS_EC2_METADATA_SERVICE_ENDPOINT_MODE": "IPv6"} if said == "the variable" else {}
    six.write(f"{HOME}/.aws/config", "" if env else "[default]\nec2_metadata_service_endpoint_mode = IPv6\n")
    done = pull(six, env=env)
    assert done.returncode == 0, seen(done)


@pytest.mark.parametrize("told", ["ok", "swallow"])
def test_a_proxy_that_metadata_is_asked_through_is_told_with_what_to_set(wiped: Instance, told: str) -> None:
    wiped.control.tell(proxy=told)
    done = get(wiped, env={**PROXIED, **CLEAR})
    assert done.returncode == 1
    assert "[metadata-proxied]" in done.stderr
    assert "NO_PROXY=169.254.169.254" in done.stderr
