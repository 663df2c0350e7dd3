"""A copy of this machine, on which the scripts of packaging/ run as root.

Stubs can stand in the place of Python, pip, the package managers and other programs: each notes how it was called,
and a variable `ask_...` makes it fail or changes its answer.
"""

from __future__ import annotations

import os
import shutil
import subprocess
from contextlib import contextmanager
from pathlib import Path
from subprocess import PIPE
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from collections.abc import Iterator

ROOT = Path(__file__).parents[2]
CHECKOUT = "/srv/checkout"
HOME = "/root"  # of the user that the scripts run as
PROGRAM = "docker-credential-ecr"
LINKS = (f"/usr/local/bin/{PROGRAM}", f"/usr/bin/{PROGRAM}")
TARGET = f"/opt/credhelper/current/bin/{PROGRAM}"

# What /etc/os-release says.
DEBIAN = "ID=debian\nVERSION_ID=12\n"
UBUNTU = 'ID=ubuntu\nID_LIKE=debian\nVERSION_ID="24.04"\n'
AMAZON = 'ID="amzn"\nVERSION_ID="2023"\n'

STUB_SCRIPT = """\
#!/bin/sh
echo "${0##*/} $*" >>/calls
"""
DOCKER_SCRIPT = STUB_SCRIPT + 'echo "HOME=$HOME" >>/calls\n'
CURL_SCRIPT = STUB_SCRIPT + 'cp "/served/${6##*/}" "$5"\n'
PACKAGE_MANAGER_SCRIPT = STUB_SCRIPT + 'case $* in *python3*) touch /ensurepip ;; esac; exit "${ask_packages:-0}"\n'
PYTHON_SCRIPT = """\
#!/bin/sh
echo "${0##*/} $*" >>/calls
case $* in
  -V) echo "Python 3.8.10" ;;
  *version_info*) exit "${ask_old_python:-0}" ;;
  *'import ensurepip'*) [ -z "$ask_no_ensurepip" ] || [ -e /ensurepip ] ;;
  *'-m venv'*) for folder; do :; done; mkdir -p "$folder/bin"; cp "$0" "$folder/bin/python" ;;
  *'-m pip'*)
    env >/environment-of-pip
    [ -z "$ask_no_index" ] || { echo "the index did not answer"; exit 1; }
    printf '#!/bin/sh\\necho release %s\\n' "${ask_release:-1}" >"${0%/*}/docker-credential-ecr"
    chmod "${ask_mode:-755}" "${0%/*}/docker-credential-ecr"
    ;;
esac
"""

ENTER_SCRIPT = """\
mount -t tmpfs tmpfs "$1"
cd "$1"
mkdir upper work root
mount -t overlay overlay -o "lowerdir=/,upperdir=$1/upper,workdir=$1/work" root
mount --rbind /proc root/proc
mount --rbind /dev root/dev
echo ready
exec cat
"""


class Machine:
    """An overlay in memory over this machine's files, in a mount namespace that ends with its holder."""

    def __init__(self, mountpoint: Path, holder: int) -> None:
        self._enter = ["nsenter", f"--mount=/proc/{holder}/ns/mnt", "chroot", f"{mountpoint}/root"]
        self._root = Path(f"/proc/{holder}/root{mountpoint}/root")
        self.remove("/opt/credhelper", *LINKS, f"{HOME}/.docker", "/run/systemd/system")
        # In a container another file is mounted over the one that the overlay shows.
        self.write("/etc/resolv.conf", Path("/etc/resolv.conf").read_text())
        self.path_of(CHECKOUT).mkdir(parents=True)
        for name in ("LICENSE", "README.md", "pyproject.toml", "credhelper", "packaging"):
            source, copy = ROOT / name, self.path_of(f"{CHECKOUT}/{name}")
            shutil.copytree(source, copy) if source.is_dir() else shutil.copy(source, copy)
        self.run("chmod", "-R", "go=", CHECKOUT)

    def path_of(self, name: str) -> Path:
        """Return where that file is for us; an absolute link in it leads out of the machine."""
        return self._root / name.lstrip("/")

    def write(self, name: str, text: str, mode: int = 0o644) -> None:
        self.remove(name)
        self.path_of(name).parent.mkdir(parents=True, exist_ok=True)
        self.path_of(name).write_text(text)
        self.path_of(name).chmod(mode)

    def remove(self, *names: str) -> None:
        self.run("rm", "-rf", *names)

    def start(self, *command: str, **environment: str) -> subprocess.Popen[str]:
        environment = {"PATH": "/usr/sbin:/usr/bin:/sbin:/bin", "HOME": HOME, **environment}
        command = (*self._enter, *command)
        return subprocess.Popen(command, env=environment, umask=0o077, stdin=PIPE, stdout=PIPE, stderr=PIPE, text=True)

    def run(self, *command: str, **environment: str) -> subprocess.CompletedProcess[str]:
        with self.start(*command, **environment) as process:
            stdout, stderr = process.communicate(timeout=300)
        return subprocess.CompletedProcess(command, process.returncode, stdout, stderr)

    def install(self, *arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
        return self.run(f"{CHECKOUT}/packaging/install.sh", *arguments, **environment)

    def imitate(self, distribution: str) -> None:
        """Take on a distribution's mark, with stubs in the place of what would change it."""
        self.write("/etc/os-release", distribution)
        self.remove("/usr/sbin/dockerd", "/usr/bin/dockerd", "/usr/local/bin/dockerd")
        for name in ("apt-get", "dnf"):
            self.write(f"/usr/bin/{name}", PACKAGE_MANAGER_SCRIPT, 0o755)
        self.write("/usr/bin/systemctl", STUB_SCRIPT, 0o755)
        self.write("/usr/bin/curl", CURL_SCRIPT, 0o755)
        self.write("/usr/bin/docker", DOCKER_SCRIPT, 0o755)
        self.write("/usr/bin/python3", PYTHON_SCRIPT, 0o755)

    def list_calls(self, *programs: str) -> list[str]:
        """Return how the stubs of those programs were called, in order."""
        log = self.path_of("/calls")
        calls = log.read_text().splitlines() if log.exists() else []
        return [call for call in calls if call.split()[0] in programs]

    def run_version(self, user: str = "root") -> str:
        """Return what the program says to that user."""
        return self.run("su", "-s", "/bin/sh", user, "-c", f"{LINKS[0]} version").stdout

    def run_version_by_name(self, path: str) -> str:
        """Return what the program says where PATH is that one."""
        return self.run("env", "-i", f"PATH={path}", PROGRAM, "version").stdout

    def list_environments(self) -> list[str]:
        return sorted(directory.name for directory in self.path_of("/opt/credhelper").glob("venv-*"))


@contextmanager
def create_machine(mountpoint: Path) -> Iterator[Machine]:
    if os.geteuid() != 0:
        pytest.skip("needs root: the script is run on an overlay of this machine")
    command = ["unshare", "--mount", "sh", "-ec", ENTER_SCRIPT, "sh", str(mountpoint)]
    with subprocess.Popen(command, stdin=PIPE, stdout=PIPE, text=True) as holder:
        assert holder.stdout is not None
        if holder.stdout.readline() != "ready\n":
            pytest.skip("needs mount namespaces and overlayfs")
        yield Machine(mountpoint, holder.pid)


def parse_error(result: subprocess.CompletedProcess[str]) -> str:
    """Return the one sentence that a failed run said."""
    assert result.returncode != 0
    (message,) = result.stderr.splitlines()
    return message.replace("install.sh: ", "", 1)
