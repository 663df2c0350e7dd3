"""What the person reads when AWS gives no token: on the client's own output, with what to do about it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.e2e.clients import APP, CREDS_STORE, asked, configure, pull, seen

if TYPE_CHECKING:
    from tests.instance import Instance

ROLE = "arn:aws:iam::123456789012:role/app-role"
POLICY = "AmazonEC2ContainerRegistryPullOnly"
ATTACH = f"aws iam attach-role-policy --role-name app-role --policy-arn arn:aws:iam::aws:policy/{POLICY}"

# What metadata does: what the person reads of the cause, and of the fix.
NO_CREDENTIALS = {
    "off": ("instance metadata is turned off", "modify-instance-metadata-options --instance-id ID --http-endpoint"),
    "no-role": ("no role is attached to this instance", "associate-iam-instance-profile"),
    "hop-limit": ("behind a hop limit of 1", "--http-put-response-hop-limit 2"),
    "untrusted": ("app-role", "its trust policy must name the service ec2.amazonaws.com"),
    "silent": ("no instance metadata answers here", "let 169.254.169.254 through the firewall"),
}
PATIENCE = 30  # seconds; a person who waits, and no measure of speed


@pytest.mark.parametrize(
    "client", [["docker", "pull"], ["docker", "run", "--rm"], ["podman", "pull"], ["buildah", "pull"]], ids=" ".join
)
def test_a_role_without_the_policy_is_named_with_the_policy_to_attach(wiped: Instance, client: list[str]) -> None:
    wiped.control.tell(policies={"app-role": False})
    done = wiped.run([*client, APP])
    assert done.returncode != 0
    assert ROLE in seen(done)
    assert "ecr:GetAuthorizationToken" in seen(done)
    assert ATTACH in seen(done)


def test_a_repository_of_another_account_says_itself_that_its_policy_is_missing(wiped: Instance) -> None:
    wiped.control.tell(repositories={"210987654321": False})
    configure(wiped, CREDS_STORE)
    done = pull(wiped, APP.replace("123456789012", "210987654321"))
    assert done.returncode != 0
    assert "denied: User: arn:aws:sts::123456789012:assumed-role/app-role/" in done.stderr
    assert "because no resource-based policy allows the ecr:BatchGetImage action" in done.stderr


def test_once_the_policy_is_attached_the_same_pull_works_with_nothing_cleared(wiped: Instance) -> None:
    wiped.control.tell(policies={"app-role": False})
    assert pull(wiped).returncode != 0
    wiped.control.tell(policies={"app-role": True})
    done = pull(wiped)
    assert done.returncode == 0, seen(done)
    assert done.stderr == ""


@pytest.mark.parametrize("metadata", NO_CREDENTIALS)
def test_an_instance_without_credentials_says_why_and_what_to_do(wiped: Instance, metadata: str) -> None:
    wiped.control.tell(metadata=metadata)
    done = wiped.run(["docker", "pull", APP], timeout=PATIENCE)
    assert done.returncode != 0
    for part in NO_CREDENTIALS[metadata]:
        assert part in seen(done)


def test_metadata_that_is_turned_on_again_is_asked_at_the_next_pull(wiped: Instance) -> None:
    wiped.control.tell(metadata="off")
    assert pull(wiped).returncode != 0
    wiped.control.tell(metadata="on")
    asked(wiped)
    assert pull(wiped).returncode == 0
    assert asked(wiped)["ecr"] == 1
