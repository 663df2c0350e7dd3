"""Maps a request to its service."""

from __future__ import annotations

import re
from email.message import Message
from typing import Callable, NamedTuple

from tests.fake_ec2.names import ALIAS

PUBLIC_HOSTS = ("public.ecr.aws", "ecr-public.aws.com")
ALIASES = {ALIAS: "us-east-1"}
"""Mirrors: host names outside AWS and the region whose registries they serve."""


class Destination(NamedTuple):
    """A service, by its name in `count_calls`, and the region in the host name, or None if there is none."""

    service: str
    region: str | None = None


Router = Callable[[str, Message], Destination]

_REGION = r"(?P<region>[a-z]+(?:-[a-z]+)+-\d+)"
_PRIVATE_LINK = r"(?:vpce-[0-9a-z-]+\.)?"  # prefix of PrivateLink's names
_HOSTS = {
    "ecr": re.compile(rf"{_PRIVATE_LINK}(?:api\.)?ecr(?:-fips)?\.{_REGION}\..+"),
    "ecr-public": re.compile(rf"(?:api\.)?ecr-public\.{_REGION}\..+"),
    "sts": re.compile(rf"{_PRIVATE_LINK}sts(?:-fips)?\.(?:{_REGION}\.)?(?:amazonaws|api|vpce)\..+"),
    "sso": re.compile(rf"(?:portal\.sso|oidc)\.{_REGION}\.amazonaws\..+"),
    "registry": re.compile(rf"\d{{12}}\.dkr[.-]ecr(?:-fips)?\.{_REGION}\..+"),
}


def request_host(headers: Message) -> str:
    """Return the requested host in lower case, without a port."""
    return str(headers.get("Host", "")).lower().partition(":")[0]


def route_by_host(_path: str, headers: Message) -> Destination:
    """Select the service by host name: standard, FIPS and dual-stack names of every partition."""
    host = request_host(headers)
    if host in PUBLIC_HOSTS:
        return Destination("registry", "us-east-1")
    if host in ALIASES:
        return Destination("registry", ALIASES[host])
    for service, pattern in _HOSTS.items():
        if match := pattern.fullmatch(host):
            return Destination(service, match["region"] or "us-east-1")
    return Destination("unknown")


def route_by_path(path: str, headers: Message) -> Destination:
    """Select the service by path or operation, for an address that all services share."""
    if path.startswith("/latest/"):
        return Destination("metadata")
    if path.startswith(("/v1/credentials", "/v2/credentials/")):
        return Destination("container")
    if path.startswith(("/federation/", "/token")):
        return Destination("sso")
    target = headers.get("X-Amz-Target", "")
    if target:
        return Destination("ecr-public" if target.startswith("SpencerFrontendService.") else "ecr")
    return Destination("sts")


def route_all_to(service: str) -> Router:
    """Route every request at an address to one service."""
    return lambda _path, _headers: Destination(service)
