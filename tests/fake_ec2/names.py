"""The host names in an instance's hosts file.

They are AWS's, for a few accounts and regions of three partitions, a mirror's, and those of registries outside ECR.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import NamedTuple

ACCOUNTS = ("123456789012", "210987654321")


class Partition(NamedTuple):
    """The simulated regions of a partition, and its DNS suffixes."""

    regions: tuple[str, ...]
    fips: tuple[str, ...]  # the regions with FIPS endpoints (AWS page "Amazon ECR endpoints and quotas")
    suffix: str
    dual_stack_api: str
    dual_stack_registry: str


PARTITIONS = (
    Partition(
        ("us-east-1", "us-west-2", "eu-west-1"), ("us-east-1", "us-west-2"), "amazonaws.com", "api.aws", "on.aws"
    ),
    Partition(("us-gov-west-1",), ("us-gov-west-1",), "amazonaws.com", "api.aws", "on.aws"),
    Partition(("cn-north-1",), (), "amazonaws.com.cn", "api.amazonwebservices.com.cn", "on.amazonwebservices.com.cn"),
)

PRIVATE_LINK = "vpce-0a1b2c3d4e5f67890-a1b2c3d4"
ALIAS = "images.example.com"

GLOBAL = (
    "public.ecr.aws",
    "ecr-public.aws.com",
    "api.ecr-public.us-east-1.amazonaws.com",
    "ecr-public.us-east-1.api.aws",
    "sts.amazonaws.com",
    "portal.sso.us-east-1.amazonaws.com",
    "oidc.us-east-1.amazonaws.com",
    f"{PRIVATE_LINK}.api.ecr.us-east-1.vpce.amazonaws.com",
    f"{PRIVATE_LINK}.sts.us-east-1.vpce.amazonaws.com",
    ALIAS,
)

OWN_NAME = "instance"
COMPANY = "registry.example.com"
HUB = ("registry-1.docker.io", "index.docker.io")  # Docker sends a login for the second to the first


def list_names() -> list[str]:
    """Return every name of AWS and of the mirror, each once.

    APIs and registries have their documented names and those that botocore's endpoint rule sets produce.
    """
    regional = (
        name for partition in PARTITIONS for region in partition.regions for name in _regional_names(partition, region)
    )
    return [*GLOBAL, *regional]


def render_hosts(names_by_address: Mapping[str, Iterable[str]]) -> str:
    """Return a hosts file that maps the names to their IP addresses."""
    loopback = f"127.0.0.1 localhost\n127.0.1.1 {OWN_NAME}\n::1 localhost\n"
    return loopback + "".join(f"{address} {name}\n" for address, names in names_by_address.items() for name in names)


def _regional_names(partition: Partition, region: str) -> Iterator[str]:
    _, with_fips, suffix, api, registry = partition
    for fips in ("", "-fips") if region in with_fips else ("",):
        yield f"api.ecr{fips}.{region}.{suffix}"
        yield f"ecr{fips}.{region}.{api}"
        yield f"sts{fips}.{region}.{suffix}"
        yield f"sts{fips}.{region}.{api}"
        for account in ACCOUNTS:
            yield f"{account}.dkr.ecr{fips}.{region}.{suffix}"
            yield f"{account}.dkr-ecr{fips}.{region}.{registry}"
    if region in with_fips:
        # The documented name; botocore's rules produce api.ecr-fips instead.
        yield f"ecr-fips.{region}.{suffix}"
