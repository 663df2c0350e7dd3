"""Each kind of identity pulls with the default chain of AWS's tools."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.e2e.clients import NO_CALL, count_new_calls, output_of, pull
from tests.e2e.identities.identities import IDENTITIES, install_identities
from tests.e2e.proxy_log import parse_secret, run_get, take_request_log

if TYPE_CHECKING:
    from tests.fake_ec2 import Instance


@pytest.fixture(autouse=True)
def installed_identities(clean_instance: Instance) -> None:
    install_identities(clean_instance)


@pytest.mark.parametrize("kind", IDENTITIES)
def test_a_pull_uses_the_identity_with_one_sts_call_for_each_role_and_the_next_one_calls_nothing(
    clean_instance: Instance, kind: str
) -> None:
    identity = IDENTITIES[kind]
    result = pull(clean_instance, env=identity.env)
    assert result.returncode == 0, output_of(result)
    log = take_request_log(clean_instance)
    assert (log.principals, log.roles) == ([identity.principal], list(identity.roles))
    assert pull(clean_instance, env=identity.env).returncode == 0
    assert count_new_calls(clean_instance) == NO_CALL


def test_all_of_them_on_one_machine_have_a_token_each_and_keep_it(clean_instance: Instance) -> None:
    first = {kind: parse_secret(run_get(clean_instance, env=identity.env)) for kind, identity in IDENTITIES.items()}
    log = take_request_log(clean_instance)
    assert log.principals == [identity.principal for identity in IDENTITIES.values()]
    again = {kind: parse_secret(run_get(clean_instance, env=identity.env)) for kind, identity in IDENTITIES.items()}
    assert count_new_calls(clean_instance) == NO_CALL
    assert [kind for kind in IDENTITIES if first[kind] != again[kind]] == []
    assert len(set(first.values())) == len(IDENTITIES)
