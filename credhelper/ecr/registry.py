"""Host -> registry: the ECR registry that a host names, if it names one.

Pure. The forms are those of AWS's pages "Amazon ECR endpoints and quotas" and "Making requests to Amazon ECR over
IPv6" and of AWS's own two tools; tests/vectors/hosts.txt lists them one by one. A host belongs to ECR only if all of it
matches: a look-alike is a foreign host and gets no token.
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
    """A registry of ECR.

    For ECR Public, `account` is "", and `region` is the region in which the token is requested.
    """

    account: str
    region: str
    fips: bool = False
    dualstack: bool = False

    @property
    def is_public(self) -> bool:
        """Whether this is ECR Public, where a pull needs no token."""
        return not self.account

    @property
    def service(self) -> str:
        """The AWS service that issues the token."""
        return "ecr-public" if self.is_public else "ecr"

    @property
    def partition(self) -> str:
        """The AWS partition of the region: aws, aws-cn, aws-us-gov, ..."""
        return partition_of(self.region).name

    @property
    def has_fips_endpoint(self) -> bool:
        """Whether AWS documents a FIPS endpoint of ECR in the region; botocore constructs one for every region."""
        return self.region in partition_of(self.region).fips_regions

    @property
    def scope(self) -> tuple[str, str, bool]:
        """The scope of a token under one identity: service, region, and whether FIPS is requested.

        The region is part of it, since "authentication requests are tied to specific regions" (AWS page "Common errors
        for Docker commands"). A dual-stack host accepts the token of the plain host: AWS's page "Making requests to
        Amazon ECR over IPv6" logs in to it with the password from the ordinary `aws ecr get-login-password`. A FIPS
        host would accept it too, but a user who names a FIPS host expects that the token was also issued by an endpoint
        with validated cryptography.
        """
        return self.service, self.region, self.fips

    @property
    def host(self) -> str:
        """The host that names the registry."""
        if self.is_public:
            return _PUBLIC_DUALSTACK_HOST if self.dualstack else _PUBLIC_HOST
        partition = partition_of(self.region)
        service_labels = ("dkr-ecr" if self.dualstack else "dkr.ecr") + ("-fips" if self.fips else "")
        suffix = partition.dual_stack_suffix if self.dualstack else partition.dns_suffix
        return f"{self.account}.{service_labels}.{self.region}.{suffix}"


def parse(host: str) -> Registry | None:
    """Return the registry that `host`, in canonical form, names; None if the host does not belong to ECR."""
    if host in (_PUBLIC_HOST, _PUBLIC_DUALSTACK_HOST):
        return Registry("", _PUBLIC_REGION, dualstack=host == _PUBLIC_DUALSTACK_HOST)
    account, _, rest = host.partition(".")
    dualstack = rest.startswith("dkr-")
    service_label, _, rest = rest[len("dkr.") :].partition(".")
    registry = Registry(account, rest.partition(".")[0], service_label == "ecr-fips", dualstack)
    if not (is_account(account) and is_region(registry.region)) or host.endswith("."):
        return None
    # The host that is rebuilt from the parts must be the same, which rules out look-alikes. (For a partition without
    # dual-stack hosts, the rebuilt host ends in a dot.)
    return registry if registry.host == host else None


def is_account(text: str) -> bool:
    """Return whether `text` is the number of an AWS account."""
    return len(text) == _ACCOUNT_DIGITS and _DIGITS.issuperset(text)


def is_region(text: str) -> bool:
    """Return whether `text` has the form of a region: us-east-1, us-gov-west-1, eusc-de-east-1."""
    area, *parts, number = text.split("-") if text.count("-") > 1 else ("", "")
    return all(part and _LETTERS.issuperset(part) for part in (area, *parts)) and (
        0 < len(number) < 3 and _DIGITS.issuperset(number)
    )
