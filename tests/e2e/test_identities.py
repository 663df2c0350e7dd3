"""No identity receives another's token: the registry knows whose it is shown."""

from __future__ import annotations

import tempfile
import uuid
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from tests.e2e.clients import CACHE, HOME, admitted, pull, seen
from tests.instance import Instance
from tests.instance.services.principals import name_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

HERE = "arn:aws:sts::123456789012:assumed-role/app-role/i-0abcdef1234567890"
THERE = "arn:aws:sts::210987654321:assumed-role/app-role/i-0fedcba9876543210"
ELSEWHERE = {"account": "210987654321", "instance_id": "i-0fedcba9876543210"}

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
def ami(images: Path) -> Iterator[Path]:
    """The folder of an image that is made in the test."""
    with tempfile.TemporaryDirectory(prefix="ami-", dir=images) as folder:
        yield Path(folder, "image")


def test_two_profiles_with_keys_never_receive_each_other_s_tokens(instance: Instance) -> None:
    instance.control.tell(users=USERS)
    instance.write(f"{HOME}/.aws/credentials", CREDENTIALS, 0o600)
    assert_each_gets_its_own(instance, PROFILES)


def test_two_profiles_with_roles_never_receive_each_other_s_tokens(instance: Instance) -> None:
    instance.write(f"{HOME}/.aws/config", ROLES)
    assert_each_gets_its_own(instance, PROFILES)


def test_two_sets_of_keys_in_the_environment_never_receive_each_other_s_tokens(instance: Instance) -> None:
    instance.control.tell(users=USERS)
    assert_each_gets_its_own(instance, KEYS)


def test_the_instance_s_role_and_a_profile_never_receive_each_other_s_tokens(instance: Instance) -> None:
    instance.write(f"{HOME}/.aws/config", ROLES)
    for env, name in (({}, "app-role"), (PROFILES[0], "blue")) * 2:
        assert pull(instance, env=env).returncode == 0
        assert {name_of(arn) for arn in admitted(instance)} == {name}


def test_an_image_baked_with_a_warm_cache_never_serves_its_token_on_another_instance(
    instance: Instance, ami: Path
) -> None:
    pull(instance)
    assert admitted(instance) == {HERE}
    with Instance.launch(instance.snapshot(ami)) as another:
        assert another.must("find the entry that was baked in", ["ls", CACHE])
        another.control.tell(**ELSEWHERE)
        done = pull(another)
        assert done.returncode == 0, seen(done)
        assert another.control.calls()["ecr"] == 1
        assert admitted(another) == {THERE}


def test_a_token_of_another_boot_is_never_served_whatever_else_is_the_same(instance: Instance) -> None:
    pull(instance)
    assert admitted(instance) == {HERE}
    instance.control.tell(**ELSEWHERE)
    instance.write("/run/boot_id", f"{uuid.uuid4()}\n")
    done = pull(instance)
    assert done.returncode == 0, seen(done)
    assert instance.control.calls()["ecr"] == 1
    assert admitted(instance) == {THERE}


def assert_each_gets_its_own(instance: Instance, identities: Iterable[dict[str, str]]) -> None:
    """Pull as the one, as the other, and as both again from the cache."""
    for calls in (1, 0):
        for name, env in zip(NAMES, identities):
            done = pull(instance, env=env)
            assert done.returncode == 0, seen(done)
            assert instance.control.calls()["ecr"] == calls
            assert {name_of(arn) for arn in admitted(instance)} == {name}
