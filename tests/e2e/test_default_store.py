"""The helper as Docker's default store (credsStore): it is asked for every registry, ECR's or not."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.e2e.clients import CREDS_STORE, NO_CALL, asked, configure, pull, seen

if TYPE_CHECKING:
    from tests.instance import Instance

PUBLIC = "public.ecr.aws/team/app:1"
ELSEWHERE = "127.0.0.1:5000/team/app:1"  # the stand-in's registry itself, which takes no login
NOT_FOUND = "credentials not found in native keychain\n"


@pytest.fixture(autouse=True)
def default_store(wiped: Instance) -> None:
    configure(wiped, CREDS_STORE)


def test_a_private_image_is_pulled(wiped: Instance) -> None:
    done = pull(wiped)
    assert done.returncode == 0, seen(done)
    assert asked(wiped)["ecr"] == 1


def test_a_public_image_is_pulled_with_the_role_s_token(wiped: Instance) -> None:
    done = pull(wiped, PUBLIC)
    assert done.returncode == 0, seen(done)
    assert asked(wiped)["ecr-public"] == 1


@pytest.mark.parametrize("lack", [{"metadata": "no-role"}, {"ecr_public": "deny"}], ids=["no role", "no policy"])
def test_a_public_image_is_pulled_anonymously_where_there_is_no_token(wiped: Instance, lack: dict[str, str]) -> None:
    wiped.control.tell(**lack)
    done = pull(wiped, PUBLIC)
    assert done.returncode == 0, seen(done)
    assert "public.ecr.aws: pulled from without a login" in done.stderr


def test_an_anonymous_pull_does_not_look_for_credentials_again(wiped: Instance) -> None:
    wiped.control.tell(metadata="no-role")
    pull(wiped, PUBLIC)
    asked(wiped)
    assert pull(wiped, PUBLIC).returncode == 0
    assert asked(wiped) == NO_CALL


def test_a_registry_that_is_not_ecr_s_is_pulled_from_without_asking_aws(wiped: Instance) -> None:
    done = pull(wiped, ELSEWHERE)
    assert (done.returncode, done.stderr) == (0, ""), seen(done)
    assert asked(wiped) == NO_CALL


@pytest.mark.parametrize("server", ["https://index.docker.io/v1/", "ghcr.io"])
def test_nothing_is_found_for_a_foreign_host_and_aws_is_not_asked(wiped: Instance, server: str) -> None:
    done = wiped.run(["docker-credential-ecr", "get"], input=server)
    assert (done.returncode, done.stdout, done.stderr) == (1, NOT_FOUND, "")
    assert asked(wiped) == NO_CALL
