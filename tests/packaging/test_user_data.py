"""`packaging/cloud-init.yaml`, whose script is run as root on a copy of this machine, with stubs."""

from __future__ import annotations

import hashlib
import re
import textwrap
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from tests.packaging.machine import LINKS, PROGRAM, TARGET

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
INSTALLS = r"^python -I -m pip install -q (.*)$"


def script(**fields: str) -> str:
    """Return the script in the user data, the last thing in the file, with those fields filled in."""
    head, block = (ROOT / "packaging" / "cloud-init.yaml").read_text().split("runcmd:\n  - |\n")
    assert head.startswith("#cloud-config\n")
    for name, value in fields.items():
        block, count = re.subn(rf"^( *{name})=''", rf"\1='{value}'", block, flags=re.MULTILINE)
        assert count == 1, name
    return textwrap.dedent(block)


@pytest.fixture
def blank(debian: Machine) -> Machine:
    """Return a machine that can fetch the two files."""
    debian.write("/served/b&expires=9", "the wheel")  # the stub of curl looks for the end of the URL
    debian.write("/served/lock.txt", "the lock")
    return debian


def boot(machine: Machine, **fields: str) -> subprocess.CompletedProcess[str]:
    return machine.run("env", "-u", "HOME", "sh", "-c", script(**{**FIELDS, **fields}))


@pytest.mark.parametrize(("manager", "missing"), [("apt-get", "dnf"), ("dnf", "apt-get")])
def test_user_data_runs_an_image_with_the_helper_in_place(blank: Machine, manager: str, missing: str) -> None:
    blank.remove(f"/usr/bin/{missing}")
    done = boot(blank)
    config = blank.path("/root/.docker/config.json")
    assert done.returncode == 0, done.stderr
    assert any(call.startswith(manager) for call in blank.calls("apt-get", "dnf"))
    assert config.read_text() == f'{{"credHelpers": {{"{REGISTRY}": "ecr"}}}}\n'
    assert config.stat().st_mode & 0o777 == 0o600
    assert blank.calls("docker", "HOME=/root") == [f"docker run --rm {REGISTRY}/team/app:1", "HOME=/root"]


def test_user_data_installs_what_is_hashed_and_the_wheel_alone(blank: Machine) -> None:
    boot(blank)
    calls = "\n".join(blank.calls("python"))
    dependencies, wheel = re.findall(INSTALLS, calls, flags=re.MULTILINE)
    assert re.fullmatch(r"--require-hashes --only-binary :all: -r /\S+/lock\.txt", dependencies)
    assert re.fullmatch(rf"--no-deps --no-index /\S+/{re.escape(WHEEL)}", wheel)


@pytest.mark.parametrize("empty", FIELDS)
def test_a_field_that_is_not_filled_in_is_named_before_anything_is_installed(blank: Machine, empty: str) -> None:
    refused = boot(blank, **{empty: ""})
    assert refused.returncode == 1
    assert refused.stderr == f"{PROGRAM} is not installed: fill in these fields of the user data: {empty}\n"
    assert blank.calls("apt-get", "dnf", "curl", "python3") == []


def test_user_data_as_it_is_shipped_names_every_field(blank: Machine) -> None:
    refused = blank.run("sh", "-c", script())
    assert refused.returncode == 1
    assert refused.stderr.endswith(f": {' '.join(FIELDS)}\n")


@pytest.mark.parametrize("file", ["wheel", "lock"])
@pytest.mark.parametrize("digest", ["0" * 64, "no digest", hashlib.sha256(b"").hexdigest()])
def test_a_file_that_is_another_one_is_not_installed(blank: Machine, file: str, digest: str) -> None:
    refused = boot(blank, **{f"{file}_sha256": digest})
    assert refused.returncode == 1
    expected = f"{PROGRAM} is not installed: the SHA-256 of {FIELDS[f'{file}_url']} is not {digest}"
    assert refused.stderr.splitlines()[-1] == expected
    assert not re.findall(INSTALLS, "\n".join(blank.calls("python")), flags=re.MULTILINE)


def test_a_file_that_cannot_be_fetched_ends_the_run(blank: Machine) -> None:
    blank.remove("/served/lock.txt")
    assert boot(blank).returncode != 0
    assert [link for link in LINKS if blank.path(link).is_symlink()] == []


def test_the_script_upgrades_what_user_data_installed(blank: Machine) -> None:
    boot(blank)
    assert blank.install(ask_release="2").returncode == 0
    assert blank.answer() == "release 2\n"


def test_user_data_does_not_overwrite_docker_s_settings(blank: Machine) -> None:
    blank.write("/root/.docker/config.json", "mine")
    assert boot(blank).returncode != 0
    assert blank.path("/root/.docker/config.json").read_text() == "mine"


def test_user_data_makes_the_links_of_the_script(blank: Machine) -> None:
    boot(blank)
    assert [str(blank.path(link).readlink()) for link in LINKS] == [TARGET, TARGET]
