"""The stand-in inside a test's own process."""

from __future__ import annotations

import contextlib
import time
from collections.abc import Iterator
from typing import Callable

from tests.fake_ec2.services.routing import route_by_path
from tests.fake_ec2.services.server import listen
from tests.fake_ec2.services.state import Cloud


class Loopback(Cloud):
    """A `Cloud` with all its services except the registry at one loopback address, over plain HTTP."""

    endpoint = ""

    def environment(self) -> dict[str, str]:
        """Return the variables that direct all of botocore's calls here."""
        return {
            "AWS_EC2_METADATA_SERVICE_ENDPOINT": self.endpoint,
            "AWS_ENDPOINT_URL_ECR": self.endpoint,
            "AWS_ENDPOINT_URL_ECR_PUBLIC": self.endpoint,
            "AWS_ENDPOINT_URL_STS": self.endpoint,
            "AWS_ENDPOINT_URL_SSO": self.endpoint,
            "AWS_ENDPOINT_URL_SSO_OIDC": self.endpoint,
        }


@contextlib.contextmanager
def serve(clock: Callable[[], float] = time.time) -> Iterator[Loopback]:
    """Serve on a free port until the block ends; `clock` returns seconds since the epoch."""
    cloud = Loopback(clock)
    with listen(("127.0.0.1", 0), cloud, route_by_path) as port:
        cloud.endpoint = f"http://127.0.0.1:{port}"
        yield cloud
