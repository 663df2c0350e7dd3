"""Registries that are not ECR's, in a machine: a company's two, which differ by the port, and Docker Hub.

Each is Debian's docker-registry as it is, behind TLS and a password; all hold the images of the stand-in's own
registry. (The real Hub has its passwords exchanged for a bearer token, and hands those out to strangers too.)
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

from tests.instance import names
from tests.instance.engine import STORAGE
from tests.instance.image import CERTIFICATES
from tests.instance.instance import COMPANY, HUB
from tests.instance.machine import Machine


class Registry(NamedTuple):
    """A registry: its name in that of an image, where it listens, and its people's passwords by their names."""

    server: str
    address: str
    people: Mapping[str, str]


REGISTRY = Registry(names.COMPANY, f"{COMPANY}:443", {"alice": "wonder land", "bob": 'b"uilder\\'})
BESIDE = Registry(f"{names.COMPANY}:5000", f"{COMPANY}:5000", {"carol": "Grüße, 世界"})
DOCKER_HUB = Registry("docker.io", f"{HUB}:443", {"dave": "dckr_pat_0123456789"})

CONFIGURATION = """
version: 0.1
log: {{level: error}}
storage: {{filesystem: {{rootdirectory: {storage}}}}}
http: {{addr: "{address}", tls: {{certificate: {certificates}/server.crt, key: {certificates}/server.key}}}}
auth: {{htpasswd: {{realm: elsewhere, path: {people}}}}}
"""


def start(machine: Machine) -> None:
    """Start all three; the machine is an instance."""
    for registry in (REGISTRY, BESIDE, DOCKER_HUB):
        _start(machine, registry)


def _start(machine: Machine, registry: Registry) -> None:
    name = f"registry-{registry.address}"
    people, configuration = f"/etc/stand-in/{name}.htpasswd", f"/etc/stand-in/{name}.yml"
    machine.write(people, "".join(_line(machine, *person) for person in registry.people.items()))
    machine.write(
        configuration,
        CONFIGURATION.format(storage=STORAGE, address=registry.address, certificates=CERTIFICATES, people=people),
    )
    machine.spawn(name, ["docker-registry", "serve", configuration])
    machine.wait_for(name, ["openssl", "s_client", "-connect", registry.address])


def _line(machine: Machine, user: str, password: str) -> str:
    """Give a line of htpasswd's, in the one digest that docker-registry takes."""
    return machine.must("digest a password", ["htpasswd", "-niB", user], input=password).strip() + "\n"
