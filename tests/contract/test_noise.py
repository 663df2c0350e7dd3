"""Standard output holds the answer and nothing else, whatever Python, a dependency or a child prints."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from tests.support.factories import create_entry
from tests.support.runner import HOST, parse_error, parse_login, run_get, run_helper

if TYPE_CHECKING:
    from pathlib import Path

    from tests.fake_ec2.services import Loopback

NOISY_VARIABLES = [
    ("PYTHONWARNINGS", "error"),
    ("PYTHONWARNINGS", "always"),
    ("PYTHONVERBOSE", "1"),
    ("PYTHONDEVMODE", "1"),
]
UNUSUAL_VARIABLES = [
    ("PYTHONWARNINGS", "nonsense"),
    ("PYTHONPROFILEIMPORTTIME", "1"),
    ("PYTHONINSPECT", "1"),
    ("PYTHONOPTIMIZE", "2"),
    ("PYTHONIOENCODING", "utf-16"),
    ("LC_ALL", "C"),
    ("LC_ALL", "nonsense"),
    ("TZ", "nonsense"),
]
KEYS = json.dumps({"Version": 1, "AccessKeyId": "AKIAPROGRAM", "SecretAccessKey": "hidden"})


@pytest.mark.usefixtures("cloud")
@pytest.mark.parametrize(("name", "value"), NOISY_VARIABLES)
def test_an_exchange_prints_its_answer_alone(name: str, value: str) -> None:
    assert parse_login(run_get(**{name: value}))["ServerURL"] == HOST


@pytest.mark.parametrize(("name", "value"), [*NOISY_VARIABLES, *UNUSUAL_VARIABLES])
def test_a_hit_prints_its_answer_alone(name: str, value: str) -> None:
    create_entry()
    assert parse_login(run_get(**{name: value}))["Secret"] == "seeded"


@pytest.mark.parametrize(("name", "value"), NOISY_VARIABLES[1:3])
def test_a_failure_prints_its_message_alone(name: str, value: str) -> None:
    assert "no AWS credentials" in parse_error(run_get(**{name: value}))


@pytest.fixture
def program(home: Path) -> Path:
    """Return a credential_process that prints on both of its streams."""
    path = home / "program"
    path.write_text(f"#!/bin/sh\necho noise >&2\necho '{KEYS}'\n")
    path.chmod(0o700)
    (home / ".aws").mkdir()
    (home / ".aws" / "config").write_text(f"[default]\ncredential_process = {path}\n")
    return path


@pytest.mark.usefixtures("cloud", "program")
def test_the_output_of_a_credential_process_does_not_reach_the_answer() -> None:
    assert parse_login(run_get())["Username"] == "AWS"


@pytest.mark.usefixtures("cloud")
def test_a_credential_process_cannot_write_into_the_answer(program: Path) -> None:
    program.write_text(f"#!/bin/sh\necho noise >/proc/$PPID/fd/1\necho '{KEYS}'\n")
    assert parse_login(run_get())["Username"] == "AWS"


@pytest.mark.usefixtures("cloud")
def test_a_credential_process_that_prints_no_keys_is_reported(program: Path) -> None:
    program.write_text("#!/bin/sh\necho noise\n")
    assert "credentials" in parse_error(run_get())


def test_a_credential_process_is_not_run_again_for_a_hit(cloud: Loopback, program: Path, home: Path) -> None:
    program.write_text(f"#!/bin/sh\necho run >>{home}/runs\necho '{KEYS}'\n")
    first = run_get()
    assert run_get().stdout == first.stdout
    assert (home / "runs").read_text() == "run\n"
    assert cloud.count_calls()["ecr"] == 1


def test_a_list_is_not_disturbed_by_warnings() -> None:
    create_entry()
    assert json.loads(run_helper("list", PYTHONWARNINGS="always").stdout) == {HOST: "AWS"}
