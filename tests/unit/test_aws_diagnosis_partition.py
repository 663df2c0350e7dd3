"""Credentials that are valid elsewhere: what is checked before they are reported as such."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from credhelper.ecr.registry import Registry
from credhelper.ecr.target import TokenOptions, without_settings
from tests.fake_ec2.services.recorded import INVALID_IN_REGION, STS_DISABLED
from tests.unit.test_aws_diagnosis_credentials import BASE, ROLE_PROFILE, SECRET, get_error, write_aws_file

if TYPE_CHECKING:
    from pathlib import Path

    from tests.fake_ec2.services import Loopback

OLD_REGION, OPT_IN_REGION, CHINA_REGION = (
    without_settings(Registry("123456789012", region)) for region in ("eu-west-1", "af-south-1", "cn-north-1")
)


@pytest.fixture
def refusing_cloud(cloud: Loopback) -> Loopback:
    """Return a stand-in whose ECR answers as AWS does to credentials that are not valid in its region."""
    cloud.configure(script={"ecr": INVALID_IN_REGION})
    return cloud


@pytest.fixture
def keys(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "AKIAONE")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", SECRET)


@pytest.mark.usefixtures("keys")
def test_keys_that_sts_accepts_are_refused_by_a_region_that_is_not_enabled(refusing_cloud: Loopback) -> None:
    assert get_error(OPT_IN_REGION).id == "region-disabled"
    assert refusing_cloud.count_calls()["sts"] == 1


@pytest.mark.usefixtures("keys")
def test_keys_that_sts_refuses_too_are_invalid(refusing_cloud: Loopback) -> None:
    refusing_cloud.configure(sts="invalid")
    assert get_error(OPT_IN_REGION).id == "credentials-invalid"


@pytest.mark.usefixtures("keys", "refusing_cloud")
def test_an_sts_that_does_not_answer_proves_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_ENDPOINT_URL_STS", "http://127.0.0.1:9")
    assert get_error(OPT_IN_REGION).id == "credentials-invalid"


@pytest.mark.usefixtures("keys", "refusing_cloud")
def test_a_region_that_every_account_has_is_not_reported_as_disabled() -> None:
    assert get_error(OLD_REGION).id == "credentials-invalid"


@pytest.mark.usefixtures("keys")
def test_no_other_call_is_made_in_the_home_region_of_the_keys(
    refusing_cloud: Loopback, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("AWS_REGION", "us-east-1")
    assert get_error(without_settings(Registry("123456789012", "us-east-1"))).id == "credentials-invalid"
    assert refusing_cloud.count_calls()["sts"] == 0


@pytest.mark.usefixtures("keys", "refusing_cloud")
def test_keys_of_one_partition_are_reported_at_a_registry_of_another() -> None:
    error = get_error(CHINA_REGION)
    assert error.id == "wrong-partition"
    assert "partition aws-cn, the identity in aws" in str(error)


@pytest.mark.usefixtures("keys")
def test_keys_are_looked_up_in_the_region_that_the_user_set(
    refusing_cloud: Loopback, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("AWS_REGION", "cn-north-1")
    refusing_cloud.configure(users={"AKIAONE": "arn:aws-cn:iam::123456789012:user/somebody"})
    assert "the identity in aws-cn" in str(get_error(OLD_REGION))


def test_the_partition_of_an_instance_is_read_from_metadata(refusing_cloud: Loopback) -> None:
    assert get_error(CHINA_REGION).id == "wrong-partition"
    assert refusing_cloud.count_calls()["sts"] == 0


def test_a_role_of_another_partition_is_recognized_by_its_own_arn(cloud: Loopback, home: Path) -> None:
    write_aws_file(home, ROLE_PROFILE + BASE)
    cloud.configure(sts="invalid")
    assert get_error(CHINA_REGION).id == "wrong-partition"


def test_sts_is_called_once_if_it_refuses_a_role(cloud: Loopback, home: Path) -> None:
    write_aws_file(home, ROLE_PROFILE + BASE)
    cloud.configure(sts="invalid")
    assert get_error(OLD_REGION).id == "credentials-invalid"
    assert cloud.count_calls()["sts"] == 1


def test_a_role_of_a_rule_in_another_partition_is_not_even_requested(cloud: Loopback, home: Path) -> None:
    write_aws_file(home, BASE)
    options = TokenOptions(role_arn="arn:aws:iam::123456789012:role/other", source_profile="base")
    assert get_error(CHINA_REGION._replace(options=options)).id == "wrong-partition"
    assert cloud.count_calls()["sts"] == 0


def test_an_sts_endpoint_that_the_account_turned_off_is_reported(cloud: Loopback, home: Path) -> None:
    write_aws_file(home, ROLE_PROFILE + BASE)
    cloud.configure(script={"sts": STS_DISABLED})
    error = get_error(OPT_IN_REGION)
    assert error.id == "region-disabled"
    assert "STS is not activated in this region" in str(error)
