"""The software of an instance, from the real machine's own distribution (Debian 12 or newer, Ubuntu 24.04)."""

from __future__ import annotations

from collections.abc import Sequence

from tests.fake_ec2.commands import StandInError
from tests.fake_ec2.machine import Machine

PACKAGES = (
    "apache2-utils",
    "buildah",
    "busybox-static",
    "ca-certificates",
    "dbus",
    "docker-registry",
    "docker.io",
    "gnome-keyring",
    "iproute2",
    "iptables",
    "openssl",
    "podman",
    "python3-venv",
    "skopeo",
    "sudo",
)
# Debian has shipped Docker's command line in a separate package since 13.
CLIENTS = {
    "debian": ("docker-buildx", "docker-cli", "docker-compose"),
    "ubuntu": ("docker-buildx", "docker-compose-v2"),
}
USER = "ec2-user"

# Docker's own packages conflict with the distribution's, and the machine's other package sources are of no use here.
# `docker login` calls Docker's own credential helpers automatically if it finds them.
NONINTERACTIVE = {"DEBIAN_FRONTEND": "noninteractive"}
STEP_TIMEOUT = 600  # seconds per step; a mirror may be slow

PREPARE_SCRIPT = """
cd /etc/apt
find sources.list.d preferences.d -type f ! -name debian.sources ! -name ubuntu.sources -delete
printf '#!/bin/sh\\nexit 101\\n' > /usr/sbin/policy-rc.d
chmod 755 /usr/sbin/policy-rc.d
dpkg-query --show --showformat='${Package}\\n' 'docker-ce*' 'docker-*-plugin' containerd.io \\
    golang-docker-credential-helpers 2>/dev/null | xargs --no-run-if-empty dpkg --purge --force-depends
apt-get update
"""

INSTALL_COMMAND = [
    "apt-get",
    "install",
    "--yes",
    "--no-install-recommends",
    "--option=Dpkg::Options::=--force-unsafe-io",
]

# Debian 12 has no plugins for Docker's command line; those of the next release run on it unchanged.
TRIXIE_PLUGINS_SCRIPT = """
mkdir -p /opt/clients/sources /opt/clients/lists
sed s/bookworm/trixie/ /etc/apt/sources.list.d/debian.sources > /opt/clients/sources/debian.sources
cd /opt/clients
trixie="-o Dir::Etc::sourceparts=/opt/clients/sources -o Dir::Etc::sourcelist=/dev/null"
trixie="$trixie -o Dir::State::lists=/opt/clients/lists -o APT::Sandbox::User=root"
apt-get $trixie update
apt-get $trixie download docker-buildx docker-compose
for package in *.deb; do dpkg -x "$package" /opt/clients; done
rm -r *.deb sources lists
mkdir -p /usr/libexec/docker/cli-plugins
ln -s /opt/clients/usr/libexec/docker/cli-plugins/* /usr/libexec/docker/cli-plugins/
"""

# The real machine's users are removed, which frees UID 1000 for the instance's user, who has full sudo as on EC2.
MAKE_USER_SCRIPT = f"""
getent passwd | awk -F: '$3 >= 1000 && $3 < 60000 {{ print $1 }}' | xargs --no-run-if-empty -n 1 userdel
useradd --uid 1000 --create-home --shell /bin/bash --groups docker {USER}
echo '{USER} ALL=(ALL) NOPASSWD:ALL' > /etc/sudoers.d/{USER}
"""


def install(machine: Machine, extras: Sequence[str]) -> None:
    """Install the packages and `extras` (more packages) and create the user. The machine needs the network."""
    system = _run_script(machine, "read os-release", '. /etc/os-release; echo "$ID" "$VERSION_CODENAME"').strip()
    distribution, _, release = system.partition(" ")
    if distribution not in CLIENTS:
        raise StandInError(f"an instance is made of Debian 12 or newer or Ubuntu 24.04 or newer, and this is {system}")
    _run_script(machine, "prepare the package manager", PREPARE_SCRIPT)
    is_bookworm = release == "bookworm"
    packages = [*PACKAGES, *extras, *(() if is_bookworm else CLIENTS[distribution])]
    machine.check_output(
        "install the packages", [*INSTALL_COMMAND, *packages], env=NONINTERACTIVE, timeout=STEP_TIMEOUT
    )
    if is_bookworm:
        _run_script(machine, "unpack the plugins of Docker's command line", TRIXIE_PLUGINS_SCRIPT)
    _run_script(machine, f"make {USER}", MAKE_USER_SCRIPT)


def _run_script(machine: Machine, step: str, script: str) -> str:
    return machine.check_output(step, ["sh", "-e", "-c", script], env=NONINTERACTIVE, timeout=STEP_TIMEOUT)
