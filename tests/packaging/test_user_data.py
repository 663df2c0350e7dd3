"""`packaging/cloud-init.yaml`, whose script is run as root on a copy of this machine, with stubs."""

from __future__ import annotations

import hashlib
import re
import textwrap
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from tests.packaging.machine import HOME, LINKS, PROGRAM, TARGET

if TYPE_CHECKING:
    import subprocess

    from tests.packaging.machine import Machine

ROOT = Path(__file__).parents[2]
WHEEL = "credhelper-1-py3-none-any.whl"
FIELDS = {
    "account": "123456789012",
    "region": "eu-west-1",
    "image": "team/app:1",
    "wheel_url": f"https://files.example.com/{WHEEL}?signature=a/b&expires=9",
    "wheel_sha256": hashlib.sha256(b"the wheel").hexdigest(),
    "lock_url": "https://files.example.com/lock.txt",
    "lock_sha256": hashlib.sha256(b"the lock").hexdigest(),
}
REGISTRY = "123456789012.dkr.ecr.eu-west-1.amazonaws.com"
INSTALL_CALL = r"^python -I -m pip install -q (.*)$"


def build_script(**fields: str) -> str:
    """Return the script in the user data, the last thing in the file, with those fields filled in."""
    head, block = (ROOT / "packaging" / "cloud-init.yaml").read_text().split("runcmd:\n  - |\n")
    assert head.startswith("#cloud-config\n")
    for name, value in fields.items():
        block, count = re.subn(rf"^( *{name})=''", rf"\1='{value}'", block, flags=re.MULTILINE)
        assert count == 1, name
    return textwrap.dedent(block)


@pytest.fixture
def prepared_machine(debian: Machine) -> Machine:
    """Return a machine that can fetch the two files."""
    debian.write("/served/b&expires=9", "the wheel")  # the stub of curl looks for the end of the URL
    debian.write("/served/lock.txt", "the lock")
    return debian


def run_user_data(machine: Machine, **fields: str) -> subprocess.CompletedProcess[str]:
    return machine.run("env", "-u", "HOME", "sh", "-c", build_script(**{**FIELDS, **fields}))


@pytest.mark.parametrize(("manager", "missing"), [("apt-get", "dnf"), ("dnf", "apt-get")])
def test_user_data_runs_an_image_with_the_helper_in_place(
    prepared_machine: Machine, manager: str, missing: str
) -> None:
    prepared_machine.remove(f"/usr/bin/{missing}")
    result = run_user_data(prepared_machine)
    config = prepared_machine.path_of(f"{HOME}/.docker/config.json")
    assert result.returncode == 0, result.stderr
    assert any(call.startswith(manager) for call in prepared_machine.list_calls("apt-get", "dnf"))
    assert config.read_text() == f'{{"credHelpers": {{"{REGISTRY}": "ecr"}}}}\n'
    assert config.stat().st_mode & 0o777 == 0o600
    assert prepared_machine.list_calls("docker", f"HOME={HOME}") == [
        f"docker run --rm {REGISTRY}/team/app:1",
        f"HOME={HOME}",
    ]


def test_user_data_installs_what_is_hashed_and_the_wheel_alone(prepared_machine: Machine) -> None:
    run_user_data(prepared_machine)
    calls = "\n".join(prepared_machine.list_calls("python"))
    dependencies, wheel = re.findall(INSTALL_CALL, calls, flags=re.MULTILINE)
    assert re.fullmatch(r"--require-hashes --only-binary :all: -r /\S+/lock\.txt", dependencies)
    assert re.fullmatch(rf"--no-deps --no-index /\S+/{re.escape(WHEEL)}", wheel)


@pytest.mark.parametrize("empty", FIELDS)
def test_a_field_that_is_not_filled_in_is_named_before_anything_is_installed(
    prepared_machine: Machine, empty: str
) -> None:
    result = run_user_data(prepared_machine, **{empty: ""})
    assert result.returncode == 1
    assert result.stderr == f"{PROGRAM} is not installed: fill in these fields of the user data: {empty}\n"
    assert prepared_machine.list_calls("apt-get", "dnf", "curl", "python3") == []


def test_user_data_as_it_is_shipped_names_every_field(prepared_machine: Machine) -> None:
    result = prepared_machine.run("sh", "-c", build_script())
    assert result.returncode == 1
    assert result.stderr.endswith(f": {' '.join(FIELDS)}\n")


@pytest.mark.parametrize("file", ["wheel", "lock"])
@pytest.mark.parametrize("digest", ["0" * 64, "no digest", hashlib.sha256(b"").hexdigest()])
def test_a_file_that_is_another_one_is_not_installed(prepared_machine: Machine, file: str, digest: str) -> None:
    result = run_user_data(prepared_machine, **{f"{file}_sha256": digest})
    assert result.returncode == 1
    expected = f"{PROGRAM} is not installed: the SHA-256 of {FIELDS[f'{file}_url']} is not {digest}"
    assert result.stderr.splitlines()[-1] == expected
    assert not re.findall(INSTALL_CALL, "\n".join(prepared_machine.list_calls("python")), flags=re.MULTILINE)


def test_a_file_that_cannot_be_fetched_ends_the_run(prepared_machine: Machine) -> None:
    prepared_machine.remove("/served/lock.txt")
    assert run_user_data(prepared_machine).returncode != 0
    assert [link for link in LINKS if prepared_machine.path_of(link).is_symlink()] == []


def test_the_script_upgrades_what_user_data_installed(prepared_machine: Machine) -> None:
    run_user_data(prepared_machine)
    assert prepared_machine.install(ask_release="2").returncode == 0
    assert prepared_machine.run_version() == "release 2\n"


def test_user_data_does_not_overwrite_the_docker_settings(prepared_machine: Machine) -> None:
    prepared_machine.write(f"{HOME}/.docker/config.json", "mine")
    assert run_user_data(prepared_machine).returncode != 0
    assert prepared_machine.path_of(f"{HOME}/.docker/config.json").read_text() == "mine"


def test_user_data_makes_the_links_of_the_script(prepared_machine: Machine) -> None:
    run_user_data(prepared_machine)
    assert [str(prepared_machine.path_of(link).readlink()) for link in LINKS] == [TARGET, TARGET]
