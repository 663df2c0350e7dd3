"""The lock files in tests/requirements agree with pyproject.toml; tests/requirements/lock.sh updates them."""

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
# The dependency group of each lock file, and its versions of Python.
LOCKS = {
    "test": ("test", PYTHONS),
    "lowest": ("test", PYTHONS),
    "moto": ("moto", PYTHONS),
    "lint": ("lint", PYTHONS[2:]),
}
LOCKS_BY_PYTHON = [(lock, python) for lock, (_, pythons) in LOCKS.items() for python in pythons]


class Pin(NamedTuple):
    requirement: Requirement
    is_direct: bool  # required by pyproject.toml itself
    is_hashed: bool


def read_lock(lock: str) -> str:
    return (ROOT / "tests" / "requirements" / f"{lock}.txt").read_text()


def parse_pins(lock: str) -> list[Pin]:
    blocks = re.split(r"^(?=\w)", read_lock(lock), flags=re.MULTILINE)[1:]
    return [
        Pin(
            requirement=Requirement(block.split("\n", 1)[0].rstrip(" \\")),
            is_direct="credhelper (pyproject.toml" in block,
            is_hashed="--hash=sha256:" in block,
        )
        for block in blocks
    ]


def list_group(name: str) -> list[Requirement]:
    """Return the requirements of a dependency group, and of those that it includes."""
    requirements = []
    for entry in PROJECT["dependency-groups"][name]:
        requirements += [Requirement(entry)] if isinstance(entry, str) else list_group(entry["include-group"])
    return requirements


def list_required(lock: str) -> list[Requirement]:
    return [*map(Requirement, PROJECT["project"]["dependencies"]), *list_group(LOCKS[lock][0])]


def is_for_python(requirement: Requirement, python: str) -> bool:
    environment = {"python_version": python, "python_full_version": f"{python}.5", "sys_platform": "linux"}
    return requirement.marker is None or requirement.marker.evaluate(environment)


def list_versions(lock: str, name: str, python: str) -> list[str]:
    """Return the versions that are locked for that Python; pip installs one of them."""
    matching_pins = [pin.requirement for pin in parse_pins(lock) if pin.requirement.name == name]
    return [str(pin.specifier).replace("==", "") for pin in matching_pins if is_for_python(pin, python)]


@pytest.mark.parametrize(("lock", "python"), LOCKS_BY_PYTHON)
def test_a_lock_has_what_pyproject_requires(lock: str, python: str) -> None:
    wanted = [requirement for requirement in list_required(lock) if is_for_python(requirement, python)]
    locked = {requirement: list_versions(lock, requirement.name, python) for requirement in wanted}
    assert {
        requirement
        for requirement, versions in locked.items()
        if [*requirement.specifier.filter(versions)] != versions or not versions
    } == set()


@pytest.mark.parametrize("lock", LOCKS)
def test_a_lock_has_nothing_that_pyproject_no_longer_requires(lock: str) -> None:
    direct = {pin.requirement.name for pin in parse_pins(lock) if pin.is_direct}
    assert direct == {requirement.name for requirement in list_required(lock)}


@pytest.mark.parametrize("lock", LOCKS)
def test_every_locked_version_is_exact_and_hashed(lock: str) -> None:
    loose = [
        pin for pin in parse_pins(lock) if not pin.is_hashed or not str(pin.requirement.specifier).startswith("==")
    ]
    assert loose == []


@pytest.mark.parametrize("lock", LOCKS)
def test_a_lock_names_no_index_and_no_directory_of_a_machine(lock: str) -> None:
    assert re.findall(r"^.*(?:://|--index|--find-links|[ =]/).*$", read_lock(lock), flags=re.MULTILINE) == []


@pytest.mark.parametrize("name", ["boto3", "botocore"])
def test_the_lowest_lock_has_the_lowest_version_that_pyproject_allows(name: str) -> None:
    (requirement,) = [entry for entry in list_required("lowest") if entry.name == name]
    assert list_versions("lowest", name, "3.9") == [str(requirement.specifier).replace(">=", "") + ".0"]


def test_the_build_backend_that_is_locked_is_the_one_that_builds() -> None:
    assert PROJECT["dependency-groups"]["build"] == PROJECT["build-system"]["requires"]


def test_the_tests_install_only_what_is_locked_and_the_wheel() -> None:
    calls = re.findall(r'pip"? ((?:install|wheel) .*)', (ROOT / "tests" / "run.sh").read_text())
    assert calls != []
    assert [call for call in calls if not {"--require-hashes", "--no-deps"} & set(call.split())] == []


def test_the_tests_build_the_wheel_with_the_locked_backend() -> None:
    calls = re.findall(r'pip"? (wheel .*)', (ROOT / "tests" / "run.sh").read_text())
    assert [call for call in calls if "--no-build-isolation" not in call.split()] == []
