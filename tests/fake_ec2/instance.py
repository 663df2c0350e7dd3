"""A fresh EC2 instance: a machine with AWS's addresses and names, which the stand-in's services answer."""

from __future__ import annotations

import shutil
import tempfile
import uuid
from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING

from tests.fake_ec2 import engine, names
from tests.fake_ec2.commands import check_output
from tests.fake_ec2.image import CERTIFICATES, CORPORATE, Image
from tests.fake_ec2.layers import Bind, LayeredMachine
from tests.fake_ec2.services import Control

if TYPE_CHECKING:
    from tests.fake_ec2.machine import Machine

CHECKOUT = "/opt/checkout"
CONTROL = "/run/stand-in/control"
CA_BUNDLE = "/etc/ssl/certs/ca-certificates.crt"
METADATA, METADATA_6 = "169.254.169.254", "fd00:ec2::254"
RESOLVER = "169.254.169.253"
TASK = "169.254.170.2"
POD, POD_6 = "169.254.170.23", "fd00:ec2::23"
# In TEST-NET-2, not 127.0.0.0/8: Docker treats loopback addresses as insecure registries and retries over plain HTTP.
AWS = "198.51.100.1"
CORPORATE_AWS = "198.51.100.2"  # the same services, with certificates of another authority
PROXY = "198.51.100.3"
PROXY_PORT = 3128
# Registries outside ECR, once other_registries.py has started them.
COMPANY, HUB = "198.51.100.4", "198.51.100.5"
HOSTS = names.render_hosts({AWS: names.list_names(), COMPANY: [names.COMPANY], HUB: names.HUB})


class Instance(LayeredMachine):
    """A running instance: a context manager, or call end()."""

    @classmethod
    def launch(
        cls,
        image: Image,
        directory: Path | None = None,
        *,
        binds: Iterable[Bind] = (),
        docker: bool = True,
        outlive: bool = False,
    ) -> Instance:
        """Launch an instance of `image` with its own boot ID; docker=False is faster and starts no Docker Engine.

        The instance writes only into `directory` (by default a new one beside the image), which end() removes.
        """
        directory = directory or Path(tempfile.mkdtemp(prefix="instance-", dir=image.layers[-1].parent))
        try:
            instance = cls.start(directory, image.layers, binds=[*_create_binds(directory), *binds], outlive=outlive)
        except BaseException:
            shutil.rmtree(directory)
            raise
        try:
            become_instance(instance)
            engine.start_registry(instance)
            start_services(instance, CHECKOUT, CERTIFICATES)
            if docker:
                engine.start_docker(instance)
        except BaseException:
            instance.end()
            raise
        return instance

    @property
    def control(self) -> Control:
        """The interface that configures and queries the services."""
        return Control(str(self.directory / "stand-in" / "control"))

    def environment(self, user: str) -> dict[str, str]:
        """Return the variables that a command of this user starts with; botocore must trust the authority too."""
        return {**super().environment(user), "AWS_CA_BUNDLE": CA_BUNDLE}

    def snapshot(self, directory: Path) -> Image:
        """Return an image of the instance's current state, like an AMI made from it; `directory` is for the new layer.

        The image does not contain what Docker and podman stored.
        """
        directory.mkdir(parents=True)
        check_output("copy the instance's layer", ["cp", "--archive", str(self.directory / "layer"), str(directory)])
        return Image((directory / "layer", *self.layers))

    def end(self) -> None:
        """Kill every process in the instance and remove its directory."""
        super().end()
        shutil.rmtree(self.directory)


def become_instance(machine: Machine) -> None:
    """Turn a machine into an instance: add addresses, host names, a name server address and its own boot ID."""
    machine.write("/etc/hosts", HOSTS)
    machine.write("/etc/resolv.conf", f"nameserver {RESOLVER}\n")
    machine.write("/run/boot_id", f"{uuid.uuid4()}\n")
    machine.check_output("set the boot id", ["mount", "--bind", "/run/boot_id", "/proc/sys/kernel/random/boot_id"])
    machine.check_output("bring the loopback up", ["ip", "link", "set", "lo", "up"])
    batch = "".join(f"address add {address} dev lo\n" for address in _list_addresses(machine))
    machine.check_output("add the addresses", ["ip", "-batch", "-"], input=batch)


def start_services(machine: Machine, checkout: str, certificates: str) -> None:
    """Start the stand-in's services in a machine; `checkout` and `certificates` are directories of the machine."""
    addresses = _list_addresses(machine)
    argv = [
        *("/usr/bin/python3", "-m", "tests.fake_ec2.services"),
        *(f"--metadata={address}:80" for address in addresses if address in (METADATA, METADATA_6)),
        *(f"--container={address}:80" for address in addresses if address in (TASK, POD, POD_6)),
        f"--tls={AWS}:443={certificates}",
        f"--tls={CORPORATE_AWS}:443={certificates}/{CORPORATE}",
        f"--proxy={PROXY}:{PROXY_PORT}",
        f"--resolver={RESOLVER}:53",
        f"--registry={engine.REGISTRY}",
        f"--control={CONTROL}",
    ]
    machine.spawn("services", argv, cwd=checkout)
    machine.wait_for("services", ["grep", "-q", "ready", "/run/services.log"])


def _list_addresses(machine: Machine) -> list[str]:
    """Return the addresses of an instance, without the IPv6 ones if the kernel has no IPv6."""
    has_ipv6 = machine.run(["test", "-e", "/proc/net/if_inet6"]).returncode == 0
    addresses = [METADATA, RESOLVER, TASK, POD, AWS, CORPORATE_AWS, PROXY, COMPANY, HUB]
    return [*addresses, *([METADATA_6, POD_6] if has_ipv6 else [])]


def _create_binds(directory: Path) -> list[Bind]:
    """Return the directories that an instance shares with this machine.

    They hold the services' program and socket, and the data of Docker and podman, whose own overlays cannot lie on an
    overlay.
    """
    for name in ("stand-in", "docker", "containers"):
        (directory / name).mkdir(parents=True)
    return [
        Bind(Path(__file__).parents[2], CHECKOUT),
        Bind(directory / "stand-in", "/run/stand-in", "rw"),
        Bind(directory / "docker", "/var/lib/docker", "rw"),
        Bind(directory / "containers", "/var/lib/containers", "rw"),
    ]
