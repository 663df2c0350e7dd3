"""The locks in tests/requirements agree with pyproject.toml; tests/requirements/lock.sh renews them."""

from __future__ import annotations

import re
from pathlib import Path
from typing import NamedTuple

import pytest
from packaging.requirements import Requirement

from credhelper.settings.toml import loads

ROOT = Path(__file__).parents[2]
PROJECT = loads((ROOT / "pyproject.toml").read_text())
PYTHONS = ("3.9", "3.10", "3.11", "3.12", "3.13")
# Each lock's dependency group, and the Pythons that it is for.
LOCKS = {
    "test": ("test", PYTHONS),
    "lowest": ("test", PYTHONS),
    "judged": ("judged", PYTHONS),
    "lint": ("lint", PYTHONS[2:]),
}
EACH = [(lock, python) for lock, (_, pythons) in LOCKS.items() for python in pythons]


class Pin(NamedTuple):
    requirement: Requirement
    direct: bool  # pyproject.toml asks for it
    hashed: bool


def text(lock: str) -> str:
    return (ROOT / "tests" / "requirements" / f"{lock}.txt").read_text()


def pins(lock: str) -> list[Pin]:
    blocks = re.split(r"^(?=\w)", text(lock), flags=re.MULTILINE)[1:]
    return [
        Pin(
            requirement=Requirement(block.split("\n", 1)[0].rstrip(" \\")),
            direct="credhelper (pyproject.toml" in block,
            hashed="--hash=sha256:" in block,
        )
        for block in blocks
    ]


def group(name: str) -> list[Requirement]:
    """Return the requirements of a dependency group, and of those that it includes."""
    found = []
    for entry in PROJECT["dependency-groups"][name]:
        found += [Requirement(entry)] if isinstance(entry, str) else group(entry["include-group"])
    return found


def required(lock: str) -> list[Requirement]:
    return [*map(Requirement, PROJECT["project"]["dependencies"]), *group(LOCKS[lock][0])]


def applies(requirement: Requirement, python: str) -> bool:
    environment = {"python_version": python, "python_full_version": f"{python}.5", "sys_platform": "linux"}
    return requirement.marker is None or requirement.marker.evaluate(environment)


def versions(lock: str, name: str, python: str) -> list[str]:
    """Return the versions that are locked for that Python; pip installs one."""
    found = [pin.requirement for pin in pins(lock) if pin.requirement.name == name]
    return [str(pin.specifier).replace("==", "") for pin in found if applies(pin, python)]


@pytest.mark.parametrize(("lock", "python"), EACH)
def test_a_lock_has_what_pyproject_requires(lock: str, python: str) -> None:
    wanted = [requirement for requirement in required(lock) if applies(requirement, python)]
    locked = {requirement: versions(lock, requirement.name, python) for requirement in wanted}
    assert {name for name, found in locked.items() if [*name.specifier.filter(found)] != found or not found} == set()


@pytest.mark.parametrize("lock", LOCKS)
def test_a_lock_has_nothing_that_pyproject_no_longer_requires(lock: str) -> None:
    direct = {pin.requirement.name for pin in pins(lock) if pin.direct}
    assert direct == {requirement.name for requirement in required(lock)}


@pytest.mark.parametrize("lock", LOCKS)
def test_every_locked_version_is_exact_and_hashed(lock: str) -> None:
    loose = [pin for pin in pins(lock) if not pin.hashed or not str(pin.requirement.specifier).startswith("==")]
    assert loose == []


@pytest.mark.parametrize("lock", LOCKS)
def test_a_lock_names_no_index_and_no_folder_of_a_machine(lock: str) -> None:
    assert re.findall(r"^.*(?:://|--index|--find-links|[ =]/).*$", text(lock), flags=re.MULTILINE) == []


@pytest.mark.parametrize("name", ["boto3", "botocore"])
def test_the_lowest_lock_has_the_lowest_version_that_pyproject_allows(name: str) -> None:
    (requirement,) = [entry for entry in required("lowest") if entry.name == name]
    assert versions("lowest", name, "3.9") == [str(requirement.specifier).replace(">=", "") + ".0"]


def test_the_build_backend_that_is_locked_is_the_one_that_builds() -> None:
    assert PROJECT["dependency-groups"]["build"] == PROJECT["build-system"]["requires"]


def test_the_tests_install_only_what_is_locked_and_the_wheel() -> None:
    calls = re.findall(r'pip"? ((?:install|wheel) .*)', (ROOT / "tests" / "run.sh").read_text())
    assert calls != []
    assert [call for call in calls if not {"--require-hashes", "--no-deps"} & set(call.split())] == []


def test_the_tests_build_the_wheel_with_the_locked_backend() -> None:
    calls = re.findall(r'pip"? (wheel .*)', (ROOT / "tests" / "run.sh").read_text())
    assert [call for call in calls if "--no-build-isolation" not in call.split()] == []
