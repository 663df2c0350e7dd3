"""Rules that say which endpoint is asked, over which way."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.e2e.clients import CREDS_STORE, HOST, NO_CALL, configure_docker, count_new_calls, output_of, pull
from tests.e2e.endpoints.network import REGULAR
from tests.e2e.proxy_log import parse_secret, run_get, take_request_log
from tests.e2e.settings.rules import (
    ALIASES,
    AUTHORITY,
    ENDPOINT_RULES,
    IDENTITY_RULES,
    PROXY_USERS,
    SETTINGS,
    write_rules,
)
from tests.fake_ec2.instance import AWS, CORPORATE_AWS, HOSTS
from tests.fake_ec2.names import ALIAS

if TYPE_CHECKING:
    from tests.fake_ec2 import Instance


@pytest.mark.parametrize("rule_name", ENDPOINT_RULES)
def test_a_pull_asks_for_its_token_at_the_endpoint_of_the_rule(clean_instance: Instance, rule_name: str) -> None:
    rule, api_host, host, env, proxied_hosts = ENDPOINT_RULES[rule_name]
    clean_instance.control.configure(proxy_users=PROXY_USERS)
    write_rules(clean_instance, (host, rule), extra=ALIASES)
    configure_docker(clean_instance, CREDS_STORE)
    result = pull(clean_instance, f"{host}/team/app:1", env=env)
    assert result.returncode == 0, output_of(result)
    log = take_request_log(clean_instance)
    assert (log.hosts, log.proxied_hosts) == ([api_host], list(proxied_hosts))


def test_the_authority_of_a_rule_is_trusted_though_a_variable_names_another(clean_instance: Instance) -> None:
    clean_instance.write("/etc/hosts", HOSTS.replace(f"{AWS} {REGULAR}\n", f"{CORPORATE_AWS} {REGULAR}\n"))
    write_rules(clean_instance, (HOST, f'ca_bundle = "{AUTHORITY}"'))
    result = pull(clean_instance)
    assert result.returncode == 0, output_of(result)


def test_an_alias_is_pulled_from_under_its_own_name_and_again_without_a_call(clean_instance: Instance) -> None:
    write_rules(clean_instance, (ALIAS, IDENTITY_RULES["role_arn"].rule), extra=ALIASES)
    configure_docker(clean_instance, {"credHelpers": {ALIAS: "ecr"}})
    result = pull(clean_instance, f"{ALIAS}/team/app:1")
    assert result.returncode == 0, output_of(result)
    assert take_request_log(clean_instance).principals == [IDENTITY_RULES["role_arn"].principal]
    assert pull(clean_instance, f"{ALIAS}/team/app:1").returncode == 0
    assert count_new_calls(clean_instance) == NO_CALL


def test_an_alias_and_its_registry_share_a_token(clean_instance: Instance) -> None:
    write_rules(clean_instance, extra=ALIASES)
    assert parse_secret(run_get(clean_instance)) == parse_secret(run_get(clean_instance, ALIAS))
    assert len(take_request_log(clean_instance).principals) == 1


def test_a_host_that_is_an_alias_no_more_gets_no_token(clean_instance: Instance) -> None:
    write_rules(clean_instance, extra=ALIASES)
    parse_secret(run_get(clean_instance, ALIAS))
    clean_instance.check_output("remove the settings", ["rm", SETTINGS])
    result = run_get(clean_instance, ALIAS)
    assert (result.returncode, result.stdout) == (1, "credentials not found in native keychain\n")
