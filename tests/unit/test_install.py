"""`packaging/install.sh` and `packaging/cloud-init.yaml`, run as root on a copy of this machine that is thrown away.

One installation is real (its own fixture). The others have stubs in the place of Python, pip and the package managers:
each writes down how it was called, and an `ask` variable makes it fail or changes what it installs.
"""

import os
import shutil
import subprocess
import textwrap
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
CHECKOUT = "/srv/checkout"
PROGRAM = "docker-credential-ecr"
LINK = f"/usr/local/bin/{PROGRAM}"
TARGET = f"/opt/credhelper/current/bin/{PROGRAM}"

DEBIAN = ("ID=debian\nVERSION_ID=12\n", "Defaults secure_path=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin\n")
UBUNTU = ('ID=ubuntu\nID_LIKE=debian\nVERSION_ID="24.04"\n', DEBIAN[1])
AMAZON = ('ID="amzn"\nVERSION_ID="2023"\n', "Defaults    secure_path = /sbin:/bin:/usr/sbin:/usr/bin\n")

STUB = """\
#!/bin/sh
echo "${0##*/} $*" >>/calls
"""
PACKAGE_MANAGER = STUB + 'case $* in *python3*) touch /ensurepip ;; esac; exit "${ask_packages:-0}"\n'
PYTHON = STUB + """\
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
    """This machine's files under an overlay in memory, in a mount namespace that lives as long as its `holder`."""

    def __init__(self, mountpoint: Path, holder: int) -> None:
        self._enter = ["nsenter", f"--mount=/proc/{holder}/ns/mnt", "chroot", f"{mountpoint}/root"]
        self._root = Path(f"/proc/{holder}/root{mountpoint}/root")
        self.remove("/opt/credhelper", LINK, f"/usr/bin/{PROGRAM}", "/calls", "/ensurepip", "/run/systemd/system")
        # Often mounted over the file that the overlay shows.
        self.write("/etc/resolv.conf", Path("/etc/resolv.conf").read_text())
        for name in ("LICENSE", "README.md", "pyproject.toml", "credhelper", "packaging"):
            self.run("mkdir", "-p", CHECKOUT)
            source, copy = ROOT / name, self.path(f"{CHECKOUT}/{name}")
            shutil.copytree(source, copy) if source.is_dir() else shutil.copy(source, copy)
        self.run("chmod", "-R", "go=", CHECKOUT)

    def path(self, name: str) -> Path:
        """The file of that name; links in it lead as they do outside the machine."""
        return self._root / name.lstrip("/")

    def write(self, name: str, text: str, mode: int = 0o644) -> None:
        self.remove(name)
        self.path(name).parent.mkdir(parents=True, exist_ok=True)
        self.path(name).write_text(text)
        self.path(name).chmod(mode)

    def remove(self, *names: str) -> None:
        self.run("rm", "-rf", *names)

    def start(self, *command: str, **environment: str) -> "subprocess.Popen[str]":
        environment = {"PATH": "/usr/sbin:/usr/bin:/sbin:/bin", "HOME": "/root", **environment}
        pipe = subprocess.PIPE
        return subprocess.Popen(
            [*self._enter, *command], env=environment, stdin=pipe, stdout=pipe, stderr=pipe, text=True, umask=0o077
        )

    def run(self, *command: str, **environment: str) -> "subprocess.CompletedProcess[str]":
        with self.start(*command, **environment) as process:
            out, err = process.communicate(timeout=300)
        return subprocess.CompletedProcess(command, process.returncode, out, err)

    def install(self, *arguments: str, **environment: str) -> "subprocess.CompletedProcess[str]":
        return self.run(f"{CHECKOUT}/packaging/install.sh", *arguments, **environment)

    def become(self, distribution: "tuple[str, str]") -> None:
        """A distribution's marks, and stubs that leave nothing to the real one."""
        release, sudoers = distribution
        self.write("/etc/os-release", release)
        self.write("/etc/sudoers", sudoers)
        self.remove("/usr/sbin/dockerd", "/usr/bin/dockerd", "/usr/local/bin/dockerd", "/etc/sudoers.d")
        for name in ("apt-get", "dnf"):
            self.write(f"/usr/bin/{name}", PACKAGE_MANAGER, 0o755)
        for name in ("systemctl", "docker"):
            self.write(f"/usr/bin/{name}", STUB, 0o755)
        self.write("/usr/bin/python3", PYTHON, 0o755)

    def calls(self, *programs: str) -> "list[str]":
        """How the stubs of those programs were called, in order."""
        calls = self.path("/calls").read_text().splitlines()
        return [call for call in calls if call.split()[0] in programs]

    def answer(self, user: str = "root") -> str:
        """What the program says to that user."""
        return self.run("su", "-s", "/bin/sh", user, "-c", f"{LINK} version").stdout

    def environments(self) -> "list[str]":
        return sorted(folder.name for folder in self.path("/opt/credhelper").glob("venv-*"))


def machine(mountpoint: Path) -> Iterator[Machine]:
    if os.geteuid() != 0:
        pytest.skip("needs root: the script is run on an overlay of this machine")
    pipe = subprocess.PIPE
    command = ["unshare", "--mount", "sh", "-ec", ENTER, "sh", str(mountpoint)]
    with subprocess.Popen(command, stdin=pipe, stdout=pipe, text=True) as holder:
        assert holder.stdin is not None
        assert holder.stdout is not None
        if holder.stdout.readline() != "ready\n":
            pytest.skip("needs mount namespaces and overlayfs")
        yield Machine(mountpoint, holder.pid)
        holder.stdin.close()


@pytest.fixture
def debian(tmp_path: Path) -> Iterator[Machine]:
    for this in machine(tmp_path):
        this.become(DEBIAN)
        yield this


@pytest.fixture(scope="module")
def installed(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Machine]:
    """The checkout really installed, with a umask, variables and file modes that would spoil it."""
    for this in machine(tmp_path_factory.mktemp("machine")):
        proxies = {name: value for name, value in os.environ.items() if name.lower().endswith("_proxy")}
        hostile = {"PIP_INDEX_URL": "https://index.invalid/", "PIP_TARGET": "/lost", "SOURCE_DATE_EPOCH": "1"}
        done = this.install(PYTHONPATH=CHECKOUT, **hostile, **proxies)
        assert done.returncode == 0, done.stderr
        yield this


def test_a_real_installation_answers_another_user(installed: Machine) -> None:
    assert installed.answer("nobody").startswith(f"{PROGRAM} (credhelper)")


def test_a_real_installation_can_be_read_by_everybody(installed: Machine) -> None:
    hidden = installed.run("find", "/opt/credhelper", "!", "-perm", "-o+r").stdout
    assert hidden == ""


def test_a_real_installation_is_compiled_to_bytecode_that_is_not_hashed_again(installed: Machine) -> None:
    (compiled,) = installed.path("/opt/credhelper").glob("venv-*/lib/python3*/site-packages/credhelper/__pycache__/__main__.*")
    assert compiled.read_bytes()[4:8] == bytes(4)


def test_a_second_run_upgrades_in_place(debian: Machine) -> None:
    debian.install()
    again = debian.install(ask_release="2")
    assert (again.returncode, debian.answer("nobody")) == (0, "release 2\n")
    assert os.readlink(debian.path(LINK)) == TARGET


def test_only_the_environment_before_is_kept(debian: Machine) -> None:
    for _ in range(3):
        before = debian.environments()
        debian.install()
    assert len(debian.environments()) == 2
    assert len(set(before) & set(debian.environments())) == 1


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
def test_a_failed_upgrade_leaves_the_old_installation_working(debian: Machine, fault: "dict[str, str]") -> None:
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


@pytest.mark.parametrize("make", [f"echo mine >{LINK}", f"ln -s /bin/true {LINK}", f"ln -s /gone {LINK}"])
def test_what_somebody_else_put_in_the_link_s_place_is_refused(debian: Machine, make: str) -> None:
    debian.run("sh", "-c", make)
    look = ("ls", "-l", "--full-time", LINK)
    before = debian.run(*look).stdout
    refused = debian.install()
    assert refused.stderr == f"install.sh: {LINK} is somebody else's: move it away and run this again.\n"
    assert (debian.run(*look).stdout, debian.path("/opt/credhelper").exists()) == (before, False)


def test_the_package_manager_is_not_asked_for_what_is_there(debian: Machine) -> None:
    debian.write("/usr/sbin/dockerd", STUB, 0o755)
    debian.install("--docker")
    assert debian.calls("apt-get", "dnf") == []


@pytest.mark.parametrize("distribution", [DEBIAN, UBUNTU])
def test_debian_and_ubuntu_install_venv_and_docker_by_apt(debian: Machine, distribution: "tuple[str, str]") -> None:
    debian.become(distribution)
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
    assert [os.readlink(debian.path(link)) for link in (LINK, f"/usr/bin/{PROGRAM}")] == [TARGET, TARGET]


def test_where_sudo_looks_into_usr_local_there_is_one_link(debian: Machine) -> None:
    debian.install()
    assert not debian.path(f"/usr/bin/{PROGRAM}").is_symlink()


def test_a_package_that_cannot_be_installed_ends_the_run(debian: Machine) -> None:
    failed = debian.install("--docker", ask_packages="100")
    assert failed.returncode == 1
    assert failed.stderr.startswith("install.sh: apt-get could not install docker.io:")
    assert not debian.path("/opt/credhelper").exists()


@pytest.mark.parametrize(
    ("prepare", "fault", "sentence"),
    [
        ("echo ID=alpine >/etc/os-release", {}, "neither Debian, Ubuntu nor Amazon Linux 2023"),
        ("printf 'ID=amzn\\nVERSION_ID=2\\n' >/etc/os-release", {}, "neither Debian, Ubuntu nor Amazon Linux 2023"),
        ("rm /etc/os-release", {}, "neither Debian, Ubuntu nor Amazon Linux 2023"),
        (":", {"ask_old_python": "1"}, "Python 3.8.10 is too old"),
    ],
)
def test_an_unfit_machine_is_told_so_in_one_sentence(
    debian: Machine, prepare: str, fault: "dict[str, str]", sentence: str
) -> None:
    debian.run("sh", "-c", prepare)
    refused = debian.install(**fault)
    assert (refused.returncode, refused.stderr.count("\n")) == (1, 1)
    assert sentence in refused.stderr
    assert not debian.path("/opt/credhelper").exists()


def test_a_user_who_is_not_root_is_told_so(debian: Machine) -> None:
    debian.run("chmod", "-R", "go=rX", CHECKOUT)
    refused = debian.run("su", "-s", "/bin/sh", "nobody", "-c", f"{CHECKOUT}/packaging/install.sh")
    assert (refused.returncode, refused.stderr) == (1, "install.sh: this needs root: run it with sudo.\n")


def test_two_runs_at_once_do_not_meet(debian: Machine) -> None:
    debian.install()
    with debian.start("flock", "/opt/credhelper", "sh", "-c", "echo held; exec cat") as other:
        assert other.stdout is not None
        assert other.stdout.readline() == "held\n"
        refused = debian.install()
        other.communicate()
    assert refused.stderr == "install.sh: another run of this script is at work: wait until it has ended.\n"


@pytest.mark.parametrize(
    ("arguments", "requirement"),
    [
        ([], CHECKOUT),
        (["--version", "1.2.3"], "credhelper==1.2.3"),
        (["--from", "srv/checkout/../a.whl"], "/srv/a.whl"),
    ],
)
def test_what_is_asked_for_is_what_pip_installs(debian: Machine, arguments: "list[str]", requirement: str) -> None:
    debian.write("/srv/a.whl", "")
    debian.install(*arguments)
    (pip,) = [call for call in debian.calls("python") if "-m pip install" in call]
    assert pip.split()[-1] == requirement


@pytest.mark.parametrize("arguments", [["--from", "/gone"], ["--from"], ["--version", ""], ["--verison=1"], ["now"]])
def test_a_call_that_makes_no_sense_is_refused(debian: Machine, arguments: "list[str]") -> None:
    refused = debian.install(*arguments)
    assert (refused.returncode, refused.stderr.count("\n")) == (2, 1)


def test_a_script_without_a_checkout_asks_what_to_install(debian: Machine) -> None:
    debian.run("cp", f"{CHECKOUT}/packaging/install.sh", "/srv/install.sh")
    refused = debian.run("/srv/install.sh")
    assert refused.stderr == "install.sh: this script stands in no checkout: say --version X or --from PATH.\n"


def test_no_setting_of_the_caller_reaches_pip(debian: Machine) -> None:
    debian.install(PIP_INDEX_URL="https://index.invalid/", PIP_TARGET="/lost", PYTHONHOME="/lost", XDG_CONFIG_HOME="/lost")
    seen = {line.split("=")[0] for line in debian.path("/environment-of-pip").read_text().splitlines()}
    assert {name for name in seen if name.startswith(("PIP_", "PYTHON", "XDG_"))} == set()


def test_the_report_names_the_entry_for_docker_s_settings(debian: Machine) -> None:
    assert '"ACCOUNT.dkr.ecr.REGION.amazonaws.com": "ecr"' in debian.install().stdout


def test_help_names_every_option(debian: Machine) -> None:
    shown = debian.install("--help")
    assert (shown.returncode, shown.stderr) == (0, "")
    assert {"--version", "--from", "--docker", "--help"} <= set(shown.stdout.replace("[", " ").split())


def user_data() -> str:
    """The script in the user data: the one block of the file, and the last thing in it."""
    head, block = (ROOT / "packaging" / "cloud-init.yaml").read_text().split("runcmd:\n  - |\n")
    assert head.startswith("#cloud-config\n")
    return textwrap.dedent(block)


@pytest.mark.parametrize(("distribution", "manager"), [(DEBIAN, "apt-get"), (AMAZON, "dnf")])
def test_user_data_runs_an_image_with_the_helper_in_place(
    debian: Machine, distribution: "tuple[str, str]", manager: str
) -> None:
    debian.remove("/root/.docker", "/usr/bin/apt-get", "/usr/bin/dnf")
    debian.write(f"/usr/bin/{manager}", PACKAGE_MANAGER, 0o755)
    done = debian.run("sh", "-c", user_data())
    config = debian.path("/root/.docker/config.json")
    assert done.returncode == 0, done.stderr
    assert config.read_text() == '{"credHelpers": {"ACCOUNT.dkr.ecr.REGION.amazonaws.com": "ecr"}}\n'
    assert config.stat().st_mode & 0o777 == 0o600
    assert debian.calls("docker") == ["docker run --rm ACCOUNT.dkr.ecr.REGION.amazonaws.com/IMAGE:TAG"]


def test_the_script_upgrades_what_user_data_installed(debian: Machine) -> None:
    debian.remove("/root/.docker")
    debian.run("sh", "-c", user_data())
    assert debian.install(ask_release="2").returncode == 0
    assert debian.answer() == "release 2\n"


def test_user_data_does_not_overwrite_docker_s_settings(debian: Machine) -> None:
    debian.write("/root/.docker/config.json", "mine")
    assert debian.run("sh", "-c", user_data()).returncode != 0
    assert debian.path("/root/.docker/config.json").read_text() == "mine"


@pytest.mark.skipif(shutil.which("shellcheck") is None, reason="needs shellcheck")
@pytest.mark.parametrize("shell", ["sh", "dash"])
def test_shellcheck_finds_nothing(shell: str) -> None:
    command = ["shellcheck", f"--shell={shell}", str(ROOT / "packaging" / "install.sh")]
    found = subprocess.run(command, stdout=subprocess.PIPE, text=True, check=False)
    assert (found.returncode, found.stdout) == (0, "")
