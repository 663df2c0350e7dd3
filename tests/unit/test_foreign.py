"""Credentials that are valid elsewhere: what is looked at before that is said."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from credhelper.registry import Registry
from credhelper.target import TokenOptions, without_settings
from tests.instance.services.recorded import INVALID_HERE, STS_DISABLED
from tests.unit.test_lost import ASSUMES, BASE, SECRET, failure, settle

if TYPE_CHECKING:
    from pathlib import Path

    from tests.instance.services import Loopback

OLD, OPTIONAL, CHINESE = (
    without_settings(Registry("123456789012", region)) for region in ("eu-west-1", "af-south-1", "cn-north-1")
)


@pytest.fixture
def refusing(cloud: Loopback) -> Loopback:
    """An ECR that says what AWS says of credentials that are not valid where it is."""
    cloud.tell(script={"ecr": INVALID_HERE})
    return cloud


@pytest.fixture
def keys(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "AKIAONE")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", SECRET)


@pytest.mark.usefixtures("keys")
def test_keys_that_sts_knows_are_refused_by_a_region_that_is_not_enabled(refusing: Loopback) -> None:
    assert failure(OPTIONAL).id == "region-disabled"
    assert refusing.calls()["sts"] == 1


@pytest.mark.usefixtures("keys")
def test_keys_that_sts_does_not_know_either_are_invalid(refusing: Loopback) -> None:
    refusing.tell(sts="invalid")
    assert failure(OPTIONAL).id == "credentials-invalid"


@pytest.mark.usefixtures("keys", "refusing")
def test_an_sts_that_does_not_answer_is_no_evidence(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_ENDPOINT_URL_STS", "http://127.0.0.1:9")
    assert failure(OPTIONAL).id == "credentials-invalid"


@pytest.mark.usefixtures("keys", "refusing")
def test_a_region_that_every_account_has_is_not_said_to_be_disabled() -> None:
    assert failure(OLD).id == "credentials-invalid"


@pytest.mark.usefixtures("keys")
def test_where_the_keys_are_at_home_only_there_is_nothing_to_look_at(
    refusing: Loopback, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("AWS_REGION", "us-east-1")
    assert failure(without_settings(Registry("123456789012", "us-east-1"))).id == "credentials-invalid"
    assert refusing.calls()["sts"] == 0


@pytest.mark.usefixtures("keys", "refusing")
def test_keys_of_one_partition_are_told_at_a_registry_of_another() -> None:
    told = failure(CHINESE)
    assert told.id == "wrong-partition"
    assert "partition aws-cn, and the identity for it in aws" in told.message


@pytest.mark.usefixtures("keys")
def test_keys_are_looked_for_in_the_region_that_the_user_set(
    refusing: Loopback, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("AWS_REGION", "cn-north-1")
    refusing.tell(users={"AKIAONE": "arn:aws-cn:iam::123456789012:user/somebody"})
    assert "the identity for it in aws-cn" in failure(OLD).message


def test_of_an_instance_metadata_has_told_the_partition(refusing: Loopback) -> None:
    assert failure(CHINESE).id == "wrong-partition"
    assert refusing.calls()["sts"] == 0


def test_a_role_of_another_partition_is_told_by_its_own_arn(cloud: Loopback, home: Path) -> None:
    settle(home, ASSUMES + BASE)
    cloud.tell(sts="invalid")
    assert failure(CHINESE).id == "wrong-partition"


def test_where_a_role_was_refused_nobody_is_asked_twice(cloud: Loopback, home: Path) -> None:
    settle(home, ASSUMES + BASE)
    cloud.tell(sts="invalid")
    assert failure(OLD).id == "credentials-invalid"
    assert cloud.calls()["sts"] == 1


def test_a_role_of_a_rule_in_another_partition_is_not_even_asked_for(cloud: Loopback, home: Path) -> None:
    settle(home, BASE)
    access = TokenOptions(role_arn="arn:aws:iam::123456789012:role/other", source_profile="base")
    assert failure(CHINESE._replace(options=access)).id == "wrong-partition"
    assert cloud.calls()["sts"] == 0


def test_an_sts_that_the_account_turned_off_is_told(cloud: Loopback, home: Path) -> None:
    settle(home, ASSUMES + BASE)
    cloud.tell(script={"sts": STS_DISABLED})
    told = failure(OPTIONAL)
    assert told.id == "region-disabled"
    assert "STS is not activated in this region" in told.message
