"""A machine image: layers over the real machine's own system, with the software of an instance installed in them.

Nothing is installed, started or left on the real machine: removing the image's directory removes all of it. Only
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

from tests.fake_ec2 import certs, distribution, engine, names
from tests.fake_ec2.commands import StandInError
from tests.fake_ec2.layers import Bind, LayeredMachine

STAMP = "stamp"
CERTIFICATES = "/etc/stand-in"
CORPORATE = "corporate"
TRUST_SCRIPT = f"""
mkdir -p /usr/local/share/ca-certificates
cp {CERTIFICATES}/ca.crt /usr/local/share/ca-certificates/stand-in.crt
update-ca-certificates
"""

# Directories that belong to the real machine rather than to its distribution: empty in an image.
EMPTY_DIRECTORIES = ("etc/docker", "usr/local", "var/lib/containers", "var/lib/docker", "var/tmp")
# Settings of the real machine that boto3, pip or Docker's clients would read.
SETTINGS_FILES = ("etc/boto.cfg", "etc/credhelper", "etc/environment", "etc/pip.conf", "etc/xdg/pip")
# The other directories of a root (hier(7)), with their modes.
ROOT_DIRECTORIES = {
    "dev": 0o755,
    "home": 0o755,
    "media": 0o755,
    "mnt": 0o755,
    "opt": 0o755,
    "proc": 0o555,
    "root": 0o700,
}
ROOT_DIRECTORIES.update(run=0o755, srv=0o755, sys=0o555, tmp=0o1777)

PROXY_VARIABLES = {"http_proxy", "https_proxy", "no_proxy"}
# The real machine's certificate authorities, since its network may have its own. In /run, so not in the image.
AUTHORITIES = "/run/authorities.crt"
BUNDLE = Path("/etc/ssl/certs/ca-certificates.crt")


class Image(NamedTuple):
    """Layers that machines can be started over: directories, topmost first."""

    layers: tuple[Path, ...]

    @classmethod
    def bake(cls, directory: Path, extras: Sequence[str] = ()) -> Image:
        """Return the image in `directory`; bake it first if it is missing or out of date.

        `extras` are more packages of the distribution. The directory must not be in /etc, /usr or /var, nor on an
        overlay file system.
        """
        bare, packages, registry = directory / "bare", directory / "packages", directory / "registry"
        stamp, recipe = directory / STAMP, _recipe_digest(extras)
        if not stamp.exists() or stamp.read_text() != recipe:
            stamp.unlink(missing_ok=True)
            for part in (bare, packages, registry):
                shutil.rmtree(part, ignore_errors=True)
            make_root(bare)
            _bake_packages(packages, [bare], extras)
            _bake_registry(registry, [packages / "layer", bare])
            stamp.write_text(recipe)
        return cls.load(directory)

    @classmethod
    def load(cls, directory: Path) -> Image:
        """Return the image that bake() made in `directory`. Raises StandInError if there is none."""
        if not (directory / STAMP).exists():
            raise StandInError(f"no image is baked in {directory}")
        return cls((directory / "registry" / "layer", directory / "packages" / "layer", directory / "bare"))

    def provision(self, directory: Path, steps: Iterable[Sequence[str]], binds: Iterable[Bind] = ()) -> Image:
        """Run steps (each an argv) on this image, with the real machine's network; `directory` is for the new layer.

        `binds` are directories of the real machine that the steps can read.
        """
        directory.mkdir(parents=True)
        with _start_builder(directory, self.layers, binds) as machine:
            for step in steps:
                machine.check_output("provision the image", step, env=_proxy_variables(), timeout=600)
        return Image((directory / "layer", *self.layers))


def certificate_commands(directory: str) -> list[list[str]]:
    """Return the commands that create the services' certificates in `directory`.

    Its subdirectory "corporate" holds those of a company that inspects its users' TLS connections; an instance does
    not trust that authority at first.
    """
    host_names = [*names.list_names(), names.COMPANY, *names.HUB]
    corporate = certs.certificate_commands(f"{directory}/{CORPORATE}", host_names, "Corporate authority")
    return [*certs.certificate_commands(directory, host_names), *corporate]


def _recipe_digest(extras: Sequence[str]) -> str:
    """Return a digest of everything that a baked image depends on."""
    digest = hashlib.sha256(repr(sorted(extras)).encode())
    modules = [Path(__file__).with_name(f"{name}.py") for name in ("certs", "distribution", "engine", "image", "names")]
    for path in (*modules, Path("/var/lib/dpkg/status")):
        digest.update(path.read_bytes())
    return digest.hexdigest()


def make_root(layer: Path) -> None:
    """Fill the lowest layer: a root that shows nothing of the real machine but its distribution."""
    for name, mode in ROOT_DIRECTORIES.items():
        (layer / name).mkdir(parents=True)
        (layer / name).chmod(mode)
    for link in Path("/").iterdir():
        if link.is_symlink() and str(link.readlink()).startswith("usr/"):
            (layer / link.name).symlink_to(link.readlink())
    for name in EMPTY_DIRECTORIES:
        (layer / name).mkdir(parents=True)
        os.setxattr(layer / name, "trusted.overlay.opaque", b"y")  # overlayfs.rst: hides the lower directory
    (layer / "var/tmp").chmod(0o1777)
    for name in ("bin", "lib", "sbin", "share"):
        (layer / "usr/local" / name).mkdir()
    for name in SETTINGS_FILES:
        if Path("/", name).exists():
            (layer / name).parent.mkdir(exist_ok=True)
            os.mknod(layer / name, stat.S_IFCHR)  # overlayfs.rst: a whiteout


def _bake_packages(directory: Path, layers: Sequence[Path], extras: Sequence[str]) -> None:
    directory.mkdir()
    with _start_builder(directory, layers) as machine:
        distribution.install(machine, extras)
        for command in certificate_commands(CERTIFICATES):
            machine.check_output("make the certificates", command)
        machine.check_output("trust the authority", ["sh", "-e", "-c", TRUST_SCRIPT])


def _bake_registry(directory: Path, layers: Sequence[Path]) -> None:
    disk = directory / "docker"
    disk.mkdir(parents=True)
    with LayeredMachine.start(directory, layers, binds=[Bind(disk, "/var/lib/docker", "rw")]) as machine:
        machine.check_output("bring the loopback up", ["ip", "link", "set", "lo", "up"])
        engine.start_registry(machine)
        engine.start_docker(machine)
        engine.stock_registry(machine)
    shutil.rmtree(disk)


@contextlib.contextmanager
def _start_builder(directory: Path, layers: Sequence[Path], binds: Iterable[Bind] = ()) -> Iterator[LayeredMachine]:
    """Start a machine with the real machine's network, name servers and certificate authorities.

    pip's settings are in a file, because some programs drop its variables; the file does not stay in the image.
    """
    with LayeredMachine.start(directory, layers, binds=binds, network="host") as machine:
        machine.check_output("unlink resolv.conf", ["rm", "-f", "/etc/resolv.conf"])  # it may link to /run
        machine.write("/etc/resolv.conf", Path("/etc/resolv.conf").read_text())
        if BUNDLE.exists():
            machine.write(AUTHORITIES, BUNDLE.read_text())
        machine.write("/etc/pip.conf", _render_pip_settings())
        yield machine
        machine.check_output("remove pip.conf", ["rm", "/etc/pip.conf"])


def _render_pip_settings() -> str:
    index = os.environ.get("PIP_INDEX_URL")
    settings = {"cert": AUTHORITIES if BUNDLE.exists() else "", "index-url": index}
    return "[global]\n" + "".join(f"{name} = {value}\n" for name, value in settings.items() if value)


def _proxy_variables() -> dict[str, str]:
    return {name: value for name, value in os.environ.items() if name.lower() in PROXY_VARIABLES}
