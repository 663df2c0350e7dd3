"""Credentials that are valid elsewhere: what is looked at before that is said."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from credhelper.ecr.registry import Registry
from credhelper.ecr.target import TokenOptions, without_settings
from tests.fake_ec2.services.recorded import INVALID_IN_REGION, STS_DISABLED
from tests.unit.test_diagnosis_credentials import BASE, ROLE_PROFILE, SECRET, get_error, write_aws_file

if TYPE_CHECKING:
    from pathlib import Path

    from tests.fake_ec2.services import Loopback

OLD_REGION, OPT_IN_REGION, CHINA_REGION = (
    without_settings(Registry("123456789012", region)) for region in ("eu-west-1", "af-south-1", "cn-north-1")
)


@pytest.fixture
def refusing_cloud(cloud: Loopback) -> Loopback:
    """An ECR that says what AWS says of credentials that are not valid where it is."""
    cloud.configure(script={"ecr": INVALID_IN_REGION})
    return cloud


@pytest.fixture
def keys(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "AKIAONE")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", SECRET)


@pytest.mark.usefixtures("keys")
def test_keys_that_sts_knows_are_refused_by_a_region_that_is_not_enabled(refusing_cloud: Loopback) -> None:
    assert get_error(OPT_IN_REGION).id == "region-disabled"
    assert refusing_cloud.count_calls()["sts"] == 1


@pytest.mark.usefixtures("keys")
def test_keys_that_sts_does_not_know_either_are_invalid(refusing_cloud: Loopback) -> None:
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
def test_in_the_home_region_of_the_keys_nothing_else_is_tried(
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
def test_keys_are_searched_in_the_region_that_the_user_set(
    refusing_cloud: Loopback, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("AWS_REGION", "cn-north-1")
    refusing_cloud.configure(users={"AKIAONE": "arn:aws-cn:iam::123456789012:user/somebody"})
    assert "the identity in aws-cn" in str(get_error(OLD_REGION))


def test_for_an_instance_metadata_reports_the_partition(refusing_cloud: Loopback) -> None:
    assert get_error(CHINA_REGION).id == "wrong-partition"
    assert refusing_cloud.count_calls()["sts"] == 0


def test_a_role_of_another_partition_is_recognized_by_its_own_arn(cloud: Loopback, home: Path) -> None:
    write_aws_file(home, ROLE_PROFILE + BASE)
    cloud.configure(sts="invalid")
    assert get_error(CHINA_REGION).id == "wrong-partition"


def test_where_a_role_was_refused_sts_is_called_once(cloud: Loopback, home: Path) -> None:
    write_aws_file(home, ROLE_PROFILE + BASE)
    cloud.configure(sts="invalid")
    assert get_error(OLD_REGION).id == "credentials-invalid"
    assert cloud.count_calls()["sts"] == 1


def test_a_role_of_a_rule_in_another_partition_is_not_even_asked_for(cloud: Loopback, home: Path) -> None:
    write_aws_file(home, BASE)
    options = TokenOptions(role_arn="arn:aws:iam::123456789012:role/other", source_profile="base")
    assert get_error(CHINA_REGION._replace(options=options)).id == "wrong-partition"
    assert cloud.count_calls()["sts"] == 0


def test_an_sts_that_the_account_turned_off_is_reported(cloud: Loopback, home: Path) -> None:
    write_aws_file(home, ROLE_PROFILE + BASE)
    cloud.configure(script={"sts": STS_DISABLED})
    error = get_error(OPT_IN_REGION)
    assert error.id == "region-disabled"
    assert "STS is not activated in this region" in str(error)
