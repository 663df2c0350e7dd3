"""Rules that say whose credentials are used."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.e2e.clients import CREDS_STORE, HOME, HOST, NO_CALL, configure_docker, count_new_calls, output_of, pull
from tests.e2e.identities.identities import BEHAVIOUR, install_identities
from tests.e2e.proxy_log import parse_secret, run_get, take_request_log
from tests.e2e.settings.rules import IDENTITY_RULES, INSTANCE, TRUST, write_rules

if TYPE_CHECKING:
    from tests.fake_ec2 import Instance

OTHER = HOST.replace("123456789012", "210987654321")
# Each may pull from its own account alone.
ROLES = {host: f"arn:aws:iam::{host.partition('.')[0]}:role/puller" for host in (HOST, OTHER)}
SESSIONS = {host: f"arn:aws:sts::{host.partition('.')[0]}:assumed-role/puller/docker-credential-ecr" for host in ROLES}


@pytest.fixture(autouse=True)
def installed_identities(clean_instance: Instance) -> None:
    install_identities(clean_instance)
    clean_instance.control.configure(trust={**BEHAVIOUR["trust"], **TRUST})


@pytest.mark.parametrize("rule_name", IDENTITY_RULES)
def test_a_pull_uses_the_identity_of_the_rule_and_the_next_one_calls_nothing(
    clean_instance: Instance, rule_name: str
) -> None:
    rule, principal, roles, env = IDENTITY_RULES[rule_name]
    write_rules(clean_instance, (HOST, rule))
    result = pull(clean_instance, env=env)
    assert result.returncode == 0, output_of(result)
    log = take_request_log(clean_instance)
    assert (log.principals, log.roles) == ([principal], list(roles))
    assert pull(clean_instance, env=env).returncode == 0
    assert count_new_calls(clean_instance) == NO_CALL


def test_two_accounts_are_pulled_from_by_a_role_each_and_the_two_never_mix(clean_instance: Instance) -> None:
    write_rules(clean_instance, *((host.partition(".")[0], f'role_arn = "{role}"') for host, role in ROLES.items()))
    clean_instance.control.configure(repositories=dict.fromkeys(("123456789012", "210987654321"), False))
    configure_docker(clean_instance, CREDS_STORE)
    for host in (HOST, OTHER):
        result = pull(clean_instance, f"{host}/team/app:1")
        assert result.returncode == 0, output_of(result)
        assert take_request_log(clean_instance).principals == [SESSIONS[host]]
    for host in (OTHER, HOST):
        assert pull(clean_instance, f"{host}/team/app:1").returncode == 0
    assert count_new_calls(clean_instance) == NO_CALL


def test_a_registry_that_no_rule_names_is_pulled_from_by_the_default_chain(clean_instance: Instance) -> None:
    write_rules(clean_instance, (HOST, IDENTITY_RULES["role_arn"].rule))
    first = parse_secret(run_get(clean_instance)), parse_secret(run_get(clean_instance, OTHER))
    assert take_request_log(clean_instance).principals == [IDENTITY_RULES["role_arn"].principal, INSTANCE]
    assert (parse_secret(run_get(clean_instance)), parse_secret(run_get(clean_instance, OTHER))) == first


def test_registries_of_one_rule_share_a_token(clean_instance: Instance) -> None:
    write_rules(clean_instance, ("*.dkr.ecr.us-east-1.amazonaws.com", IDENTITY_RULES["role_arn"].rule))
    assert parse_secret(run_get(clean_instance)) == parse_secret(run_get(clean_instance, OTHER))
    assert len(take_request_log(clean_instance).principals) == 1


def test_a_changed_rule_takes_effect_at_once(clean_instance: Instance) -> None:
    for rule_name in ("role_arn", "profile"):
        write_rules(clean_instance, (HOST, IDENTITY_RULES[rule_name].rule))
        parse_secret(run_get(clean_instance))
    assert take_request_log(clean_instance).principals == [
        IDENTITY_RULES["role_arn"].principal,
        IDENTITY_RULES["profile"].principal,
    ]


def test_a_rule_holds_for_ecr_public_too(clean_instance: Instance) -> None:
    write_rules(clean_instance, ("public.ecr.aws", IDENTITY_RULES["role_arn"].rule))
    configure_docker(clean_instance, CREDS_STORE)
    result = pull(clean_instance, "public.ecr.aws/team/app:1")
    assert result.returncode == 0, output_of(result)
    assert take_request_log(clean_instance).principals == [IDENTITY_RULES["role_arn"].principal]


def test_a_role_is_assumed_in_the_region_of_the_rule(clean_instance: Instance) -> None:
    write_rules(clean_instance, (HOST, f'{IDENTITY_RULES["role_arn"].rule}\nregion = "eu-west-1"'))
    parse_secret(run_get(clean_instance))
    hosts = [call["host"] for call in clean_instance.control.read_log() if call["service"] in ("sts", "ecr")]
    assert hosts == ["sts.eu-west-1.amazonaws.com", "api.ecr.us-east-1.amazonaws.com"]


def test_a_session_that_is_longer_than_the_role_allows_is_refused(clean_instance: Instance) -> None:
    write_rules(clean_instance, (HOST, f"{IDENTITY_RULES['source_profile'].rule}\nduration = 3601"))
    result = run_get(clean_instance)
    assert result.returncode == 1
    assert "MaxSessionDuration" in result.stderr


def test_a_profile_without_credentials_does_not_fall_back_to_the_instance(clean_instance: Instance) -> None:
    write_rules(clean_instance, (HOST, 'profile = "region-only"'))
    clean_instance.write(f"{HOME}/.aws/config", "[profile region-only]\nregion = us-east-1\n")
    result = run_get(clean_instance)
    assert (result.returncode, take_request_log(clean_instance).principals) == (1, [])
    assert "region-only" in result.stderr
