"""The stand-in for an ordinary user: addresses, names and services in a user namespace; no packages, no Docker.

The file system is the real machine's; the few files that make it an instance are mounted over the machine's own, and
HOME is empty.
"""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Sequence
from pathlib import Path

from tests.fake_ec2.commands import check_output
from tests.fake_ec2.image import certificate_commands
from tests.fake_ec2.instance import CA_BUNDLE, CONTROL, become_instance, start_services
from tests.fake_ec2.machine import Machine, start
from tests.fake_ec2.services import Control

# The first line still reads the caller's /proc, so it gets this shell's PID as the caller sees it. A file may be a
# link into /run, which is hidden here (systemd-resolved).
BOOT = """
read -r pid rest < /proc/self/stat
mount -t proc proc /proc
mount -t tmpfs -o mode=755 tmpfs /run
mkdir /run/stand-in
mount --bind "$1/stand-in" /run/stand-in
for path in /etc/hosts /etc/resolv.conf /etc/ssl/certs/ca-certificates.crt; do
    file=$(readlink --canonicalize-missing "$path")
    [ -e "$file" ] || { mkdir -p "${file%/*}"; touch "$file"; }
    mount --bind "$1/${path##*/}" "$file"
done
echo "$pid"
exec >/dev/null
cat >/dev/null
exit
"""
NAMESPACES = ("--user", "--mount", "--net", "--pid")


class RootlessInstance(Machine):
    """A running instance without root: a context manager, or call end(). The calling user is root, its only user."""

    @classmethod
    def launch(cls) -> RootlessInstance:
        """Launch an instance in a new directory, which end() removes.

        Raises StandInError if the kernel does not allow user namespaces.
        """
        directory = Path(tempfile.mkdtemp(prefix="instance-"))
        try:
            _prepare_directory(directory)
            boot = ["unshare", *NAMESPACES, "--map-root-user", "--fork", "--kill-child"]
            shell = ["/bin/sh", "-e", "-c", BOOT, "sh", str(directory)]
            instance = cls(directory, *start([*boot, *shell], directory / "boot.log", outlive=False))
        except BaseException:
            shutil.rmtree(directory)
            raise
        try:
            become_instance(instance)
            start_services(instance, str(Path(__file__).parents[2]), str(directory))
        except BaseException:
            instance.end()
            raise
        return instance

    @property
    def control(self) -> Control:
        """The interface that configures and queries the services."""
        return Control(str(self.directory / "stand-in" / Path(CONTROL).name))

    def build_enter_command(self, argv: Sequence[str], *, user: str = "root", cwd: str = "/") -> list[str]:
        """Return the command of the real machine that runs argv in this one; its only user is root."""
        if user != "root":
            raise ValueError(f"a rootless instance has no user {user}")
        enter = ["nsenter", f"--target={self.init}", *NAMESPACES, "--preserve-credentials", "--"]
        return [*enter, "env", f"--chdir={cwd}", *argv]

    def environment(self, user: str) -> dict[str, str]:
        """Return the variables that a command starts with."""
        return {**super().environment(user), "HOME": str(self.directory / "home"), "AWS_CA_BUNDLE": CA_BUNDLE}

    def end(self) -> None:
        """Kill every process in the instance and remove its directory."""
        super().end()
        shutil.rmtree(self.directory)


def _prepare_directory(directory: Path) -> None:
    for name in ("home", "stand-in"):
        (directory / name).mkdir(mode=0o700)
    for command in certificate_commands(str(directory)):
        check_output("make the certificates", command)
    bundle = Path(CA_BUNDLE).read_text() + (directory / "ca.crt").read_text()
    (directory / Path(CA_BUNDLE).name).write_text(bundle)
    for name in ("hosts", "resolv.conf"):
        (directory / name).touch()
