"""Aliases: hosts whose names are not ECR's, but behind which there is a registry of ECR. Pure."""

from __future__ import annotations

import ipaddress
from typing import TYPE_CHECKING

from credhelper.ecr.registry import Registry, parse
from credhelper.error_catalog.settings import (
    SETTINGS_ALIAS_ADDRESS,
    SETTINGS_ALIAS_BAD_START,
    SETTINGS_ALIAS_ECR,
    SETTINGS_ALIAS_NOT_CANONICAL,
    SETTINGS_ALIAS_NOT_HOST,
    SETTINGS_ALIAS_OF_ALIAS,
    SETTINGS_ALIAS_OF_NON_ECR,
)
from credhelper.errors import HelperError
from credhelper.host import canonical_host

if TYPE_CHECKING:
    from collections.abc import Mapping

    from credhelper.settings.parse import Document


def parse_aliases(document: Document) -> dict[str, Registry]:
    """Return {host: the registry behind it} of one settings file.

    The host receives a token, so it is named exactly, and not by an address, which may be another machine's tomorrow.

    Raises HelperError, "settings-bad-alias".
    """
    aliases = {}
    for name, registry_host in document.aliases.items():
        location = document.location("aliases", name)
        _check_name(name, location)
        registry = parse(registry_host)
        if registry is None:
            raise _registry_error(registry_host, location, document.aliases)
        aliases[name] = registry
    return aliases


def _check_name(name: str, location: str) -> None:
    try:
        host = canonical_host(name.encode("utf-8"))
    except HelperError as error:
        raise SETTINGS_ALIAS_NOT_HOST.error(location=location, name=name, reason=error.why) from None
    if host[0] in ".-":
        raise SETTINGS_ALIAS_BAD_START.error(location=location, name=name, character=host[0])
    if host != name:
        raise SETTINGS_ALIAS_NOT_CANONICAL.error(location=location, canonical=host)
    if parse(host) is not None:
        raise SETTINGS_ALIAS_ECR.error(location=location, name=name)
    if _is_address(host):
        raise SETTINGS_ALIAS_ADDRESS.error(location=location, name=name)


def _registry_error(registry_host: str, location: str, aliases: Mapping[str, str]) -> HelperError:
    kind = SETTINGS_ALIAS_OF_ALIAS if registry_host in aliases else SETTINGS_ALIAS_OF_NON_ECR
    return kind.error(location=location, registry=registry_host)


def _is_address(host: str) -> bool:
    """Return whether a resolver may read `host` as an address: also 127.1 or 0x7f.1, since no name ends in a number."""
    name = host.rpartition(":")[0] if ":" in host and not host.startswith("[") else host
    try:
        ipaddress.ip_address(name.strip("[]"))
    except ValueError:
        last_label = name.rstrip(".").rpartition(".")[2]
        return last_label.isdigit() or last_label.startswith("0x") or name.startswith("[")
    return True
