"""Each error is caused, and is reported with the texts of the error catalog."""

from __future__ import annotations

import contextlib
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from credhelper.cli.error_text import MAX_LINE_LENGTH
from credhelper.ecr.token import CredentialSource
from credhelper.error_catalog.catalog import ERROR_KINDS
from tests.contract.test_background import make_role_source
from tests.errors.scenario import SECRET, Sandbox, Scenario
from tests.errors.scenarios import SCENARIOS
from tests.support.factories import create_entry
from tests.support.runner import PROGRAM, parse_error, parse_login, run_program

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.fake_ec2.services import Loopback

README = Path(__file__).parents[2] / "README.md"
TRANSIENT_IDS = {row.id for row in ERROR_KINDS if row.is_transient}
BY_ID = {scenario.id: scenario for scenario in SCENARIOS}

# The settings and the request are checked before a token is looked for.
AWS_REQUESTS = [scenario for scenario in SCENARIOS if scenario.is_aws_request]

# With a stale token, a `get` waits two seconds for AWS. On a busy machine, finding any error takes longer than that.
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


def unwrap(report: str) -> str:
    """Return `report` with each paragraph on one line."""
    return report.replace(f"\n{' ' * 8}", " ")


def is_expected(stdout: str, id_: str) -> bool:
    """Return whether the catalog describes standard output like this."""
    description = next(row.stdout for row in ERROR_KINDS if row.id == id_)
    if description == "nothing":
        return stdout == ""
    if description.startswith("`"):
        return stdout == f"{description.strip('`')}\n"
    return stdout.endswith(f" [{id_}]\n") and stdout.count("\n") == 1 and len(stdout) <= MAX_LINE_LENGTH + 1


@pytest.mark.parametrize("scenario", SCENARIOS, ids=[scenario.id for scenario in SCENARIOS])
def test_a_failure_is_reported_by_what_was_found(scenario: Scenario, sandbox: Sandbox) -> None:
    result = run_program(scenario.command, scenario.stdin, **scenario.set_up(sandbox))
    report, stdout = unwrap(result.stderr_text), result.stdout.decode()
    output_before = scenario.output_before.format(sandbox.home)
    assert result.status == 1
    assert stdout.startswith(output_before)
    assert is_expected(stdout[len(output_before) :], scenario.id), stdout
    assert report.rstrip().endswith(scenario.id), report
    assert "\n  fix   " in report
    assert [part for part in (*scenario.message_parts, *scenario.fix_parts) if part not in report] == [], report
    assert SECRET not in stdout + report


@pytest.mark.parametrize("scenario", AWS_REQUESTS, ids=[scenario.id for scenario in AWS_REQUESTS])
def test_a_stale_token_serves_during_an_outage_and_nothing_else(
    scenario: Scenario, sandbox: Sandbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    source = make_role_source(sandbox.cloud)
    changes = scenario.set_up(sandbox)
    for name, value in changes.items():
        monkeypatch.delenv(name, raising=False) if value is None else monkeypatch.setenv(name, value)
    # File times have a resolution of some milliseconds: an entry that depends on a newer file is not cached.
    time.sleep(0.05)
    create_entry(
        scenario.stdin.decode(), hours_ago=7, source=CredentialSource() if "AWS_ACCESS_KEY_ID" in changes else source
    )
    is_patient = scenario.id != "timed-out"
    result = run_program((*scenario.command[:-2], *PATIENT_GET) if is_patient else scenario.command, scenario.stdin)
    if scenario.id in TRANSIENT_IDS:
        assert parse_login(result)["Secret"] == "seeded"
        assert "using the cached token (valid for another " in result.stderr_text
    else:
        assert parse_error(result).endswith(f" [{scenario.id}]")


def test_the_readme_shows_what_is_printed(sandbox: Sandbox) -> None:
    scenario = BY_ID["policy-missing"]
    assert (
        run_program(scenario.command, scenario.stdin, **scenario.set_up(sandbox)).stderr_text.strip()
        in README.read_text()
    )
