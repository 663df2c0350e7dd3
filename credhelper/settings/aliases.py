"""Aliases: hosts that are not ECR's by their name, and behind which a registry of ECR stands. Pure."""

from __future__ import annotations

import ipaddress
from typing import TYPE_CHECKING

from credhelper.ecr.registry import Registry, parse
from credhelper.errors import HelperError
from credhelper.host import canonical_host

if TYPE_CHECKING:
    from collections.abc import Mapping

    from credhelper.settings.parse import Document


def parse_aliases(document: Document) -> dict[str, Registry]:
    """Give {host: the registry behind it} of one settings file.

    A token goes to that host, so it is named exactly, and by a name: an address may be another machine's tomorrow.

    Raises HelperError, "settings-bad-alias".
    """
    aliases = {}
    for name, registry_host in document.aliases.items():
        registry = parse(registry_host)
        problem = _problem_with_name(name) or (
            "" if registry else _problem_with_registry(registry_host, document.aliases)
        )
        if registry is None or problem:
            location = document.location("aliases", name)
            raise HelperError("settings-bad-alias", f"{location}: {problem}", "see docs/settings.md")
        aliases[name] = registry
    return aliases


def _problem_with_name(name: str) -> str:
    try:
        host = canonical_host(name.encode("utf-8"))
    except HelperError as error:
        return f"{name!a} is no host, and an alias is one: {error.message.rpartition(': ')[2]}"
    if host[0] in ".-":
        return f"{name!a} is no host, and an alias is one: it begins with {host[0]}"
    if host != name:
        return f"an alias is named in its normal form, here {host}"
    if parse(host) is not None:
        return f"{host} is a registry of ECR itself, and needs no alias"
    return f"{host} is an address, and an alias must be a name" if _is_address(host) else ""


def _problem_with_registry(registry_host: str, aliases: Mapping[str, str]) -> str:
    if registry_host in aliases:
        return f"{registry_host!a} is an alias itself: name the registry behind both"
    return f"{registry_host!a} is no registry of ECR, such as 123456789012.dkr.ecr.us-east-1.amazonaws.com"


def _is_address(host: str) -> bool:
    """Whether a resolver may take `host` for an address: also 127.1 and 0x7f.1, since no name ends in a number."""
    name = host.rpartition(":")[0] if ":" in host and not host.startswith("[") else host
    try:
        ipaddress.ip_address(name.strip("[]"))
    except ValueError:
        last_label = name.rstrip(".").rpartition(".")[2]
        return last_label.isdigit() or last_label.startswith("0x") or name.startswith("[")
    return True
