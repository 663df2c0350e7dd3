"""A machine image: layers over the real machine's root, with what an instance needs installed in them.

Nothing is installed, started or left on the real machine: removing the image's folder removes all of it. Only
baking and provisioning use the real machine's network, as the build of an AMI does.
"""

from __future__ import annotations

import hashlib
import os
import shutil
import stat
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import NamedTuple

from . import certs, distribution, engine, names
from .machine import Bind, Machine

HERE = Path(__file__).parent
CERTIFICATES = "/etc/stand-in"

# What is of the real machine and not of its distribution: empty in an image.
EMPTY = ("etc/docker", "usr/local", "var/lib/containers", "var/lib/docker", "var/tmp")
# Settings of the real machine that boto3, pip or Docker's clients would obey.
SETTINGS = ("etc/boto.cfg", "etc/credhelper", "etc/environment", "etc/pip.conf", "etc/xdg/pip")
# The rest of a root (hier(7)), with its modes.
ROOT = {"dev": 0o755, "home": 0o755, "media": 0o755, "mnt": 0o755, "opt": 0o755, "proc": 0o555, "root": 0o700}
ROOT.update(run=0o755, srv=0o755, sys=0o555, tmp=0o1777)

# What pip and apt need to reach their indexes from here.
NETWORK_VARIABLES = ("PIP_CERT", "PIP_INDEX_URL", "http_proxy", "https_proxy", "no_proxy")

TRUST = f"""
mkdir -p /usr/local/share/ca-certificates
cp {CERTIFICATES}/ca.crt /usr/local/share/ca-certificates/stand-in.crt
update-ca-certificates
"""


class Image(NamedTuple):
    """Layers that machines can be started over; layers are folders, the topmost first."""

    layers: tuple[Path, ...]

    @classmethod
    def bake(cls, folder: Path, extras: Sequence[str] = ()) -> Image:
        """Give the image of folder, made now unless it is there and still what would be made.

        extras are more packages of the distribution.
        """
        stamp = _stamp(extras)
        image = cls((folder / "layer", folder / "bare"))
        stamped = folder / "stamp"
        if stamped.exists() and stamped.read_text() == stamp:
            return image
        _clear(folder)
        _bare(folder / "bare")
        with Machine.start(folder, image.layers[1:], network="host") as machine:
            _resolve_names(machine)
            distribution.install(machine, extras)
            for command in certs.commands(CERTIFICATES, names.names()):
                machine.must("make the certificates", command)
            machine.must("trust the authority", ["sh", "-e", "-c", TRUST])
        disk = folder / "docker"
        disk.mkdir()
        with Machine.start(folder, image.layers[1:], binds=[Bind(disk, "/var/lib/docker", "rw")]) as machine:
            machine.must("bring the loopback up", ["ip", "link", "set", "lo", "up"])
            engine.start_registry(machine)
            engine.start_docker(machine)
            engine.stock_registry(machine)
        shutil.rmtree(disk)
        stamped.write_text(stamp)
        return image

    def provision(self, folder: Path, steps: Iterable[Sequence[str]], binds: Iterable[Bind] = ()) -> Image:
        """Run steps (each an argv) with the real machine's network on top of this image; folder is the new layer's.

        binds are folders of the real machine that the steps can read.
        """
        _clear(folder)
        with Machine.start(folder, self.layers, binds=binds, network="host") as machine:
            _resolve_names(machine)
            for step in steps:
                machine.must("provision the image", step, env=_network(), timeout=600)
        return Image((folder / "layer", *self.layers))


def _stamp(extras: Sequence[str]) -> str:
    """Give a digest of all that a baked image depends on."""
    digest = hashlib.sha256(repr(sorted(extras)).encode())
    recipe = [HERE / f"{name}.py" for name in ("certs", "distribution", "engine", "image", "names")]
    for path in (*recipe, Path("/var/lib/dpkg/status")):
        digest.update(path.read_bytes())
    return digest.hexdigest()


def _clear(folder: Path) -> None:
    """Remove what an earlier or an interrupted bake left."""
    for name in ("stamp", "machine.json", "boot.log"):
        (folder / name).unlink(missing_ok=True)
    for name in ("bare", "layer", "work", "root", "docker"):
        shutil.rmtree(folder / name, ignore_errors=True)


def _bare(layer: Path) -> None:
    """Fill the lowest layer: a root that has the real machine's /etc, /usr and /var and nothing else of it."""
    for name, mode in ROOT.items():
        (layer / name).mkdir(parents=True)
        (layer / name).chmod(mode)
    for link in Path("/").iterdir():
        if link.is_symlink() and str(link.readlink()).startswith("usr/"):
            (layer / link.name).symlink_to(link.readlink())
    for name in EMPTY:
        (layer / name).mkdir(parents=True)
        os.setxattr(layer / name, "trusted.overlay.opaque", b"y")
    (layer / "var/tmp").chmod(0o1777)
    for name in ("bin", "lib", "sbin", "share"):
        (layer / "usr/local" / name).mkdir()
    for name in SETTINGS:
        if Path("/", name).exists():
            _whiteout(layer / name)


def _whiteout(path: Path) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    os.mknod(path, stat.S_IFCHR)


def _resolve_names(machine: Machine) -> None:
    """Give the machine the real one's name servers: its own file may be a link into /run."""
    machine.must("unlink resolv.conf", ["rm", "-f", "/etc/resolv.conf"])
    machine.write("/etc/resolv.conf", Path("/etc/resolv.conf").read_text())


def _network() -> dict[str, str]:
    wanted = {name.lower() for name in NETWORK_VARIABLES}
    return {name: value for name, value in os.environ.items() if name.lower() in wanted}
