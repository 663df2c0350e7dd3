"""Registries outside ECR, in a machine: two of a company, which differ in the port, and Docker Hub.

Each is Debian's unmodified docker-registry behind TLS and a password; all hold the images of the stand-in's own
registry. (The real Docker Hub exchanges passwords for a bearer token, and also issues bearer tokens to anonymous
clients.)
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

from tests.fake_ec2 import names
from tests.fake_ec2.engine import STORAGE
from tests.fake_ec2.image import CERTIFICATES
from tests.fake_ec2.instance import COMPANY, HUB
from tests.fake_ec2.machine import Machine


class Registry(NamedTuple):
    """A registry: its name in an image reference, the address it listens on, and its users' passwords by user name."""

    server: str
    address: str
    passwords: Mapping[str, str]


REGISTRY = Registry(names.COMPANY, f"{COMPANY}:443", {"alice": "wonder land", "bob": 'b"uilder\\'})
SECOND_REGISTRY = Registry(f"{names.COMPANY}:5000", f"{COMPANY}:5000", {"carol": "Grüße, 世界"})
DOCKER_HUB = Registry("docker.io", f"{HUB}:443", {"dave": "dckr_pat_0123456789"})

CONFIGURATION = """
version: 0.1
log: {{level: error}}
storage: {{filesystem: {{rootdirectory: {storage}}}}}
http: {{addr: "{address}", tls: {{certificate: {certificates}/server.crt, key: {certificates}/server.key}}}}
auth: {{htpasswd: {{realm: elsewhere, path: {passwords}}}}}
"""


def start(machine: Machine) -> None:
    """Start all three registries; the machine must be an instance."""
    for registry in (REGISTRY, SECOND_REGISTRY, DOCKER_HUB):
        _start(machine, registry)


def _start(machine: Machine, registry: Registry) -> None:
    name = f"registry-{registry.address}"
    htpasswd, configuration = f"/etc/stand-in/{name}.htpasswd", f"/etc/stand-in/{name}.yml"
    machine.write(
        htpasswd, "".join(_htpasswd_line(machine, *credentials) for credentials in registry.passwords.items())
    )
    machine.write(
        configuration,
        CONFIGURATION.format(storage=STORAGE, address=registry.address, certificates=CERTIFICATES, passwords=htpasswd),
    )
    machine.spawn(name, ["docker-registry", "serve", configuration])
    machine.wait_for(name, ["openssl", "s_client", "-connect", registry.address])


def _htpasswd_line(machine: Machine, username: str, password: str) -> str:
    """Return an htpasswd line with the only hash that docker-registry accepts (bcrypt)."""
    return machine.check_output("digest a password", ["htpasswd", "-niB", username], input=password).strip() + "\n"
