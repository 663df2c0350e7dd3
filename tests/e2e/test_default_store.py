"""The helper as Docker's default store (credsStore): it is asked for every registry, ECR's or not."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.e2e.clients import CREDS_STORE, NO_CALL, configure_docker, count_new_calls, output_of, pull

if TYPE_CHECKING:
    from tests.fake_ec2 import Instance

PUBLIC = "public.ecr.aws/team/app:1"
OTHER_IMAGE = "127.0.0.1:5000/team/app:1"  # the stand-in's registry itself, which takes no login
NOT_FOUND = "credentials not found in native keychain\n"


@pytest.fixture(autouse=True)
def default_store(clean_instance: Instance) -> None:
    configure_docker(clean_instance, CREDS_STORE)


def test_a_private_image_is_pulled(clean_instance: Instance) -> None:
    result = pull(clean_instance)
    assert result.returncode == 0, output_of(result)
    assert count_new_calls(clean_instance)["ecr"] == 1


def test_a_public_image_is_pulled_with_the_token_of_the_role(clean_instance: Instance) -> None:
    result = pull(clean_instance, PUBLIC)
    assert result.returncode == 0, output_of(result)
    assert count_new_calls(clean_instance)["ecr-public"] == 1


@pytest.mark.parametrize("changes", [{"metadata": "no-role"}, {"ecr_public": "deny"}], ids=["no role", "no policy"])
def test_a_public_image_is_pulled_anonymously_where_there_is_no_token(
    clean_instance: Instance, changes: dict[str, str]
) -> None:
    clean_instance.control.configure(**changes)
    result = pull(clean_instance, PUBLIC)
    assert result.returncode == 0, output_of(result)
    assert "pulling without a login: " in result.stderr


def test_an_anonymous_pull_does_not_look_for_credentials_again(clean_instance: Instance) -> None:
    clean_instance.control.configure(metadata="no-role")
    pull(clean_instance, PUBLIC)
    count_new_calls(clean_instance)
    assert pull(clean_instance, PUBLIC).returncode == 0
    assert count_new_calls(clean_instance) == NO_CALL


def test_a_registry_outside_ecr_is_pulled_from_without_asking_aws(clean_instance: Instance) -> None:
    result = pull(clean_instance, OTHER_IMAGE)
    assert (result.returncode, result.stderr) == (0, ""), output_of(result)
    assert count_new_calls(clean_instance) == NO_CALL


@pytest.mark.parametrize("server", ["https://index.docker.io/v1/", "ghcr.io"])
def test_nothing_is_found_for_a_foreign_host_and_aws_is_not_asked(clean_instance: Instance, server: str) -> None:
    result = clean_instance.run(["docker-credential-ecr", "get"], input=server)
    assert (result.returncode, result.stdout, result.stderr) == (1, NOT_FOUND, "")
    assert count_new_calls(clean_instance) == NO_CALL
