"""ECR Public, where a pull works without a login: whatever fails, "not found" lets the client pull anonymously."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from tests.contract.test_failures import BASE_PROFILE
from tests.support.factories import list_cache_files
from tests.support.runner import NO_CALLS, NOT_FOUND, PUBLIC, ProcessResult, parse_login, run_get, run_helper

if TYPE_CHECKING:
    from pathlib import Path

    from tests.fake_ec2.services import Loopback

FAULTS: dict[str, dict[str, str]] = {
    "a denial": {"ecr_public": "deny"},
    "no credentials": {"metadata": "no-role"},
    "expired credentials": {"ecr_public": "expired"},
    "an outage": {"ecr_public": "fail"},
    "nonsense": {"ecr_public": "garbled"},
    "no token": {"ecr_public": "empty"},
}


def is_anonymous(result: ProcessResult) -> bool:
    return (result.status, result.stdout) == (1, NOT_FOUND)


@pytest.mark.parametrize("fault", FAULTS.values(), ids=FAULTS)
def test_a_failure_leads_to_an_anonymous_pull_and_one_line(cloud: Loopback, fault: dict[str, Any]) -> None:
    cloud.configure(**fault)
    result = run_get(PUBLIC)
    assert is_anonymous(result)
    assert result.stderr_text.count("\n") == 1
    assert PUBLIC in result.stderr_text


@pytest.mark.parametrize("fault", [FAULTS["a denial"], FAULTS["an outage"]], ids=str)
def test_the_next_anonymous_pull_calls_nothing_and_prints_nothing(cloud: Loopback, fault: dict[str, Any]) -> None:
    cloud.configure(**fault)
    run_get(PUBLIC)
    cloud.forget()
    result = run_get(PUBLIC)
    assert is_anonymous(result)
    assert result.stderr == b""
    assert cloud.count_calls() == NO_CALLS


@pytest.mark.usefixtures("cloud")
def test_an_endpoint_that_refuses_leads_to_an_anonymous_pull() -> None:
    assert is_anonymous(run_get(PUBLIC, AWS_ENDPOINT_URL_ECR_PUBLIC="http://127.0.0.1:9"))


@pytest.mark.parametrize("setting", [{"AWS_PROFILE": "nowhere"}, {"AWS_ENDPOINT_URL_ECR_PUBLIC": "nowhere"}], ids=str)
@pytest.mark.usefixtures("cloud")
def test_an_invalid_setting_leads_to_an_anonymous_pull(setting: dict[str, str]) -> None:
    assert is_anonymous(run_get(PUBLIC, **setting))


@pytest.mark.usefixtures("cloud")
def test_a_role_that_requires_a_code_leads_to_an_anonymous_pull(home: Path) -> None:
    (home / ".aws").mkdir()
    role = "role_arn = arn:aws:iam::123456789012:role/build\nsource_profile = base\n"
    mfa = "mfa_serial = arn:aws:iam::123456789012:mfa/somebody\n"
    (home / ".aws" / "config").write_text(f"[default]\n{role}{mfa}{BASE_PROFILE}")
    assert is_anonymous(run_get(PUBLIC))


def test_the_dual_stack_name_is_pulled_from_anonymously_too(cloud: Loopback) -> None:
    cloud.configure(ecr_public="deny")
    assert is_anonymous(run_get("ecr-public.aws.com"))


def test_an_anonymous_answer_is_not_used_for_another_identity(cloud: Loopback) -> None:
    cloud.configure(policies={"app-role": False})
    assert is_anonymous(run_get(PUBLIC))
    assert (
        parse_login(run_get(PUBLIC, AWS_ACCESS_KEY_ID="AKIAONE", AWS_SECRET_ACCESS_KEY="hidden"))["Username"] == "AWS"
    )


def test_an_erase_makes_the_next_get_call_aws_again(cloud: Loopback) -> None:
    cloud.configure(ecr_public="deny")
    run_get(PUBLIC)
    cloud.reset()
    assert is_anonymous(run_get(PUBLIC))
    run_helper("erase", stdin=PUBLIC.encode())
    assert parse_login(run_get(PUBLIC))["ServerURL"] == PUBLIC


def test_a_pull_without_a_cache_can_be_anonymous_too(cloud: Loopback, home: Path) -> None:
    cloud.configure(ecr_public="deny")
    assert is_anonymous(run_get(PUBLIC, AWS_ECR_DISABLE_CACHE="1"))
    assert list_cache_files(home) == []
