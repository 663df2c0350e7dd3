"""A fresh EC2 instance: a machine with AWS's addresses and names, behind which the stand-in's services answer."""

from __future__ import annotations

import shutil
import tempfile
import uuid
from collections.abc import Iterable
from pathlib import Path

from . import engine, names
from .commands import must
from .image import CERTIFICATES, Image
from .machine import Bind, Machine
from .services import Control

CHECKOUT = "/opt/checkout"
CA_BUNDLE = "/etc/ssl/certs/ca-certificates.crt"
METADATA = "169.254.169.254"
# Of TEST-NET-2, and not 127.0.0.0/8: Docker takes those for insecure registries and retries over plain HTTP.
AWS = "198.51.100.1"


class Instance(Machine):
    """A running instance; a context manager, or call end()."""

    @classmethod
    def launch(
        cls,
        image: Image,
        folder: Path | None = None,
        *,
        binds: Iterable[Bind] = (),
        docker: bool = True,
        outlive: bool = False,
    ) -> Instance:
        """Launch an instance from image, with a boot id of its own; without docker it has no Engine, and is fast.

        folder takes all that it writes; without one it is made beside the image. end() removes it.
        """
        folder = folder or Path(tempfile.mkdtemp(prefix="instance-", dir=image.layers[-1].parent))
        instance = cls.start(folder, image.layers, binds=[*_own_binds(folder), *binds], outlive=outlive)
        try:
            instance._become_itself()
            instance._start_services()
            if docker:
                engine.start_docker(instance)
        except BaseException:
            instance.end()
            raise
        return instance

    @property
    def control(self) -> Control:
        """What the services can be told and asked."""
        return Control(str(self.folder / "control" / "socket"))

    def snapshot(self, folder: Path) -> Image:
        """Give an image of what the instance is now, as an AMI made from it; folder takes the new layer.

        What Docker and podman stored is not in it.
        """
        folder.mkdir(parents=True)
        must("copy the instance's layer", ["cp", "--archive", str(self.folder / "layer"), str(folder)])
        return Image((folder / "layer", *self.layers))

    def environment(self, user: str) -> dict[str, str]:
        """Give the variables that a command of this user starts with: botocore must trust the authority too."""
        return {**super().environment(user), "AWS_CA_BUNDLE": CA_BUNDLE}

    def end(self) -> None:
        """Kill everything in the instance and remove its folder."""
        super().end()
        shutil.rmtree(self.folder)

    def _become_itself(self) -> None:
        self.write("/etc/hosts", names.hosts(AWS))
        self.write("/etc/resolv.conf", "")
        self.write("/run/boot_id", f"{uuid.uuid4()}\n")
        self.must("give it a boot id", ["mount", "--bind", "/run/boot_id", "/proc/sys/kernel/random/boot_id"])
        self.must("bring the loopback up", ["ip", "link", "set", "lo", "up"])
        for address in (METADATA, AWS):
            self.must(f"add {address}", ["ip", "address", "add", f"{address}/32", "dev", "lo"])

    def _start_services(self) -> None:
        engine.start_registry(self)
        program = ["/usr/bin/python3", "-m", "tests.instance.services"]
        options = {
            "metadata": f"{METADATA}:80",
            "tls": f"{AWS}:443",
            "certificate": f"{CERTIFICATES}/server.crt",
            "key": f"{CERTIFICATES}/server.key",
            "registry": engine.REGISTRY,
            "control": "/run/stand-in/socket",
        }
        arguments = [f"--{name}={value}" for name, value in options.items()]
        self.spawn("services", [*program, *arguments], cwd=CHECKOUT)
        self.wait_for("services", ["grep", "-q", "ready", "/var/log/services.log"])


def _own_binds(folder: Path) -> list[Bind]:
    """Give the folders that an instance shares: the services' program and socket, and disks that are no overlay.

    Docker's own overlays cannot lie on one.
    """
    for name in ("control", "docker", "containers"):
        (folder / name).mkdir()
    return [
        Bind(Path(__file__).parents[2], CHECKOUT),
        Bind(folder / "control", "/run/stand-in", "rw"),
        Bind(folder / "docker", "/var/lib/docker", "rw"),
        Bind(folder / "containers", "/var/lib/containers", "rw"),
    ]
