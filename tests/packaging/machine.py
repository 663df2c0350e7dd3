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
PROGRAM = "docker-credential-ecr"
LINKS = (f"/usr/local/bin/{PROGRAM}", f"/usr/bin/{PROGRAM}")
TARGET = f"/opt/credhelper/current/bin/{PROGRAM}"

# What /etc/os-release says.
DEBIAN = "ID=debian\nVERSION_ID=12\n"
UBUNTU = 'ID=ubuntu\nID_LIKE=debian\nVERSION_ID="24.04"\n'
AMAZON = 'ID="amzn"\nVERSION_ID="2023"\n'

STUB = """\
#!/bin/sh
echo "${0##*/} $*" >>/calls
"""
DOCKER = STUB + 'echo "HOME=$HOME" >>/calls\n'
CURL = STUB + 'cp "/served/${6##*/}" "$5"\n'
PACKAGE_MANAGER = STUB + 'case $* in *python3*) touch /ensurepip ;; esac; exit "${ask_packages:-0}"\n'
PYTHON = """\
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

ENTER = """\
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
        self.remove("/opt/credhelper", *LINKS, "/root/.docker", "/run/systemd/system")
        # In a container another file is mounted over the one that the overlay shows.
        self.write("/etc/resolv.conf", Path("/etc/resolv.conf").read_text())
        self.path(CHECKOUT).mkdir(parents=True)
        for name in ("LICENSE", "README.md", "pyproject.toml", "credhelper", "packaging"):
            source, copy = ROOT / name, self.path(f"{CHECKOUT}/{name}")
            shutil.copytree(source, copy) if source.is_dir() else shutil.copy(source, copy)
        self.run("chmod", "-R", "go=", CHECKOUT)

    def path(self, name: str) -> Path:
        """Return where that file is for us; an absolute link in it leads out of the machine."""
        return self._root / name.lstrip("/")

    def write(self, name: str, text: str, mode: int = 0o644) -> None:
        self.remove(name)
        self.path(name).parent.mkdir(parents=True, exist_ok=True)
        self.path(name).write_text(text)
        self.path(name).chmod(mode)

    def remove(self, *names: str) -> None:
        self.run("rm", "-rf", *names)

    def start(self, *command: str, **environment: str) -> subprocess.Popen[str]:
        environment = {"PATH": "/usr/sbin:/usr/bin:/sbin:/bin", "HOME": "/root", **environment}
        command = (*self._enter, *command)
        return subprocess.Popen(command, env=environment, umask=0o077, stdin=PIPE, stdout=PIPE, stderr=PIPE, text=True)

    def run(self, *command: str, **environment: str) -> subprocess.CompletedProcess[str]:
        with self.start(*command, **environment) as process:
            out, err = process.communicate(timeout=300)
        return subprocess.CompletedProcess(command, process.returncode, out, err)

    def install(self, *arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
        return self.run(f"{CHECKOUT}/packaging/install.sh", *arguments, **environment)

    def become(self, distribution: str) -> None:
        """Take on a distribution's mark, with stubs in the place of what would change it."""
        self.write("/etc/os-release", distribution)
        self.remove("/usr/sbin/dockerd", "/usr/bin/dockerd", "/usr/local/bin/dockerd")
        for name in ("apt-get", "dnf"):
            self.write(f"/usr/bin/{name}", PACKAGE_MANAGER, 0o755)
        self.write("/usr/bin/systemctl", STUB, 0o755)
        self.write("/usr/bin/curl", CURL, 0o755)
        self.write("/usr/bin/docker", DOCKER, 0o755)
        self.write("/usr/bin/python3", PYTHON, 0o755)

    def calls(self, *programs: str) -> list[str]:
        """Return how the stubs of those programs were called, in order."""
        notes = self.path("/calls")
        calls = notes.read_text().splitlines() if notes.exists() else []
        return [call for call in calls if call.split()[0] in programs]

    def answer(self, user: str = "root") -> str:
        """Return what the program says to that user."""
        return self.run("su", "-s", "/bin/sh", user, "-c", f"{LINKS[0]} version").stdout

    def answer_by_name(self, path: str) -> str:
        """Return what the program says where PATH is that one."""
        return self.run("env", "-i", f"PATH={path}", PROGRAM, "version").stdout

    def environments(self) -> list[str]:
        return sorted(folder.name for folder in self.path("/opt/credhelper").glob("venv-*"))


@contextmanager
def machine(mountpoint: Path) -> Iterator[Machine]:
    if os.geteuid() != 0:
        pytest.skip("needs root: the script is run on an overlay of this machine")
    command = ["unshare", "--mount", "sh", "-ec", ENTER, "sh", str(mountpoint)]
    with subprocess.Popen(command, stdin=PIPE, stdout=PIPE, text=True) as holder:
        assert holder.stdout is not None
        if holder.stdout.readline() != "ready\n":
            pytest.skip("needs mount namespaces and overlayfs")
        yield Machine(mountpoint, holder.pid)


def refusal(done: subprocess.CompletedProcess[str]) -> str:
    """Return the one sentence that a failed run said."""
    assert done.returncode != 0
    (sentence,) = done.stderr.splitlines()
    return sentence.replace("install.sh: ", "", 1)
