"""Which service a request is for."""

from __future__ import annotations

import re
from email.message import Message
from typing import Callable, NamedTuple

from tests.instance.names import ALIAS

PUBLIC_HOSTS = ("public.ecr.aws", "ecr-public.aws.com")
ALIASES = {ALIAS: "us-east-1"}
"""Mirrors of a region's registries, under a name of their owner's."""


class Place(NamedTuple):
    """A service, by its name in `calls`, and the region that the host names, None where it names none."""

    service: str
    region: str | None = None


Route = Callable[[str, Message], Place]

_REGION = r"(?P<region>[a-z]+(?:-[a-z]+)+-\d+)"
_PRIVATE = r"(?:vpce-[0-9a-z-]+\.)?"  # PrivateLink's own names
_HOSTS = {
    "ecr": re.compile(rf"{_PRIVATE}(?:api\.)?ecr(?:-fips)?\.{_REGION}\..+"),
    "ecr-public": re.compile(rf"(?:api\.)?ecr-public\.{_REGION}\..+"),
    "sts": re.compile(rf"{_PRIVATE}sts(?:-fips)?\.(?:{_REGION}\.)?(?:amazonaws|api|vpce)\..+"),
    "sso": re.compile(rf"(?:portal\.sso|oidc)\.{_REGION}\.amazonaws\..+"),
    "registry": re.compile(rf"\d{{12}}\.dkr[.-]ecr(?:-fips)?\.{_REGION}\..+"),
}


def host_of(headers: Message) -> str:
    """Give the host that was asked, lower case and without a port."""
    return str(headers.get("Host", "")).lower().partition(":")[0]


def by_host(_path: str, headers: Message) -> Place:
    """Tell services apart as their own names do: standard, FIPS and dual-stack ones of every partition."""
    host = host_of(headers)
    if host in PUBLIC_HOSTS:
        return Place("registry", "us-east-1")
    if host in ALIASES:
        return Place("registry", ALIASES[host])
    for service, hosts in _HOSTS.items():
        if found := hosts.fullmatch(host):
            return Place(service, found["region"] or "us-east-1")
    return Place("unknown")


def by_shape(path: str, headers: Message) -> Place:
    """Tell services apart where all have one address: by the path, or by the operation that is named."""
    if path.startswith("/latest/"):
        return Place("metadata")
    if path.startswith(("/v1/credentials", "/v2/credentials/")):
        return Place("container")
    if path.startswith(("/federation/", "/token")):
        return Place("sso")
    target = headers.get("X-Amz-Target", "")
    if target:
        return Place("ecr-public" if target.startswith("SpencerFrontendService.") else "ecr")
    return Place("sts")


def only(service: str) -> Route:
    """Take everything for one service, at an address of its own."""
    return lambda _path, _headers: Place(service)
