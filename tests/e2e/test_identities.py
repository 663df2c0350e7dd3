"""No identity receives another's token: the registry knows whose it is shown."""

from __future__ import annotations

import tempfile
import uuid
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from tests.e2e.clients import CACHE, HOME, list_admitted_principals, output_of, pull
from tests.fake_ec2 import Instance
from tests.fake_ec2.services.principals import name_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

PRINCIPAL = "arn:aws:sts::123456789012:assumed-role/app-role/i-0abcdef1234567890"
OTHER_PRINCIPAL = "arn:aws:sts::210987654321:assumed-role/app-role/i-0fedcba9876543210"
OTHER_INSTANCE = {"account": "210987654321", "instance_id": "i-0fedcba9876543210"}

NAMES = ("blue", "green")
USERS = {f"AKIA{name.upper():A<16}": f"arn:aws:iam::123456789012:user/{name}" for name in NAMES}
CREDENTIALS = "".join(
    f"[{name}]\naws_access_key_id = {key}\naws_secret_access_key = {name}\n" for name, key in zip(NAMES, USERS)
)
ROLES = "".join(
    f"[profile {name}]\nrole_arn = arn:aws:iam::123456789012:role/{name}\ncredential_source = Ec2InstanceMetadata\n"
    for name in NAMES
)
PROFILES = [{"AWS_PROFILE": name} for name in NAMES]
KEYS = [{"AWS_ACCESS_KEY_ID": key, "AWS_SECRET_ACCESS_KEY": name} for name, key in zip(NAMES, USERS)]


@pytest.fixture
def ami_directory(images_directory: Path) -> Iterator[Path]:
    """Yield the directory of an image that the test creates."""
    with tempfile.TemporaryDirectory(prefix="ami-", dir=images_directory) as directory:
        yield Path(directory, "image")


def test_two_profiles_with_keys_never_share_tokens(instance: Instance) -> None:
    instance.control.configure(users=USERS)
    instance.write(f"{HOME}/.aws/credentials", CREDENTIALS, 0o600)
    assert_each_gets_its_own(instance, PROFILES)


def test_two_profiles_with_roles_never_share_tokens(instance: Instance) -> None:
    instance.write(f"{HOME}/.aws/config", ROLES)
    assert_each_gets_its_own(instance, PROFILES)


def test_two_sets_of_keys_in_the_environment_never_share_tokens(instance: Instance) -> None:
    instance.control.configure(users=USERS)
    assert_each_gets_its_own(instance, KEYS)


def test_the_instance_role_and_a_profile_never_share_tokens(instance: Instance) -> None:
    instance.write(f"{HOME}/.aws/config", ROLES)
    for env, name in (({}, "app-role"), (PROFILES[0], "blue")) * 2:
        assert pull(instance, env=env).returncode == 0
        assert {name_of(arn) for arn in list_admitted_principals(instance)} == {name}


def test_an_image_baked_with_a_warm_cache_never_serves_its_token_on_another_instance(
    instance: Instance, ami_directory: Path
) -> None:
    pull(instance)
    assert list_admitted_principals(instance) == {PRINCIPAL}
    with Instance.launch(instance.snapshot(ami_directory)) as other:
        assert other.check_output("find the entry that was baked in", ["ls", CACHE])
        other.control.configure(**OTHER_INSTANCE)
        result = pull(other)
        assert result.returncode == 0, output_of(result)
        assert other.control.count_calls()["ecr"] == 1
        assert list_admitted_principals(other) == {OTHER_PRINCIPAL}


def test_a_token_of_another_boot_is_never_served_whatever_else_is_the_same(instance: Instance) -> None:
    pull(instance)
    assert list_admitted_principals(instance) == {PRINCIPAL}
    instance.control.configure(**OTHER_INSTANCE)
    instance.write("/run/boot_id", f"{uuid.uuid4()}\n")
    result = pull(instance)
    assert result.returncode == 0, output_of(result)
    assert instance.control.count_calls()["ecr"] == 1
    assert list_admitted_principals(instance) == {OTHER_PRINCIPAL}


def assert_each_gets_its_own(instance: Instance, identities: Iterable[dict[str, str]]) -> None:
    """Pull as the one, as the other, and as both again from the cache."""
    for calls in (1, 0):
        for name, env in zip(NAMES, identities):
            result = pull(instance, env=env)
            assert result.returncode == 0, output_of(result)
            assert instance.control.count_calls()["ecr"] == calls
            assert {name_of(arn) for arn in list_admitted_principals(instance)} == {name}
