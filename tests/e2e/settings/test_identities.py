"""Rules that say whose credentials are used."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.e2e.clients import CREDS_STORE, HOME, HOST, NO_CALL, asked, configure, pull, seen
from tests.e2e.identities.who import TOLD, settle
from tests.e2e.settings.rules import INSTANCE, TRUST, WHOSE, obey
from tests.e2e.witness import get, secret, witness

if TYPE_CHECKING:
    from tests.instance import Instance

OTHER = HOST.replace("123456789012", "210987654321")
# Each may pull from its own account alone.
ROLES = {host: f"arn:aws:iam::{host.partition('.')[0]}:role/puller" for host in (HOST, OTHER)}
SESSIONS = {host: f"arn:aws:sts::{host.partition('.')[0]}:assumed-role/puller/docker-credential-ecr" for host in ROLES}


@pytest.fixture(autouse=True)
def settled(wiped: Instance) -> None:
    settle(wiped)
    wiped.control.tell(trust={**TOLD["trust"], **TRUST})


@pytest.mark.parametrize("whose", WHOSE)
def test_a_pull_is_the_rule_s_identity_s_and_the_next_one_asks_nobody(wiped: Instance, whose: str) -> None:
    rule, principal, roles, env = WHOSE[whose]
    obey(wiped, (HOST, rule))
    done = pull(wiped, env=env)
    assert done.returncode == 0, seen(done)
    saw = witness(wiped)
    assert (saw.principals, saw.roles) == ([principal], list(roles))
    assert pull(wiped, env=env).returncode == 0
    assert asked(wiped) == NO_CALL


def test_two_accounts_are_pulled_from_by_a_role_each_and_the_two_never_mix(wiped: Instance) -> None:
    obey(wiped, *((host.partition(".")[0], f'role_arn = "{role}"') for host, role in ROLES.items()))
    wiped.control.tell(repositories=dict.fromkeys(("123456789012", "210987654321"), False))
    configure(wiped, CREDS_STORE)
    for host in (HOST, OTHER):
        done = pull(wiped, f"{host}/team/app:1")
        assert done.returncode == 0, seen(done)
        assert witness(wiped).principals == [SESSIONS[host]]
    for host in (OTHER, HOST):
        assert pull(wiped, f"{host}/team/app:1").returncode == 0
    assert asked(wiped) == NO_CALL


def test_a_registry_that_no_rule_names_is_pulled_from_by_the_default_chain(wiped: Instance) -> None:
    obey(wiped, (HOST, WHOSE["role_arn"].rule))
    first = secret(get(wiped)), secret(get(wiped, OTHER))
    assert witness(wiped).principals == [WHOSE["role_arn"].principal, INSTANCE]
    assert (secret(get(wiped)), secret(get(wiped, OTHER))) == first


def test_registries_of_one_rule_share_a_token(wiped: Instance) -> None:
    obey(wiped, ("*.dkr.ecr.us-east-1.amazonaws.com", WHOSE["role_arn"].rule))
    assert secret(get(wiped)) == secret(get(wiped, OTHER))
    assert len(witness(wiped).principals) == 1


def test_a_rule_that_changes_is_obeyed_at_once(wiped: Instance) -> None:
    for whose in ("role_arn", "profile"):
        obey(wiped, (HOST, WHOSE[whose].rule))
        secret(get(wiped))
    assert witness(wiped).principals == [WHOSE["role_arn"].principal, WHOSE["profile"].principal]


def test_a_rule_holds_for_ecr_public_too(wiped: Instance) -> None:
    obey(wiped, ("public.ecr.aws", WHOSE["role_arn"].rule))
    configure(wiped, CREDS_STORE)
    done = pull(wiped, "public.ecr.aws/team/app:1")
    assert done.returncode == 0, seen(done)
    assert witness(wiped).principals == [WHOSE["role_arn"].principal]


def test_a_role_is_assumed_in_the_region_of_the_rule(wiped: Instance) -> None:
    obey(wiped, (HOST, f'{WHOSE["role_arn"].rule}\nregion = "eu-west-1"'))
    secret(get(wiped))
    asked = [call["host"] for call in wiped.control.log() if call["service"] in ("sts", "ecr")]
    assert asked == ["sts.eu-west-1.amazonaws.com", "api.ecr.us-east-1.amazonaws.com"]


def test_a_session_that_is_longer_than_the_role_allows_is_refused(wiped: Instance) -> None:
    obey(wiped, (HOST, f"{WHOSE['source_profile'].rule}\nduration = 3601"))
    done = get(wiped)
    assert done.returncode == 1
    assert "MaxSessionDuration" in done.stderr


def test_a_profile_without_credentials_is_no_reason_to_take_the_instance_s(wiped: Instance) -> None:
    obey(wiped, (HOST, 'profile = "region-only"'))
    wiped.write(f"{HOME}/.aws/config", "[profile region-only]\nregion = us-east-1\n")
    done = get(wiped)
    assert (done.returncode, witness(wiped).principals) == (1, [])
    assert "region-only" in done.stderr
