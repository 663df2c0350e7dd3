"""The first failures, as the person meets them: one honest sentence for the client, the cause and the fix to read."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from tests.contract.process import HOST, NOT_FOUND, Done, get, helper, login, refusal
from tests.contract.seeds import entries
from tests.instance.services.places import only
from tests.instance.services.server import listening
from tests.instance.services.tunnel import Tunnel

if TYPE_CHECKING:
    from pathlib import Path

    from tests.instance.services import Loopback

SECRET = "a-secret-of-somebody"
NOWHERE = "http://127.0.0.1:9"
KEYS: dict[str, str | None] = {"AWS_ACCESS_KEY_ID": "AKIAONE", "AWS_SECRET_ACCESS_KEY": SECRET}
BASE_PROFILE = f"[profile base]\naws_access_key_id = AKIAONE\naws_secret_access_key = {SECRET}\n"
ROLE = "arn:aws:iam::123456789012:role/app-role"
POLICY = "policy/AmazonEC2ContainerRegistryPullOnly"


def told(done: Done) -> str:
    """Give what the person reads of a failure: the client's sentence is in it, the fix is below, no secret is."""
    sentence = refusal(done)
    assert done.stdout != NOT_FOUND
    assert HOST in sentence
    assert sentence in done.said
    assert done.said.count("\n") > 1, "there is no fix"
    assert "[internal]" not in done.said
    assert SECRET not in done.said
    return done.said


@pytest.mark.parametrize(
    ("metadata", "cause", "fix"),
    [
        ("off", "metadata is turned off", "--http-endpoint enabled"),
        ("no-role", "no role is attached", "aws ec2 associate-iam-instance-profile"),
        ("untrusted", "AssumeRoleUnauthorizedAccess", "ec2.amazonaws.com"),
        ("hop-limit", "hop limit of 1", "--http-put-response-hop-limit 2"),
        ("refused-token", "answers 401", "metadata options"),
    ],
)
def test_an_instance_without_credentials_says_why(cloud: Loopback, metadata: str, cause: str, fix: str) -> None:
    cloud.tell(metadata=metadata)
    done = get()
    assert "no AWS credentials were found" in refusal(done)
    assert cause in refusal(done)
    assert fix in told(done)
    assert "~/.aws/credentials" in told(done)


def test_a_machine_that_is_no_instance_says_where_credentials_were_looked_for() -> None:
    done = get()
    assert "no instance metadata answers here" in refusal(done)
    for place in ("environment variables", "~/.aws/config", "~/.aws/credentials", "container", "instance metadata"):
        assert place in told(done)


@pytest.mark.usefixtures("cloud")
def test_metadata_that_a_variable_disables_is_said_to_be() -> None:
    done = get(AWS_EC2_METADATA_DISABLED="true")
    assert "AWS_EC2_METADATA_DISABLED" in refusal(done)
    assert "unset AWS_EC2_METADATA_DISABLED" in told(done)


def test_a_role_without_the_policy_is_named_with_the_line_that_attaches_it(cloud: Loopback) -> None:
    cloud.tell(policies={"app-role": False})
    done = get()
    assert ROLE in refusal(done)
    assert "ecr:GetAuthorizationToken" in refusal(done)
    assert "AmazonEC2ContainerRegistryReadOnly" in told(done)
    line = f"aws iam attach-role-policy --role-name app-role --policy-arn arn:aws:iam::aws:{POLICY}\n"
    assert line in told(done)


def test_a_user_without_the_policy_is_named_with_the_line_that_attaches_it(cloud: Loopback) -> None:
    cloud.tell(policies={"AKIAONE": False})
    done = get(**KEYS)
    assert "arn:aws:iam::123456789012:user/AKIAONE" in refusal(done)
    assert f"aws iam attach-user-policy --user-name AKIAONE --policy-arn arn:aws:iam::aws:{POLICY}\n" in told(done)


def test_in_another_partition_the_policy_is_that_partition_s(cloud: Loopback) -> None:
    cloud.tell(policies={"app-role": False}, region="cn-north-1")
    done = get("123456789012.dkr.ecr.cn-north-1.amazonaws.com.cn")
    assert "arn:aws-cn:iam::123456789012:role/app-role" in refusal(done)
    assert f"--role-name app-role --policy-arn arn:aws-cn:iam::aws:{POLICY}\n" in done.said


def test_after_the_policy_is_attached_the_same_get_works_with_nothing_cleared(cloud: Loopback) -> None:
    cloud.tell(policies={"app-role": False})
    assert get().status == 1
    cloud.tell(policies={"app-role": True})
    assert login(get())["Username"] == "AWS"


def test_a_role_that_may_not_be_assumed_is_said_to_be(cloud: Loopback, home: Path) -> None:
    cloud.tell(sts="deny")
    (home / ".aws").mkdir()
    role = "arn:aws:iam::210987654321:role/build"
    (home / ".aws" / "config").write_text(f"[default]\nrole_arn = {role}\nsource_profile = base\n{BASE_PROFILE}")
    done = get()
    assert "sts:AssumeRole" in refusal(done)
    assert role in told(done)


@pytest.mark.parametrize("ecr", ["expired", "invalid"])
def test_credentials_that_aws_refuses_are_to_be_renewed(cloud: Loopback, ecr: str) -> None:
    cloud.tell(ecr=ecr)
    done = get()
    assert "AWS refused the credentials" in refusal(done)
    assert ecr in refusal(done)
    assert "renew" in told(done)


def test_a_clock_that_aws_finds_wrong_is_to_be_set(cloud: Loopback) -> None:
    cloud.tell(ecr="skewed")
    done = get()
    assert "AWS refused the request" in refusal(done)
    assert "set the clock" in told(done)


@pytest.mark.usefixtures("cloud")
def test_an_endpoint_that_refuses_is_named() -> None:
    done = get(AWS_ENDPOINT_URL_ECR=NOWHERE)
    assert f"{NOWHERE}, to be asked for a token of {HOST}, refused the connection" in refusal(done)
    for hint in ("AWS_ENDPOINT_URL_ECR", "interface endpoint"):
        assert hint in told(done)


def test_an_endpoint_that_never_answers_is_given_up_after_a_second_try(cloud: Loopback) -> None:
    cloud.tell(ecr="hang")
    done = get()
    assert "took the question and gave no answer" in refusal(done)
    assert "seconds" in refusal(done)
    assert cloud.endpoint in told(done)
    assert cloud.calls()["ecr"] == 2


@pytest.mark.usefixtures("cloud")
def test_a_proxy_that_cannot_be_reached_is_named_without_its_password() -> None:
    done = get(AWS_ENDPOINT_URL_ECR="http://198.51.100.1", HTTP_PROXY=f"http://user:{SECRET}@127.0.0.1:9", **KEYS)
    assert "the proxy 127.0.0.1:9 (HTTP_PROXY) did not connect to AWS" in refusal(done)
    assert "Connection refused" in told(done)


def test_a_proxy_that_knows_no_such_user_is_told_with_its_status(cloud: Loopback) -> None:
    cloud.tell(proxy_users={"somebody": "right"})
    with listening(("127.0.0.1", 0), cloud, only("proxy"), handler=Tunnel) as port:
        proxy = f"http://somebody:{SECRET}@127.0.0.1:{port}"
        done = get(AWS_ENDPOINT_URL_ECR="https://198.51.100.1", HTTPS_PROXY=proxy, **KEYS)
    assert f"the proxy 127.0.0.1:{port} (HTTPS_PROXY) did not connect to AWS" in refusal(done)
    assert "407" in told(done)


@pytest.mark.parametrize("ecr", ["throttle", "throttle-429"])
def test_throttling_is_called_that_and_tried_twice(cloud: Loopback, ecr: str) -> None:
    cloud.tell(ecr=ecr)
    done = get()
    assert "throttling" in refusal(done)
    assert "us-east-1" in refusal(done)
    assert "try again" in told(done)
    assert cloud.calls()["ecr"] == 2


def test_an_error_of_aws_is_quoted_and_to_be_tried_again(cloud: Loopback) -> None:
    cloud.tell(ecr="fail")
    done = get()
    assert "ServerException" in refusal(done)
    assert "try again" in told(done)


@pytest.mark.parametrize("ecr", ["garbled", "empty"])
def test_an_answer_that_is_none_is_no_token(cloud: Loopback, ecr: str) -> None:
    cloud.tell(ecr=ecr)
    assert "try again" in told(get())


@pytest.mark.parametrize(
    "behaviour",
    [{"metadata": "no-role"}, {"ecr": "deny"}],
    ids=str,
)
def test_a_failure_leaves_no_token_and_is_not_remembered(
    cloud: Loopback, home: Path, behaviour: dict[str, Any]
) -> None:
    cloud.tell(**behaviour)
    assert get().status == 1
    assert all(path.name.startswith(".setback-") for path in entries(home))
    assert helper("list").stdout == b"{}\n"
    cloud.reset()
    assert login(get())["Username"] == "AWS"
