"""Each form of endpoint gives a pull."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.e2e.clients import CREDS_STORE, HOME, configure_docker, output_of, pull
from tests.e2e.endpoints.network import (
    AUTHENTICATED_PROXY_ENV,
    ENDPOINTS,
    PASSWORD,
    PRIVATE,
    PRIVATE_STS,
    SERVICES,
    USER,
)
from tests.e2e.proxy_log import parse_secret, run_get, take_request_log

if TYPE_CHECKING:
    from tests.fake_ec2 import Instance


@pytest.mark.parametrize("endpoint_name", ENDPOINTS)
def test_a_pull_asks_for_its_token_at_the_endpoint_that_was_chosen(
    clean_instance: Instance, endpoint_name: str
) -> None:
    api_host, env, host, config = ENDPOINTS[endpoint_name]
    clean_instance.control.configure(proxy_users={USER: PASSWORD} if env == AUTHENTICATED_PROXY_ENV else {})
    clean_instance.write(f"{HOME}/.aws/config", config)
    configure_docker(clean_instance, CREDS_STORE)
    result = pull(clean_instance, f"{host}/team/app:1", env=env)
    assert result.returncode == 0, output_of(result)
    log = take_request_log(clean_instance)
    assert log.hosts == [api_host]
    assert log.proxied_hosts == [api_host] * ("HTTPS_PROXY" in env)


def test_the_section_of_a_service_holds_for_sts_too(clean_instance: Instance) -> None:
    role = "role_arn = arn:aws:iam::123456789012:role/reader\ncredential_source = Ec2InstanceMetadata\n"
    sts = f"sts =\n  endpoint_url = https://{PRIVATE_STS}\n"
    clean_instance.write(f"{HOME}/.aws/config", SERVICES.replace("[default]\n", f"[default]\n{role}") + sts)
    parse_secret(run_get(clean_instance))
    hosts = [call["host"] for call in clean_instance.control.read_log() if call["service"] in ("sts", "ecr")]
    assert hosts == [PRIVATE_STS, PRIVATE]


def test_an_ignored_switch_for_fips_is_reported(clean_instance: Instance) -> None:
    _, env, host, _ = ENDPOINTS["FIPS where ECR has none"]
    result = run_get(clean_instance, host, env)
    assert result.returncode == 0
    assert "without FIPS" in result.stderr
