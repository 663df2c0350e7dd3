"""A company that looks into its people's connections, with certificates of its own authority."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.e2e.clients import HOME, HOST, output_of, pull
from tests.e2e.endpoints.network import REGULAR
from tests.fake_ec2.image import CERTIFICATES, CORPORATE
from tests.fake_ec2.instance import AWS, CORPORATE_AWS, HOSTS

if TYPE_CHECKING:
    from subprocess import CompletedProcess

    from tests.fake_ec2 import Instance

AUTHORITY = f"{CERTIFICATES}/{CORPORATE}/ca.crt"


@pytest.fixture(autouse=True)
def inspecting_proxy(clean_instance: Instance) -> None:
    """Let the connections to ECR's API be looked into; the Engine's own authorities are no matter of ours."""
    clean_instance.write("/etc/hosts", HOSTS.replace(f"{AWS} {REGULAR}\n", f"{CORPORATE_AWS} {REGULAR}\n"))


def pull_without_bundle(instance: Instance) -> CompletedProcess[str]:
    """Pull where no variable names authorities."""
    image = f"{HOST}/team/app:1"
    instance.run(["docker", "rmi", "--force", image])
    return instance.run(["env", "--unset=AWS_CA_BUNDLE", "docker", "pull", image])


def test_the_authority_of_the_variable_is_trusted(clean_instance: Instance) -> None:
    result = pull(clean_instance, env={"AWS_CA_BUNDLE": AUTHORITY})
    assert result.returncode == 0, output_of(result)


def test_the_authority_of_the_profile_is_trusted(clean_instance: Instance) -> None:
    clean_instance.write(f"{HOME}/.aws/config", f"[default]\nca_bundle = {AUTHORITY}\n")
    result = pull_without_bundle(clean_instance)
    assert result.returncode == 0, output_of(result)
