"""What the person reads when AWS gives no token: on the client's own output, with what to do about it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.e2e.clients import APP, CREDS_STORE, configure_docker, count_new_calls, output_of, pull
from tests.support.reports import flatten

if TYPE_CHECKING:
    from tests.fake_ec2 import Instance

ROLE = "arn:aws:iam::123456789012:role/app-role"
POLICY = "AmazonEC2ContainerRegistryPullOnly"
ATTACH_COMMAND = f"aws iam attach-role-policy --role-name app-role --policy-arn arn:aws:iam::aws:policy/{POLICY}"

# What metadata does: what the person reads of the cause, and of the fix.
NO_CREDENTIALS = {
    "off": (
        "the instance metadata service is turned off",
        "modify-instance-metadata-options",
    ),
    "no-role": ("no role is attached to this instance", "associate-iam-instance-profile"),
    "hop-limit": ("when the IMDS hop limit is 1", "--http-put-response-hop-limit 2"),
    "untrusted": ("app-role", "allow the service ec2.amazonaws.com in the trust policy"),
    "silent": ("the instance metadata service did not respond", "allow access to 169.254.169.254"),
}
TIMEOUT = 30  # seconds; a person who waits, and no measure of speed


@pytest.mark.parametrize(
    "client", [["docker", "pull"], ["docker", "run", "--rm"], ["podman", "pull"], ["buildah", "pull"]], ids=" ".join
)
def test_a_role_without_the_policy_is_named_with_the_policy_to_attach(
    clean_instance: Instance, client: list[str]
) -> None:
    clean_instance.control.configure(policies={"app-role": False})
    result = clean_instance.run([*client, APP])
    assert result.returncode != 0
    assert ROLE in output_of(result)
    assert "ecr:GetAuthorizationToken" in output_of(result)
    assert ATTACH_COMMAND in output_of(result)


def test_a_repository_of_another_account_reports_its_missing_policy_itself(clean_instance: Instance) -> None:
    clean_instance.control.configure(repositories={"210987654321": False})
    configure_docker(clean_instance, CREDS_STORE)
    result = pull(clean_instance, APP.replace("123456789012", "210987654321"))
    assert result.returncode != 0
    assert "denied: User: arn:aws:sts::123456789012:assumed-role/app-role/" in result.stderr
    assert "because no resource-based policy allows the ecr:BatchGetImage action" in result.stderr


def test_once_the_policy_is_attached_the_same_pull_works_with_nothing_cleared(clean_instance: Instance) -> None:
    clean_instance.control.configure(policies={"app-role": False})
    assert pull(clean_instance).returncode != 0
    clean_instance.control.configure(policies={"app-role": True})
    result = pull(clean_instance)
    assert result.returncode == 0, output_of(result)
    assert result.stderr == ""


@pytest.mark.parametrize("metadata", NO_CREDENTIALS)
def test_an_instance_without_credentials_reports_why_and_what_to_do(clean_instance: Instance, metadata: str) -> None:
    clean_instance.control.configure(metadata=metadata)
    result = clean_instance.run(["docker", "pull", APP], timeout=TIMEOUT)
    assert result.returncode != 0
    report = flatten(output_of(result))
    assert [part for part in NO_CREDENTIALS[metadata] if part not in report] == [], report


def test_metadata_that_is_turned_on_again_is_asked_at_the_next_pull(clean_instance: Instance) -> None:
    clean_instance.control.configure(metadata="off")
    assert pull(clean_instance).returncode != 0
    clean_instance.control.configure(metadata="on")
    count_new_calls(clean_instance)
    assert pull(clean_instance).returncode == 0
    assert count_new_calls(clean_instance)["ecr"] == 1
