"""The failures that users meet first: a one-line message for the client, and the cause and the fix for the user."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

import pytest

from tests.fake_ec2.services.routing import route_all_to
from tests.fake_ec2.services.server import listen
from tests.fake_ec2.services.tunnel import Tunnel
from tests.support.factories import list_cache_files
from tests.support.runner import HOST, NOT_FOUND, ProcessResult, parse_error, parse_login, run_get, run_helper

if TYPE_CHECKING:
    from pathlib import Path

    from tests.fake_ec2.services import Loopback

SECRET = "a-secret-of-somebody"
UNREACHABLE = "http://127.0.0.1:9"
KEYS: dict[str, str | None] = {"AWS_ACCESS_KEY_ID": "AKIAONE", "AWS_SECRET_ACCESS_KEY": SECRET}
BASE_PROFILE = f"[profile base]\naws_access_key_id = AKIAONE\naws_secret_access_key = {SECRET}\n"
ROLE = "arn:aws:iam::123456789012:role/app-role"
POLICY = "policy/AmazonEC2ContainerRegistryPullOnly"


def check_failure(result: ProcessResult) -> str:
    """Return what the user sees of a failure: the client's message, and a fix below it, but no secret."""
    message = parse_error(result)
    assert result.stdout != NOT_FOUND
    assert HOST in message
    assert f"\n  for   {HOST}\n" in result.stderr_text
    assert "\n  fix   " in result.stderr_text
    assert "[internal]" not in result.report
    assert SECRET not in result.stderr_text
    return result.report


@pytest.mark.parametrize(
    ("metadata", "cause", "fix"),
    [
        ("off", "metadata service is turned off", "--http-endpoint enabled"),
        ("no-role", "no role is attached", "aws ec2 associate-iam-instance-profile"),
        ("untrusted", "AssumeRoleUnauthorizedAccess", "ec2.amazonaws.com"),
        ("hop-limit", "hop limit is 1", "--http-put-response-hop-limit 2"),
        ("refused-token", "answered 401", "metadata options"),
    ],
)
def test_an_instance_without_credentials_reports_why(cloud: Loopback, metadata: str, cause: str, fix: str) -> None:
    cloud.configure(metadata=metadata)
    result = run_get()
    assert "no AWS credentials found" in parse_error(result)
    assert cause in parse_error(result)
    assert fix in check_failure(result)
    assert "~/.aws/credentials" in check_failure(result)


def test_a_machine_that_is_not_an_instance_reports_where_credentials_were_searched_for() -> None:
    result = run_get()
    assert "the instance metadata service did not respond" in parse_error(result)
    for location in ("the environment", "~/.aws/config", "~/.aws/credentials", "container", "instance metadata"):
        assert location in check_failure(result)


@pytest.mark.usefixtures("cloud")
def test_metadata_that_a_variable_disables_is_reported() -> None:
    result = run_get(AWS_EC2_METADATA_DISABLED="true")
    assert "AWS_EC2_METADATA_DISABLED" in parse_error(result)
    assert "unset AWS_EC2_METADATA_DISABLED" in check_failure(result)


def test_a_role_without_the_policy_is_named_with_the_line_that_attaches_it(cloud: Loopback) -> None:
    cloud.configure(policies={"app-role": False})
    result = run_get()
    assert ROLE in parse_error(result)
    assert "ecr:GetAuthorizationToken" in parse_error(result)
    assert "AmazonEC2ContainerRegistryReadOnly" in check_failure(result)
    line = f"        aws iam attach-role-policy --role-name app-role --policy-arn arn:aws:iam::aws:{POLICY}\n"
    assert line in result.stderr_text


def test_a_user_without_the_policy_is_named_with_the_line_that_attaches_it(cloud: Loopback) -> None:
    cloud.configure(policies={"AKIAONE": False})
    result = run_get(**KEYS)
    assert "arn:aws:iam::123456789012:user/AKIAONE" in parse_error(result)
    line = f"        aws iam attach-user-policy --user-name AKIAONE --policy-arn arn:aws:iam::aws:{POLICY}\n"
    assert line in result.stderr_text


def test_the_policy_arn_is_that_of_the_partition(cloud: Loopback) -> None:
    cloud.configure(policies={"app-role": False}, region="cn-north-1")
    result = run_get("123456789012.dkr.ecr.cn-north-1.amazonaws.com.cn")
    assert "arn:aws-cn:iam::123456789012:role/app-role" in parse_error(result)
    assert f"--role-name app-role --policy-arn arn:aws-cn:iam::aws:{POLICY}\n" in result.stderr_text


def test_after_the_policy_is_attached_the_same_get_works_with_nothing_cleared(cloud: Loopback) -> None:
    cloud.configure(policies={"app-role": False})
    assert run_get().status == 1
    cloud.configure(policies={"app-role": True})
    assert parse_login(run_get())["Username"] == "AWS"


def test_a_role_that_may_not_be_assumed_is_reported(cloud: Loopback, home: Path) -> None:
    cloud.configure(sts="deny")
    (home / ".aws").mkdir()
    role = "arn:aws:iam::210987654321:role/build"
    (home / ".aws" / "config").write_text(f"[default]\nrole_arn = {role}\nsource_profile = base\n{BASE_PROFILE}")
    result = run_get()
    assert "sts:AssumeRole" in parse_error(result)
    assert role in check_failure(result)


@pytest.mark.parametrize(("ecr", "fix"), [("expired", "renew them"), ("invalid", "replace them")])
def test_the_fix_for_credentials_that_aws_refuses_is_to_renew_them(cloud: Loopback, ecr: str, fix: str) -> None:
    cloud.configure(ecr=ecr)
    result = run_get()
    assert f"[credentials-{ecr}]" in check_failure(result)
    assert fix in check_failure(result)


def test_the_fix_for_a_wrong_clock_is_to_set_it(cloud: Loopback) -> None:
    cloud.configure(ecr="skewed")
    result = run_get()
    assert "AWS refused the request" in parse_error(result)
    assert "set the clock" in check_failure(result)


@pytest.mark.usefixtures("cloud")
def test_an_endpoint_that_refuses_the_connection_is_named() -> None:
    result = run_get(AWS_ENDPOINT_URL_ECR=UNREACHABLE)
    assert parse_error(result) == f"cannot connect to {UNREACHABLE} for {HOST}: connection refused [refused]"
    for hint in ("AWS_ENDPOINT_URL_ECR", "interface endpoint"):
        assert hint in check_failure(result)


def test_an_endpoint_that_never_answers_is_tried_twice(cloud: Loopback) -> None:
    cloud.configure(ecr="hang")
    result = run_get()
    assert "accepted the request and sent no response" in parse_error(result)
    assert re.search(r", after \d+ s\)", parse_error(result))
    assert cloud.endpoint in check_failure(result)
    assert cloud.count_calls()["ecr"] == 2


@pytest.mark.usefixtures("cloud")
def test_a_proxy_that_cannot_be_reached_is_named_without_its_password() -> None:
    result = run_get(AWS_ENDPOINT_URL_ECR="http://198.51.100.1", HTTP_PROXY=f"http://user:{SECRET}@127.0.0.1:9", **KEYS)
    assert "cannot connect to AWS through the proxy 127.0.0.1:9" in parse_error(result)
    assert "Connection refused" in check_failure(result)


def test_a_proxy_that_rejects_the_user_is_reported_with_its_status(cloud: Loopback) -> None:
    cloud.configure(proxy_users={"somebody": "right"})
    with listen(("127.0.0.1", 0), cloud, route_all_to("proxy"), handler=Tunnel) as port:
        proxy = f"http://somebody:{SECRET}@127.0.0.1:{port}"
        result = run_get(AWS_ENDPOINT_URL_ECR="https://198.51.100.1", HTTPS_PROXY=proxy, **KEYS)
    assert f"cannot connect to AWS through the proxy 127.0.0.1:{port}" in parse_error(result)
    assert "407" in check_failure(result)


@pytest.mark.parametrize("ecr", ["throttle", "throttle-429"])
def test_throttling_is_reported_as_such_and_tried_twice(cloud: Loopback, ecr: str) -> None:
    cloud.configure(ecr=ecr)
    result = run_get()
    assert "AWS throttled the request" in parse_error(result)
    assert "us-east-1" in parse_error(result)
    assert "try again" in check_failure(result)
    assert cloud.count_calls()["ecr"] == 2


def test_an_error_of_aws_is_quoted_and_the_fix_is_to_try_again(cloud: Loopback) -> None:
    cloud.configure(ecr="fail")
    result = run_get()
    assert "ServerException" in parse_error(result)
    assert "try again" in check_failure(result)


@pytest.mark.parametrize("ecr", ["garbled", "empty"])
def test_an_invalid_answer_is_not_a_token(cloud: Loopback, ecr: str) -> None:
    cloud.configure(ecr=ecr)
    assert "try again" in check_failure(run_get())


@pytest.mark.parametrize(
    "behaviour",
    [{"metadata": "no-role"}, {"ecr": "deny"}],
    ids=str,
)
def test_a_failure_leaves_no_token_and_is_not_remembered(
    cloud: Loopback, home: Path, behaviour: dict[str, Any]
) -> None:
    cloud.configure(**behaviour)
    assert run_get().status == 1
    assert all(path.name.startswith(".failure-") for path in list_cache_files(home))
    assert run_helper("list").stdout == b"{}\n"
    cloud.reset()
    assert parse_login(run_get())["Username"] == "AWS"
