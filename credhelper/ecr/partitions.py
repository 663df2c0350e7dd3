"""The AWS partitions: the single table of region prefixes, DNS suffixes, FIPS regions and regions that need no opt-in.

Sources: the AWS pages "Amazon ECR endpoints and quotas" (host forms, FIPS endpoints), "Making requests to Amazon ECR
over IPv6" (dual-stack suffixes) and "AWS Regions" (regions that every account has).
"""

from __future__ import annotations

from typing import NamedTuple


class Partition(NamedTuple):
    """An AWS partition, as far as ECR's host names and endpoints depend on it.

    `region_prefix` is the prefix of the names of its regions. `dual_stack_suffix` is "" if AWS documents no
    dual-stack hosts. `fips_regions` are those with a documented FIPS endpoint of ECR; botocore constructs one for every
    region. `default_regions` are enabled in every account; it is empty if no region of the partition needs an opt-in.
    """

    name: str
    region_prefix: str
    dns_suffix: str
    dual_stack_suffix: str = ""
    fips_regions: frozenset[str] = frozenset()
    default_regions: frozenset[str] = frozenset()

    def is_opt_in(self, region: str) -> bool:
        """Return whether an account must enable `region` before it can be used."""
        return bool(self.default_regions) and region not in self.default_regions


# The commercial partition's regions have no common prefix, so its row is the last and matches everything.
PARTITIONS = (
    Partition("aws-cn", "cn-", "amazonaws.com.cn", "on.amazonwebservices.com.cn"),
    Partition(
        "aws-us-gov", "us-gov-", "amazonaws.com", "on.aws", fips_regions=frozenset(("us-gov-east-1", "us-gov-west-1"))
    ),
    Partition("aws-iso", "us-iso-", "c2s.ic.gov"),
    Partition("aws-iso-b", "us-isob-", "sc2s.sgov.gov"),
    Partition("aws-iso-e", "eu-isoe-", "cloud.adc-e.uk"),
    Partition("aws-iso-f", "us-isof-", "csp.hci.ic.gov"),
    Partition("aws-eusc", "eusc-", "amazonaws.eu"),
    Partition(
        "aws",
        "",
        "amazonaws.com",
        "on.aws",
        fips_regions=frozenset(("us-east-1", "us-east-2", "us-west-1", "us-west-2")),
        # Unchanged since March 2019: every region added later needs an opt-in.
        default_regions=frozenset(
            (
                *("us-east-1", "us-east-2", "us-west-1", "us-west-2", "ca-central-1", "sa-east-1"),
                *("eu-central-1", "eu-north-1", "eu-west-1", "eu-west-2", "eu-west-3", "ap-south-1"),
                *("ap-northeast-1", "ap-northeast-2", "ap-northeast-3", "ap-southeast-1", "ap-southeast-2"),
            )
        ),
    ),
)


def partition_of(region: str) -> Partition:
    """Return the partition that `region` belongs to, by its prefix; a list would lack new regions."""
    return next(row for row in PARTITIONS if region.startswith(row.region_prefix))


def host_suffixes() -> list[str]:
    """Return the suffixes of all ECR hosts except ECR Public's, the most common first."""
    suffixes = (suffix for row in reversed(PARTITIONS) for suffix in (row.dns_suffix, row.dual_stack_suffix))
    return list(dict.fromkeys(filter(None, suffixes)))
