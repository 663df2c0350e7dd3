"""Each error is caused, and is reported as the error catalog has it."""

from __future__ import annotations

import contextlib
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from credhelper.ecr.token import CredentialSource
from credhelper.error_catalog.catalog import ERROR_KINDS
from tests.contract.factories import create_entry
from tests.contract.runner import PROGRAM, parse_error, parse_login, run_program
from tests.contract.test_background import make_role_source
from tests.errors.scenario import SECRET, Sandbox, Scenario
from tests.errors.scenarios import SCENARIOS

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.fake_ec2.services import Loopback

README = Path(__file__).parents[2] / "README.md"
TRANSIENT_IDS = {row.id for row in ERROR_KINDS if row.is_transient}
BY_ID = {scenario.id: scenario for scenario in SCENARIOS}

# Settings are read, and what a client sent is, before any token is looked for.
AWS_REQUESTS = [scenario for scenario in SCENARIOS if scenario.is_aws_request]

# Whoever has a token waits two seconds, and what takes longer to be found is late; on a busy machine anything does.
PATIENT_GET = (
    *(sys.executable, "-I", "-c"),
    (
        f"from credhelper import __main__, timeouts; timeouts.STALE_REFRESH_TIMEOUT = 60; "
        f"__main__.run(['{PROGRAM}', 'get'])"
    ),
)


@pytest.fixture
def sandbox(cloud: Loopback, home: Path) -> Iterator[Sandbox]:
    with contextlib.ExitStack() as stack:
        yield Sandbox(cloud, home, stack)


def format_stdout(id_: str, message: str) -> str:
    """Return what the error catalog has for standard output."""
    template = next(row.stdout for row in ERROR_KINDS if row.id == id_)
    return "" if template == "nothing" else f"{template.strip('`') if template.startswith('`') else message}\n"


@pytest.mark.parametrize("scenario", SCENARIOS, ids=[scenario.id for scenario in SCENARIOS])
def test_a_failure_is_reported_by_what_was_found(scenario: Scenario, sandbox: Sandbox) -> None:
    result = run_program(scenario.command, scenario.stdin, **scenario.set_up(sandbox))
    first_line, _, steps = result.stderr_text.partition("\n")
    assert first_line.endswith(f" [{scenario.id}]"), first_line
    message = first_line[len("docker-credential-ecr: ") : -len(f" [{scenario.id}]")]
    assert (result.status, result.stdout.decode()) == (
        1,
        scenario.output_before.format(sandbox.home) + format_stdout(scenario.id, message),
    )
    assert [part for part in scenario.message_parts if part not in message] == [], message
    assert [part for part in scenario.fix_parts if part not in steps] == [], steps
    assert all(step.startswith("  ") and step.strip() for step in steps.splitlines())
    assert steps
    assert SECRET not in result.stderr_text


@pytest.mark.parametrize("scenario", AWS_REQUESTS, ids=[scenario.id for scenario in AWS_REQUESTS])
def test_a_stale_token_serves_during_an_outage_and_nothing_else(
    scenario: Scenario, sandbox: Sandbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    source = make_role_source(sandbox.cloud)
    changes = scenario.set_up(sandbox)
    for name, value in changes.items():
        monkeypatch.delenv(name, raising=False) if value is None else monkeypatch.setenv(name, value)
    time.sleep(
        0.05
    )  # the kernel's clock for files ticks: an entry that depends on a file which has just changed is not cached
    create_entry(
        scenario.stdin.decode(), hours_ago=7, source=CredentialSource() if "AWS_ACCESS_KEY_ID" in changes else source
    )
    is_patient = scenario.id != "timed-out"
    result = run_program((*scenario.command[:-2], *PATIENT_GET) if is_patient else scenario.command, scenario.stdin)
    if scenario.id in TRANSIENT_IDS:
        assert parse_login(result)["Secret"] == "seeded"
        assert "the token at hand serves" in result.stderr_text
    else:
        assert parse_error(result)
    assert f"[{scenario.id}]" in result.stderr_text


def test_the_readme_shows_what_is_printed(sandbox: Sandbox) -> None:
    scenario = BY_ID["policy-missing"]
    assert (
        run_program(scenario.command, scenario.stdin, **scenario.set_up(sandbox)).stderr_text.strip()
        in README.read_text()
    )
