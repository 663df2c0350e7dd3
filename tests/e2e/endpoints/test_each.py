"""Each form of endpoint gives a pull."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.e2e.clients import CREDS_STORE, HOME, configure, pull, seen
from tests.e2e.endpoints.ways import LOGGED_IN, PASSWORD, PRIVATE, PRIVATE_STS, SERVICES, USER, WAYS
from tests.e2e.witness import get, secret, witness

if TYPE_CHECKING:
    from tests.instance import Instance


@pytest.mark.parametrize("way", WAYS)
def test_a_pull_asks_for_its_token_at_the_endpoint_that_was_chosen(wiped: Instance, way: str) -> None:
    asked, env, host, config = WAYS[way]
    wiped.control.tell(proxy_users={USER: PASSWORD} if env == LOGGED_IN else {})
    wiped.write(f"{HOME}/.aws/config", config)
    configure(wiped, CREDS_STORE)
    done = pull(wiped, f"{host}/team/app:1", env=env)
    assert done.returncode == 0, seen(done)
    saw = witness(wiped)
    assert saw.hosts == [asked]
    assert saw.passed == [asked] * ("HTTPS_PROXY" in env)


def test_a_service_s_section_has_its_say_for_sts_too(wiped: Instance) -> None:
    role = "role_arn = arn:aws:iam::123456789012:role/reader\ncredential_source = Ec2InstanceMetadata\n"
    sts = f"sts =\n  endpoint_url = https://{PRIVATE_STS}\n"
    wiped.write(f"{HOME}/.aws/config", SERVICES.replace("[default]\n", f"[default]\n{role}") + sts)
    secret(get(wiped))
    asked = [call["host"] for call in wiped.control.log() if call["service"] in ("sts", "ecr")]
    assert asked == [PRIVATE_STS, PRIVATE]


def test_the_switch_for_fips_that_is_not_obeyed_is_told_of(wiped: Instance) -> None:
    _, env, host, _ = WAYS["FIPS where ECR has none"]
    done = get(wiped, host, env)
    assert done.returncode == 0
    assert "without FIPS" in done.stderr
