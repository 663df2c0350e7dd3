"""Host -> registry: the registry of ECR that a host names, if it is one.

Pure. The forms are those of AWS's pages "Amazon ECR endpoints and quotas" and "Making requests to Amazon ECR over
IPv6" and of AWS's own two tools; tests/vectors/hosts.txt lists them one by one. A host is ECR's only if all of it
is: what merely looks like one is a foreign host and gets no token.
"""

from __future__ import annotations

from typing import NamedTuple

from credhelper.ecr.partitions import partition_of

_ACCOUNT_DIGITS = 12
_DIGITS = frozenset("0123456789")
_LETTERS = frozenset("abcdefghijklmnopqrstuvwxyz")

_PUBLIC_HOST = "public.ecr.aws"
_PUBLIC_DUALSTACK_HOST = "ecr-public.aws.com"
_PUBLIC_REGION = "us-east-1"  # the one region for which AWS documents ECR Public's token


class Registry(NamedTuple):
    """A registry of ECR. ECR Public's has no account, and the region is the one that is asked for its token."""

    account: str
    region: str
    fips: bool = False
    dualstack: bool = False

    @property
    def is_public(self) -> bool:
        """Whether it is ECR Public, where a pull needs no token."""
        return not self.account

    @property
    def service(self) -> str:
        """The AWS service that gives its token."""
        return "ecr-public" if self.is_public else "ecr"

    @property
    def partition(self) -> str:
        """The AWS partition of its region: aws, aws-cn, aws-us-gov, ..."""
        return partition_of(self.region).name

    @property
    def has_fips_endpoint(self) -> bool:
        """Whether AWS documents a FIPS endpoint of ECR in its region; botocore constructs one for every region."""
        return self.region in partition_of(self.region).fips_regions

    @property
    def scope(self) -> tuple[str, str, bool]:
        """What one token is good for, under one identity: service, region, and whether FIPS is asked for.

        Of one region, since "authentication requests are tied to specific regions" (AWS page "Common errors for
        Docker commands"). A dual-stack host takes the token of the plain one: AWS's page "Making requests to Amazon
        ECR over IPv6" logs in to it with what the ordinary `aws ecr get-login-password` gave. A FIPS host would too,
        but whoever names it wants that the endpoint that made the token, too, is one of validated cryptography.
        """
        return self.service, self.region, self.fips

    @property
    def host(self) -> str:
        """The host that names it."""
        if self.is_public:
            return _PUBLIC_DUALSTACK_HOST if self.dualstack else _PUBLIC_HOST
        partition = partition_of(self.region)
        service_labels = ("dkr-ecr" if self.dualstack else "dkr.ecr") + ("-fips" if self.fips else "")
        suffix = partition.dual_stack_suffix if self.dualstack else partition.dns_suffix
        return f"{self.account}.{service_labels}.{self.region}.{suffix}"


def parse(host: str) -> Registry | None:
    """Give the registry that `host`, in its normal form, names; None when the host is not ECR's."""
    if host in (_PUBLIC_HOST, _PUBLIC_DUALSTACK_HOST):
        return Registry("", _PUBLIC_REGION, dualstack=host == _PUBLIC_DUALSTACK_HOST)
    account, _, rest = host.partition(".")
    dualstack = rest.startswith("dkr-")
    service_label, _, rest = rest[len("dkr.") :].partition(".")
    registry = Registry(account, rest.partition(".")[0], service_label == "ecr-fips", dualstack)
    if not (is_account(account) and is_region(registry.region)) or host.endswith("."):
        return None
    # Made again from its parts it must be the same host: no look-alike survives that. (A partition without
    # dual-stack hosts makes one that ends in a dot.)
    return registry if registry.host == host else None


def is_account(text: str) -> bool:
    """Whether `text` is the number of an AWS account."""
    return len(text) == _ACCOUNT_DIGITS and _DIGITS.issuperset(text)


def is_region(text: str) -> bool:
    """Whether `text` has a region's shape: us-east-1, us-gov-west-1, eusc-de-east-1."""
    area, *parts, number = text.split("-") if text.count("-") > 1 else ("", "")
    return all(part and _LETTERS.issuperset(part) for part in (area, *parts)) and (
        0 < len(number) < 3 and _DIGITS.issuperset(number)
    )
