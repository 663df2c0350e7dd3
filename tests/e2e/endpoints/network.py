"""Every form of endpoint that AWS's tools know: what chooses it, and the name at which ECR is asked then."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from tests.e2e.clients import HOST
from tests.fake_ec2.instance import PROXY, PROXY_PORT
from tests.fake_ec2.names import PRIVATE_LINK

if TYPE_CHECKING:
    from collections.abc import Mapping

EU = HOST.replace("us-east-1", "eu-west-1")
PUBLIC = "public.ecr.aws"
REGULAR = "api.ecr.us-east-1.amazonaws.com"
PUBLIC_API = "api.ecr-public.us-east-1.amazonaws.com"
PRIVATE = f"{PRIVATE_LINK}.{REGULAR.replace('amazonaws', 'vpce.amazonaws')}"
PRIVATE_STS = f"{PRIVATE_LINK}.sts.us-east-1.vpce.amazonaws.com"

SERVICES = f"""
[default]
services = private

[services private]
ecr =
  endpoint_url = https://{PRIVATE}
"""

FIPS = {"AWS_USE_FIPS_ENDPOINT": "true"}
DUALSTACK = {"AWS_USE_DUALSTACK_ENDPOINT": "true"}
PROXY_ENV = {"HTTPS_PROXY": f"http://{PROXY}:{PROXY_PORT}"}
USER, PASSWORD = "somebody", "se@cret"
AUTHENTICATED_PROXY_ENV = {"HTTPS_PROXY": f"http://{USER}:se%40cret@{PROXY}:{PROXY_PORT}"}
HTTP_PROXY_ENV = {"HTTP_PROXY": PROXY_ENV["HTTPS_PROXY"]}  # metadata is asked in the clear


class Endpoint(NamedTuple):
    """An endpoint: what is set, the host that a client wants to pull from, and the name that is asked for its token."""

    api_host: str
    env: Mapping[str, str] = {}
    host: str = HOST
    config: str = ""


ENDPOINTS = {
    "AWS_ENDPOINT_URL_ECR": Endpoint(PRIVATE, {"AWS_ENDPOINT_URL_ECR": f"https://{PRIVATE}"}),
    "AWS_ENDPOINT_URL": Endpoint(PRIVATE, {"AWS_ENDPOINT_URL": f"https://{PRIVATE}"}),
    "services section": Endpoint(PRIVATE, config=SERVICES),
    "FIPS": Endpoint("api.ecr-fips.us-east-1.amazonaws.com", FIPS),
    "FIPS in the config": Endpoint(
        "api.ecr-fips.us-east-1.amazonaws.com", config="[default]\nuse_fips_endpoint = true\n"
    ),
    "FIPS host": Endpoint("api.ecr-fips.us-east-1.amazonaws.com", host=HOST.replace(".ecr.", ".ecr-fips.")),
    "FIPS where ECR has none": Endpoint("api.ecr.eu-west-1.amazonaws.com", FIPS, EU),
    "FIPS and ECR Public": Endpoint(PUBLIC_API, FIPS, PUBLIC),
    "dual-stack": Endpoint("ecr.us-east-1.api.aws", DUALSTACK),
    "dual-stack host": Endpoint("ecr.us-east-1.api.aws", host="123456789012.dkr-ecr.us-east-1.on.aws"),
    "dual-stack and ECR Public": Endpoint("ecr-public.us-east-1.api.aws", DUALSTACK, PUBLIC),
    "dual-stack and FIPS": Endpoint("ecr-fips.us-east-1.api.aws", {**DUALSTACK, **FIPS}),
    "China": Endpoint("api.ecr.cn-north-1.amazonaws.com.cn", host="123456789012.dkr.ecr.cn-north-1.amazonaws.com.cn"),
    "HTTPS_PROXY": Endpoint(REGULAR, PROXY_ENV),
    "HTTPS_PROXY with a password": Endpoint(REGULAR, AUTHENTICATED_PROXY_ENV),
    "proxies, and NO_PROXY for metadata": Endpoint(
        REGULAR, {**PROXY_ENV, **HTTP_PROXY_ENV, "NO_PROXY": "169.254.169.254"}
    ),
}  # fmt: skip
