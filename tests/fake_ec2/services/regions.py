"""The partition of a region."""

from __future__ import annotations

from typing import NamedTuple


class Partition(NamedTuple):
    """A partition: its name in ARNs and the DNS suffix of its hosts."""

    name: str
    suffix: str


_AWS = Partition("aws", "amazonaws.com")
_BY_PREFIX = {
    "cn-": Partition("aws-cn", "amazonaws.com.cn"),
    "us-gov-": Partition("aws-us-gov", "amazonaws.com"),
    "us-iso-": Partition("aws-iso", "c2s.ic.gov"),
    "us-isob-": Partition("aws-iso-b", "sc2s.sgov.gov"),
    "eu-isoe-": Partition("aws-iso-e", "cloud.adc-e.uk"),
    "us-isof-": Partition("aws-iso-f", "csp.hci.ic.gov"),
    "eusc-": Partition("aws-eusc", "amazonaws.eu"),
}


def partition_of(region: str) -> Partition:
    """Return the partition of a region; an unknown region is in the commercial partition."""
    return next((other for prefix, other in _BY_PREFIX.items() if region.startswith(prefix)), _AWS)
