"""`packaging/install.sh`, run as root on a copy of this machine.

One installation is real (the fixture `installed_machine`). The others have stubs in the place of the programs that it
calls.
"""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

import pytest

from tests.packaging.machine import (
    AMAZON,
    CHECKOUT,
    DEBIAN,
    LINKS,
    PROGRAM,
    STUB_SCRIPT,
    TARGET,
    UBUNTU,
    Machine,
    parse_error,
)

ROOT = Path(__file__).parents[2]
SCRIPTS = ["packaging/install.sh", "packaging/start.sh", "tests/run.sh", "tests/requirements/lock.sh"]


def test_a_real_installation_answers_another_user(installed_machine: Machine) -> None:
    assert installed_machine.run_version("nobody").startswith(f"{PROGRAM} (credhelper)")


def test_a_real_installation_can_be_read_by_anyone(installed_machine: Machine) -> None:
    hidden = installed_machine.run("find", "/opt/credhelper", "!", "-perm", "-o+r").stdout
    assert hidden == ""


def test_a_real_installation_is_compiled_to_bytecode_that_is_not_hashed_again(installed_machine: Machine) -> None:
    (compiled,) = installed_machine.path_of("/opt/credhelper").glob("venv-*/lib/*/*/credhelper/__pycache__/__main__.*")
    assert compiled.read_bytes()[4:8] == bytes(4)  # PEP 552: checked by the source's time and size


def test_a_second_run_upgrades_in_place(debian: Machine) -> None:
    debian.install()
    result = debian.install(ask_release="2")
    assert (result.returncode, debian.run_version("nobody")) == (0, "release 2\n")


def test_only_the_environment_before_is_kept(debian: Machine) -> None:
    debian.install()
    (first_environment,) = debian.list_environments()
    debian.install()
    (second_environment,) = set(debian.list_environments()) - {first_environment}
    debian.install()
    (third_environment,) = set(debian.list_environments()) - {second_environment}
    assert third_environment != first_environment


def test_what_an_interrupted_run_left_is_cleared_away(debian: Machine) -> None:
    debian.write("/opt/credhelper/venv-half/bin/python", "")
    debian.install()
    assert "venv-half" not in debian.list_environments()
    assert debian.run_version() == "release 1\n"


def test_an_environment_that_lost_its_python_is_replaced(debian: Machine) -> None:
    debian.install()
    debian.run("sh", "-c", f"echo '#!/gone' >{TARGET}")
    debian.install()
    assert debian.run_version() == "release 1\n"


@pytest.mark.parametrize("fault", [{"ask_no_index": "1"}, {"ask_mode": "644"}])
def test_a_failed_upgrade_leaves_the_old_installation_working(debian: Machine, fault: dict[str, str]) -> None:
    debian.install()
    environments_before = debian.list_environments()
    assert debian.install(ask_release="2", **fault).returncode == 1
    assert debian.run_version() == "release 1\n"
    assert debian.list_environments() == environments_before


def test_a_failed_installation_shows_the_log_and_leaves_nothing(debian: Machine) -> None:
    result = debian.install(ask_no_index="1")
    assert result.returncode == 1
    assert "the index did not answer\n" in result.stderr
    assert not debian.path_of("/opt/credhelper").exists()
    assert [link for link in LINKS if debian.path_of(link).is_symlink()] == []


def test_the_package_manager_is_not_asked_for_what_is_there(debian: Machine) -> None:
    debian.write("/usr/sbin/dockerd", STUB_SCRIPT, 0o755)
    debian.install("--docker")
    assert debian.list_calls("apt-get", "dnf") == []


@pytest.mark.parametrize("distribution", [DEBIAN, UBUNTU])
def test_debian_and_ubuntu_install_venv_and_docker_by_apt(debian: Machine, distribution: str) -> None:
    debian.imitate(distribution)
    debian.path_of("/run/systemd/system").mkdir(parents=True)
    result = debian.install("--docker", ask_no_ensurepip="1")
    update, install = debian.list_calls("apt-get", "dnf", "systemctl")
    assert (result.returncode, update) == (0, "apt-get -q update")
    assert install.endswith(" install python3 python3-venv docker.io")


def test_amazon_linux_installs_by_dnf_and_starts_docker(debian: Machine) -> None:
    debian.imitate(AMAZON)
    debian.path_of("/run/systemd/system").mkdir(parents=True)
    result = debian.install("--docker", ask_no_ensurepip="1")
    assert (result.returncode, debian.list_calls("apt-get", "dnf", "systemctl")) == (
        0,
        ["dnf -qy install python3 docker", "systemctl enable --now docker"],
    )


def test_a_package_that_cannot_be_installed_ends_the_run(debian: Machine) -> None:
    message = parse_error(debian.install("--docker", ask_packages="100"))
    assert message.startswith("apt-get could not install docker.io:")
    assert not debian.path_of("/opt/credhelper").exists()


@pytest.mark.parametrize("release", ["ID=alpine\n", "ID=amzn\nVERSION_ID=2\n", "ID=fedora\nVERSION_ID=2023\n", ""])
def test_another_distribution_gets_other_instructions(debian: Machine, release: str) -> None:
    debian.write("/etc/os-release", release)
    message = parse_error(debian.install())
    assert message.startswith(f"not Debian, Ubuntu or Amazon Linux 2023: install {CHECKOUT} with pip")


def test_an_old_python_is_refused_before_anything_is_installed(debian: Machine) -> None:
    message = parse_error(debian.install("--docker", ask_old_python="1"))
    assert message.startswith("Python 3.8.10 is too old, Python 3.9 is needed:")
    assert debian.list_calls("apt-get") == []


def test_a_user_who_is_not_root_is_refused(debian: Machine) -> None:
    debian.run("chmod", "-R", "go=rX", CHECKOUT)
    result = debian.run("su", "-s", "/bin/sh", "nobody", "-c", f"{CHECKOUT}/packaging/install.sh")
    assert parse_error(result) == "this needs root: run it with sudo."


def test_two_runs_at_once_do_not_meet(debian: Machine) -> None:
    debian.install()
    with debian.start("flock", "/opt/credhelper", "sh", "-c", "echo held; exec cat") as holder:
        assert holder.stdout is not None
        assert holder.stdout.readline() == "held\n"
        result = debian.install()
        holder.communicate()
    assert parse_error(result) == "another run of this script is at work: wait until it has ended."


@pytest.mark.parametrize(
    ("arguments", "requirement"),
    [
        ([], CHECKOUT),
        (["--from", "srv/checkout/../a.whl"], "/srv/a.whl"),
    ],
)
def test_what_is_asked_for_is_what_pip_installs(debian: Machine, arguments: list[str], requirement: str) -> None:
    debian.write("/srv/a.whl", "")
    debian.install(*arguments)
    (pip,) = [call for call in debian.list_calls("python") if "-m pip install" in call]
    assert pip.split()[-1] == requirement


@pytest.mark.parametrize(
    "arguments", [["--from", "/gone"], ["--from", "credhelper"], ["--from"], ["--version", "1"], ["now"]]
)
def test_a_call_that_makes_no_sense_is_refused(debian: Machine, arguments: list[str]) -> None:
    result = debian.install(*arguments)
    assert (result.returncode, result.stderr.count("\n")) == (2, 1)


def test_a_script_without_a_checkout_asks_what_to_install(debian: Machine) -> None:
    debian.run("cp", f"{CHECKOUT}/packaging/install.sh", "/srv/install.sh")
    message = parse_error(debian.run("/srv/install.sh"))
    assert message == "this script stands in no checkout: say --from PATH."


def test_no_setting_of_the_caller_reaches_pip(debian: Machine) -> None:
    debian.install(
        PIP_INDEX_URL="https://index.invalid/",
        PIP_TARGET="/lost",
        PYTHONHOME="/lost",
        XDG_CONFIG_HOME="/lost",
    )
    names = {line.split("=")[0] for line in debian.path_of("/environment-of-pip").read_text().splitlines()}
    assert {name for name in names if name.startswith(("PIP_", "PYTHON", "XDG_"))} == set()


def test_the_report_names_the_entry_for_the_docker_settings(debian: Machine) -> None:
    assert '"ACCOUNT.dkr.ecr.REGION.amazonaws.com": "ecr"' in debian.install().stdout


def test_help_names_every_option(debian: Machine) -> None:
    result = debian.install("--help")
    assert (result.returncode, result.stderr) == (0, "")
    assert {"--from", "--docker", "--help"} <= set(result.stdout.replace("[", " ").split())


@pytest.mark.skipif(shutil.which("shellcheck") is None, reason="needs shellcheck")
@pytest.mark.parametrize("script", SCRIPTS)
def test_shellcheck_finds_nothing(script: str) -> None:
    result = subprocess.run(["shellcheck", str(ROOT / script)], stdout=subprocess.PIPE, text=True, check=False)
    assert (result.returncode, result.stdout) == (0, "")
