"""`packaging/install.sh` and `packaging/cloud-init.yaml`, run as root on a copy of this machine.

One installation is real (the fixture `installed`). The others have stubs in the place of Python, pip and the
package managers: each notes how it was called, and a variable `ask_...` makes it fail or changes its answer.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import textwrap
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
LINK = f"/usr/local/bin/{PROGRAM}"
TARGET = f"/opt/credhelper/current/bin/{PROGRAM}"

SCRIPTS = ["packaging/install.sh", "packaging/start.sh", "tests/run.sh", "tests/requirements/lock.sh"]

# What /etc/os-release and /etc/sudoers say.
DEBIAN = ("ID=debian\nVERSION_ID=12\n", "Defaults secure_path=/usr/local/bin:/usr/sbin:/usr/bin\n")
UBUNTU = ('ID=ubuntu\nID_LIKE=debian\nVERSION_ID="24.04"\n', DEBIAN[1])
AMAZON = ('ID="amzn"\nVERSION_ID="2023"\n', "Defaults    secure_path = /sbin:/bin:/usr/sbin:/usr/bin\n")

STUB = """\
#!/bin/sh
echo "${0##*/} $*" >>/calls
"""
DOCKER = STUB + 'echo "HOME=$HOME" >>/calls\n'
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
        self.remove("/opt/credhelper", LINK, f"/usr/bin/{PROGRAM}", "/root/.docker", "/run/systemd/system")
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

    def become(self, distribution: tuple[str, str]) -> None:
        """Take on a distribution's marks, with stubs in the place of what would change it."""
        release, sudoers = distribution
        self.write("/etc/os-release", release)
        self.write("/etc/sudoers", sudoers)
        self.remove("/usr/sbin/dockerd", "/usr/bin/dockerd", "/usr/local/bin/dockerd", "/etc/sudoers.d")
        for name in ("apt-get", "dnf"):
            self.write(f"/usr/bin/{name}", PACKAGE_MANAGER, 0o755)
        self.write("/usr/bin/systemctl", STUB, 0o755)
        self.write("/usr/bin/docker", DOCKER, 0o755)
        self.write("/usr/bin/python3", PYTHON, 0o755)

    def calls(self, *programs: str) -> list[str]:
        """Return how the stubs of those programs were called, in order."""
        calls = self.path("/calls").read_text().splitlines()
        return [call for call in calls if call.split()[0] in programs]

    def answer(self, user: str = "root") -> str:
        """Return what the program says to that user."""
        return self.run("su", "-s", "/bin/sh", user, "-c", f"{LINK} version").stdout

    def environments(self) -> list[str]:
        return sorted(folder.name for folder in self.path("/opt/credhelper").glob("venv-*"))


def refusal(done: subprocess.CompletedProcess[str]) -> str:
    """Return the one sentence that a failed run said."""
    assert done.returncode != 0
    (sentence,) = done.stderr.splitlines()
    return sentence.replace("install.sh: ", "", 1)


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


@pytest.fixture
def debian(tmp_path: Path) -> Iterator[Machine]:
    with machine(tmp_path) as this:
        this.become(DEBIAN)
        yield this


@pytest.fixture(scope="module")
def installed(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Machine]:
    """Install the checkout, with file modes, a umask and variables that would spoil it."""
    proxies = {name: value for name, value in os.environ.items() if name.lower().endswith("_proxy")}
    hostile = {"PIP_INDEX_URL": "https://index.invalid/", "PIP_TARGET": "/lost", "SOURCE_DATE_EPOCH": "1"}
    with machine(tmp_path_factory.mktemp("machine")) as this:
        done = this.install(PYTHONPATH=CHECKOUT, **hostile, **proxies)
        assert done.returncode == 0, done.stderr
        yield this


def test_a_real_installation_answers_another_user(installed: Machine) -> None:
    assert installed.answer("nobody").startswith(f"{PROGRAM} (credhelper)")


def test_a_real_installation_can_be_read_by_everybody(installed: Machine) -> None:
    hidden = installed.run("find", "/opt/credhelper", "!", "-perm", "-o+r").stdout
    assert hidden == ""


def test_a_real_installation_is_compiled_to_bytecode_that_is_not_hashed_again(installed: Machine) -> None:
    (compiled,) = installed.path("/opt/credhelper").glob("venv-*/lib/*/*/credhelper/__pycache__/__main__.*")
    assert compiled.read_bytes()[4:8] == bytes(4)  # PEP 552: checked by the source's time and size


def test_a_second_run_upgrades_in_place(debian: Machine) -> None:
    debian.install()
    again = debian.install(ask_release="2")
    assert (again.returncode, debian.answer("nobody")) == (0, "release 2\n")
    assert str(debian.path(LINK).readlink()) == TARGET


def test_only_the_environment_before_is_kept(debian: Machine) -> None:
    debian.install()
    (first,) = debian.environments()
    debian.install()
    (second,) = set(debian.environments()) - {first}
    debian.install()
    (third,) = set(debian.environments()) - {second}
    assert third != first


def test_what_an_interrupted_run_left_is_cleared_away(debian: Machine) -> None:
    debian.write("/opt/credhelper/venv-half/bin/python", "")
    debian.install()
    assert "venv-half" not in debian.environments()
    assert debian.answer() == "release 1\n"


def test_an_environment_that_lost_its_python_is_replaced(debian: Machine) -> None:
    debian.install()
    debian.run("sh", "-c", f"echo '#!/gone' >{TARGET}")
    debian.install()
    assert debian.answer() == "release 1\n"


@pytest.mark.parametrize("fault", [{"ask_no_index": "1"}, {"ask_mode": "644"}])
def test_a_failed_upgrade_leaves_the_old_installation_working(debian: Machine, fault: dict[str, str]) -> None:
    debian.install()
    before = debian.environments()
    assert debian.install(ask_release="2", **fault).returncode == 1
    assert debian.answer() == "release 1\n"
    assert debian.environments() == before


def test_a_failed_installation_shows_the_log_and_leaves_nothing(debian: Machine) -> None:
    failed = debian.install(ask_no_index="1")
    assert failed.returncode == 1
    assert "the index did not answer\n" in failed.stderr
    assert not debian.path("/opt/credhelper").exists()
    assert not debian.path(LINK).is_symlink()


@pytest.mark.parametrize("make", ["touch", "mkdir", "ln -s /bin/true", "ln -s /gone"])
def test_what_somebody_else_put_in_the_link_s_place_is_refused(debian: Machine, make: str) -> None:
    debian.run("sh", "-c", f"{make} {LINK}")
    look = ("ls", "-ld", "--full-time", LINK)
    before = debian.run(*look).stdout
    assert refusal(debian.install()) == f"{LINK} is somebody else's: move it away and run this again."
    assert (debian.run(*look).stdout, debian.path("/opt/credhelper").exists()) == (before, False)


def test_the_package_manager_is_not_asked_for_what_is_there(debian: Machine) -> None:
    debian.write("/usr/sbin/dockerd", STUB, 0o755)
    debian.install("--docker")
    assert debian.calls("apt-get", "dnf") == []


@pytest.mark.parametrize("distribution", [DEBIAN, UBUNTU])
def test_debian_and_ubuntu_install_venv_and_docker_by_apt(debian: Machine, distribution: tuple[str, str]) -> None:
    debian.become(distribution)
    debian.path("/run/systemd/system").mkdir(parents=True)
    done = debian.install("--docker", ask_no_ensurepip="1")
    update, install = debian.calls("apt-get", "dnf", "systemctl")
    assert (done.returncode, update) == (0, "apt-get -q update")
    assert install.endswith(" install python3 python3-venv docker.io")


def test_amazon_linux_installs_by_dnf_and_starts_docker(debian: Machine) -> None:
    debian.become(AMAZON)
    debian.path("/run/systemd/system").mkdir(parents=True)
    done = debian.install("--docker", ask_no_ensurepip="1")
    assert (done.returncode, debian.calls("apt-get", "dnf", "systemctl")) == (
        0,
        ["dnf -qy install python3 docker", "systemctl enable --now docker"],
    )


def test_where_sudo_does_not_look_into_usr_local_a_second_link_is_made(debian: Machine) -> None:
    debian.become(AMAZON)
    debian.install()
    assert [str(debian.path(link).readlink()) for link in (LINK, f"/usr/bin/{PROGRAM}")] == [TARGET, TARGET]


def test_where_sudo_looks_into_usr_local_there_is_one_link(debian: Machine) -> None:
    debian.install()
    assert not debian.path(f"/usr/bin/{PROGRAM}").is_symlink()


def test_a_package_that_cannot_be_installed_ends_the_run(debian: Machine) -> None:
    sentence = refusal(debian.install("--docker", ask_packages="100"))
    assert sentence.startswith("apt-get could not install docker.io:")
    assert not debian.path("/opt/credhelper").exists()


@pytest.mark.parametrize("release", ["ID=alpine\n", "ID=amzn\nVERSION_ID=2\n", "ID=fedora\nVERSION_ID=2023\n", ""])
def test_another_distribution_is_told_what_to_do_instead(debian: Machine, release: str) -> None:
    debian.write("/etc/os-release", release)
    sentence = refusal(debian.install())
    assert sentence.startswith("neither Debian, Ubuntu nor Amazon Linux 2023: pip install")


def test_an_old_python_is_refused_before_anything_is_installed(debian: Machine) -> None:
    sentence = refusal(debian.install("--docker", ask_old_python="1"))
    assert sentence.startswith("Python 3.8.10 is too old, Python 3.9 is needed:")
    assert debian.calls("apt-get") == []


def test_a_user_who_is_not_root_is_told_so(debian: Machine) -> None:
    debian.run("chmod", "-R", "go=rX", CHECKOUT)
    refused = debian.run("su", "-s", "/bin/sh", "nobody", "-c", f"{CHECKOUT}/packaging/install.sh")
    assert refusal(refused) == "this needs root: run it with sudo."


def test_two_runs_at_once_do_not_meet(debian: Machine) -> None:
    debian.install()
    with debian.start("flock", "/opt/credhelper", "sh", "-c", "echo held; exec cat") as other:
        assert other.stdout is not None
        assert other.stdout.readline() == "held\n"
        refused = debian.install()
        other.communicate()
    assert refusal(refused) == "another run of this script is at work: wait until it has ended."


@pytest.mark.parametrize(
    ("arguments", "requirement"),
    [
        ([], CHECKOUT),
        (["--version", "1.2.3"], "credhelper==1.2.3"),
        (["--from", "srv/checkout/../a.whl"], "/srv/a.whl"),
    ],
)
def test_what_is_asked_for_is_what_pip_installs(debian: Machine, arguments: list[str], requirement: str) -> None:
    debian.write("/srv/a.whl", "")
    debian.install(*arguments)
    (pip,) = [call for call in debian.calls("python") if "-m pip install" in call]
    assert pip.split()[-1] == requirement


@pytest.mark.parametrize("arguments", [["--from", "/gone"], ["--from"], ["--version", ""], ["--verison=1"], ["now"]])
def test_a_call_that_makes_no_sense_is_refused(debian: Machine, arguments: list[str]) -> None:
    refused = debian.install(*arguments)
    assert (refused.returncode, refused.stderr.count("\n")) == (2, 1)


def test_a_script_without_a_checkout_asks_what_to_install(debian: Machine) -> None:
    debian.run("cp", f"{CHECKOUT}/packaging/install.sh", "/srv/install.sh")
    sentence = refusal(debian.run("/srv/install.sh"))
    assert sentence == "this script stands in no checkout: say --version X or --from PATH."


def test_no_setting_of_the_caller_reaches_pip(debian: Machine) -> None:
    debian.install(
        PIP_INDEX_URL="https://index.invalid/",
        PIP_TARGET="/lost",
        PYTHONHOME="/lost",
        XDG_CONFIG_HOME="/lost",
    )
    seen = {line.split("=")[0] for line in debian.path("/environment-of-pip").read_text().splitlines()}
    assert {name for name in seen if name.startswith(("PIP_", "PYTHON", "XDG_"))} == set()


def test_the_report_names_the_entry_for_docker_s_settings(debian: Machine) -> None:
    assert '"ACCOUNT.dkr.ecr.REGION.amazonaws.com": "ecr"' in debian.install().stdout


def test_help_names_every_option(debian: Machine) -> None:
    shown = debian.install("--help")
    assert (shown.returncode, shown.stderr) == (0, "")
    assert {"--version", "--from", "--docker", "--help"} <= set(shown.stdout.replace("[", " ").split())


def user_data() -> str:
    """Return the script in the user data: the one block of the file, and the last thing in it."""
    head, block = (ROOT / "packaging" / "cloud-init.yaml").read_text().split("runcmd:\n  - |\n")
    assert head.startswith("#cloud-config\n")
    return textwrap.dedent(block)


@pytest.mark.parametrize(("manager", "missing"), [("apt-get", "dnf"), ("dnf", "apt-get")])
def test_user_data_runs_an_image_with_the_helper_in_place(debian: Machine, manager: str, missing: str) -> None:
    debian.remove(f"/usr/bin/{missing}")
    done = debian.run("env", "-u", "HOME", "sh", "-c", user_data())
    config = debian.path("/root/.docker/config.json")
    assert done.returncode == 0, done.stderr
    assert any(call.startswith(manager) for call in debian.calls("apt-get", "dnf"))
    assert config.read_text() == '{"credHelpers": {"ACCOUNT.dkr.ecr.REGION.amazonaws.com": "ecr"}}\n'
    assert config.stat().st_mode & 0o777 == 0o600
    assert debian.calls("docker", "HOME=/root") == [
        "docker run --rm ACCOUNT.dkr.ecr.REGION.amazonaws.com/IMAGE:TAG",
        "HOME=/root",
    ]


def test_the_script_upgrades_what_user_data_installed(debian: Machine) -> None:
    debian.run("sh", "-c", user_data())
    assert debian.install(ask_release="2").returncode == 0
    assert debian.answer() == "release 2\n"


def test_user_data_does_not_overwrite_docker_s_settings(debian: Machine) -> None:
    debian.write("/root/.docker/config.json", "mine")
    assert debian.run("sh", "-c", user_data()).returncode != 0
    assert debian.path("/root/.docker/config.json").read_text() == "mine"


@pytest.mark.skipif(shutil.which("shellcheck") is None, reason="needs shellcheck")
@pytest.mark.parametrize("script", SCRIPTS)
def test_shellcheck_finds_nothing(script: str) -> None:
    found = subprocess.run(["shellcheck", str(ROOT / script)], stdout=subprocess.PIPE, text=True, check=False)
    assert (found.returncode, found.stdout) == (0, "")
