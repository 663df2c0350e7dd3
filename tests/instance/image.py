"""A machine image: layers over the real machine's own system, with what an instance needs installed in them.

Nothing is installed, started or left on the real machine: removing the image's folder removes all of it. Only
baking and provisioning use the real machine's network, as the build of an AMI does.
"""

from __future__ import annotations

import contextlib
import hashlib
import os
import shutil
import stat
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import NamedTuple

from tests.instance import certs, distribution, engine, names
from tests.instance.commands import StandInError
from tests.instance.layers import Bind, LayeredMachine

STAMP = "stamp"
CERTIFICATES = "/etc/stand-in"
CORPORATE = "corporate"
TRUST = f"""
mkdir -p /usr/local/share/ca-certificates
cp {CERTIFICATES}/ca.crt /usr/local/share/ca-certificates/stand-in.crt
update-ca-certificates
"""

# What is the real machine's and not its distribution's: empty in an image.
EMPTY = ("etc/docker", "usr/local", "var/lib/containers", "var/lib/docker", "var/tmp")
# Settings of the real machine that boto3, pip or Docker's clients would obey.
SETTINGS = ("etc/boto.cfg", "etc/credhelper", "etc/environment", "etc/pip.conf", "etc/xdg/pip")
# The rest of a root (hier(7)), with its modes.
ROOT = {"dev": 0o755, "home": 0o755, "media": 0o755, "mnt": 0o755, "opt": 0o755, "proc": 0o555, "root": 0o700}
ROOT.update(run=0o755, srv=0o755, sys=0o555, tmp=0o1777)

PROXIES = {"http_proxy", "https_proxy", "no_proxy"}
# The real machine's authorities: the network there may have one of its own. Gone when the builder ends.
AUTHORITIES = "/run/authorities.crt"
BUNDLE = Path("/etc/ssl/certs/ca-certificates.crt")


class Image(NamedTuple):
    """Layers that machines can be started over; layers are folders, the topmost first."""

    layers: tuple[Path, ...]

    @classmethod
    def bake(cls, folder: Path, extras: Sequence[str] = ()) -> Image:
        """Give the image in folder, made now unless it is there and still what would be made.

        extras are more packages of the distribution. The folder may lie neither in /etc, /usr or /var nor on an
        overlay file system.
        """
        bare, packages, registry = folder / "bare", folder / "packages", folder / "registry"
        stamp, recipe = folder / STAMP, _recipe(extras)
        if not stamp.exists() or stamp.read_text() != recipe:
            stamp.unlink(missing_ok=True)
            for part in (bare, packages, registry):
                shutil.rmtree(part, ignore_errors=True)
            make_root(bare)
            _install(packages, [bare], extras)
            _stock(registry, [packages / "layer", bare])
            stamp.write_text(recipe)
        return cls.baked(folder)

    @classmethod
    def baked(cls, folder: Path) -> Image:
        """Give the image that bake() made in folder; StandInError where none is."""
        if not (folder / STAMP).exists():
            raise StandInError(f"no image is baked in {folder}")
        return cls((folder / "registry" / "layer", folder / "packages" / "layer", folder / "bare"))

    def provision(self, folder: Path, steps: Iterable[Sequence[str]], binds: Iterable[Bind] = ()) -> Image:
        """Run steps (each an argv) on this image, with the real machine's network; folder is for the new layer.

        binds are folders of the real machine that the steps can read.
        """
        folder.mkdir(parents=True)
        with _builder(folder, self.layers, binds) as machine:
            for step in steps:
                machine.must("provision the image", step, env=_proxies(), timeout=600)
        return Image((folder / "layer", *self.layers))


def certificates(folder: str) -> list[list[str]]:
    """Give the commands that make the certificates of the services in folder: in its folder "corporate" those of a
    company that looks into its people's connections, whose authority nobody trusts yet.
    """
    known = [*names.names(), names.COMPANY, *names.HUB]
    corporate = certs.commands(f"{folder}/{CORPORATE}", known, "Corporate authority")
    return [*certs.commands(folder, known), *corporate]


def _recipe(extras: Sequence[str]) -> str:
    """Give a digest of all that a baked image depends on."""
    digest = hashlib.sha256(repr(sorted(extras)).encode())
    modules = [Path(__file__).with_name(f"{name}.py") for name in ("certs", "distribution", "engine", "image", "names")]
    for path in (*modules, Path("/var/lib/dpkg/status")):
        digest.update(path.read_bytes())
    return digest.hexdigest()


def make_root(layer: Path) -> None:
    """Fill the lowest layer: a root that shows nothing of the real machine but its distribution."""
    for name, mode in ROOT.items():
        (layer / name).mkdir(parents=True)
        (layer / name).chmod(mode)
    for link in Path("/").iterdir():
        if link.is_symlink() and str(link.readlink()).startswith("usr/"):
            (layer / link.name).symlink_to(link.readlink())
    for name in EMPTY:
        (layer / name).mkdir(parents=True)
        os.setxattr(layer / name, "trusted.overlay.opaque", b"y")  # overlayfs.rst: nothing below shows through
    (layer / "var/tmp").chmod(0o1777)
    for name in ("bin", "lib", "sbin", "share"):
        (layer / "usr/local" / name).mkdir()
    for name in SETTINGS:
        if Path("/", name).exists():
            (layer / name).parent.mkdir(exist_ok=True)
            os.mknod(layer / name, stat.S_IFCHR)  # overlayfs.rst: a whiteout


def _install(folder: Path, layers: Sequence[Path], extras: Sequence[str]) -> None:
    folder.mkdir()
    with _builder(folder, layers) as machine:
        distribution.install(machine, extras)
        for command in certificates(CERTIFICATES):
            machine.must("make the certificates", command)
        machine.must("trust the authority", ["sh", "-e", "-c", TRUST])


def _stock(folder: Path, layers: Sequence[Path]) -> None:
    disk = folder / "docker"
    disk.mkdir(parents=True)
    with LayeredMachine.start(folder, layers, binds=[Bind(disk, "/var/lib/docker", "rw")]) as machine:
        machine.must("bring the loopback up", ["ip", "link", "set", "lo", "up"])
        engine.start_registry(machine)
        engine.start_docker(machine)
        engine.stock_registry(machine)
    shutil.rmtree(disk)


@contextlib.contextmanager
def _builder(folder: Path, layers: Sequence[Path], binds: Iterable[Bind] = ()) -> Iterator[LayeredMachine]:
    """Give a machine that reaches what the real one does: by its network, name servers and authorities.

    Programs that drop pip's variables still find its settings; they do not stay in the image.
    """
    with LayeredMachine.start(folder, layers, binds=binds, network="host") as machine:
        machine.must("unlink resolv.conf", ["rm", "-f", "/etc/resolv.conf"])  # it may be a link into /run
        machine.write("/etc/resolv.conf", Path("/etc/resolv.conf").read_text())
        if BUNDLE.exists():
            machine.write(AUTHORITIES, BUNDLE.read_text())
        machine.write("/etc/pip.conf", _pip_settings())
        yield machine
        machine.must("remove pip.conf", ["rm", "/etc/pip.conf"])


def _pip_settings() -> str:
    index = os.environ.get("PIP_INDEX_URL")
    settings = {"cert": AUTHORITIES if BUNDLE.exists() else "", "index-url": index}
    return "[global]\n" + "".join(f"{name} = {value}\n" for name, value in settings.items() if value)


def _proxies() -> dict[str, str]:
    return {name: value for name, value in os.environ.items() if name.lower() in PROXIES}
