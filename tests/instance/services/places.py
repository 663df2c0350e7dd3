"""Which service a request is for."""

from __future__ import annotations

import re
from email.message import Message
from typing import Callable, NamedTuple

PUBLIC_HOSTS = ("public.ecr.aws", "ecr-public.aws.com")


class Place(NamedTuple):
    """A service, by its name in `calls`, and the region that the host names, None where it names none."""

    service: str
    region: str | None = None


Route = Callable[[str, Message], Place]

_REGION = r"(?P<region>[a-z]+(?:-[a-z]+)+-\d+)"
_API = re.compile(rf"(?:api\.)?(?P<service>ecr-public|ecr)(?:-fips)?\.{_REGION}\..+")
_STS = re.compile(rf"sts(?:-fips)?\.(?:{_REGION}\.)?(?:amazonaws|api)\..+")
_REGISTRY = re.compile(rf"\d{{12}}\.dkr[.-]ecr(?:-fips)?\.{_REGION}\..+")


def host_of(headers: Message) -> str:
    """Give the host that was asked, lower case and without a port."""
    return str(headers.get("Host", "")).lower().partition(":")[0]


def by_host(_path: str, headers: Message) -> Place:
    """Tell services apart as their own names do: standard, FIPS and dual-stack ones of every partition."""
    host = host_of(headers)
    if host in PUBLIC_HOSTS:
        return Place("registry", "us-east-1")
    if api := _API.fullmatch(host):
        return Place(api["service"], api["region"])
    if sts := _STS.fullmatch(host):
        return Place("sts", sts["region"] or "us-east-1")
    if registry := _REGISTRY.fullmatch(host):
        return Place("registry", registry["region"])
    return Place("unknown")


def by_shape(path: str, headers: Message) -> Place:
    """Tell services apart where all have one address: by the path, or by the operation that is named."""
    if path.startswith("/latest/"):
        return Place("metadata")
    target = headers.get("X-Amz-Target", "")
    if target:
        return Place("ecr-public" if target.startswith("SpencerFrontendService.") else "ecr")
    return Place("sts")


def metadata_only(_path: str, _headers: Message) -> Place:
    """Take everything for metadata, at its own address."""
    return Place("metadata")
