"""Relative paths in ~/.aws/config: refused in a profile in use, since they would lead into an untrusted checkout."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.contract.checkout import ROLE, SECRET, Checkout, assert_refused, run_isolated, write_aws_config
from tests.support.runner import NO_CALLS, find_owner

if TYPE_CHECKING:
    from pathlib import Path

    from tests.fake_ec2.services import Loopback

ASSUMES = f"[default]\nrole_arn = {ROLE}\nsource_profile = base\n[profile base]\n"


@pytest.mark.parametrize(
    ("line", "key"),
    [
        *(
            (f"credential_process = {command}", "credential_process")
            for command in ("tools/corp-creds", "./corp-creds -x y")
        ),
        *(
            (f"credential_process = {command}", "credential_process")
            for command in ("~/corp-creds", "'my tools/corp creds' x")
        ),
        ("credential_process = A=tools/corp-creds", "credential_process"),
        (f"role_arn = {ROLE}\nweb_identity_token_file = token", "web_identity_token_file"),
        (f"role_arn = {ROLE}\nweb_identity_token_file = ~/token", "web_identity_token_file"),
    ],
)
@pytest.mark.parametrize("start", ["[default]\n", ASSUMES], ids=["own", "of the source_profile"])
def test_a_relative_path_in_a_profile_in_use_is_refused(
    cloud: Loopback, home: Path, checkout: Checkout, line: str, key: str, start: str
) -> None:
    write_aws_config(home, f"{start}{line}\n")
    done = run_isolated()
    assert_refused(done, f"{key} of the profile {'base' if start == ASSUMES else 'default'} in ~/.aws/config")
    assert cloud.count_calls()["sts"] == 0
    assert not checkout.is_sprung(cloud)


@pytest.mark.usefixtures("checkout")
def test_relative_certificates_of_a_profile_are_refused(home: Path) -> None:
    write_aws_config(home, "[default]\nca_bundle = ca.pem\n")
    assert_refused(run_isolated(), "ca_bundle of the profile default in ~/.aws/config")


def test_no_argument_of_a_program_is_repeated(home: Path, checkout: Checkout) -> None:
    write_aws_config(home, f"[default]\ncredential_process = tools/corp-creds --password {SECRET}\n")
    message = run_isolated().stderr_text
    assert f"credential_process = {checkout.directory}/tools/corp-creds\n" in message
    assert SECRET not in message


@pytest.mark.usefixtures("checkout")
def test_a_sign_in_needs_an_absolute_home(cloud: Loopback, tmp_path: Path) -> None:
    (tmp_path / "config").write_text(
        "[default]\nsso_start_url = https://example.awsapps.com/start\nsso_region = us-east-1\n"
        "sso_account_id = 123456789012\nsso_role_name = puller\n"
    )
    assert_refused(run_isolated(HOME="~", AWS_CONFIG_FILE=str(tmp_path / "config")), "HOME")
    assert cloud.count_calls() == NO_CALLS


@pytest.mark.usefixtures("checkout")
def test_a_relative_path_in_a_profile_that_is_not_used_does_no_harm(cloud: Loopback, home: Path) -> None:
    write_aws_config(home, "[profile other]\ncredential_process = tools/corp-creds\nca_bundle = ca.pem\n")
    assert "assumed-role" in find_owner(cloud, run_isolated())
