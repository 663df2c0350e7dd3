"""Rules that say which endpoint is asked, over which way."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.e2e.clients import CREDS_STORE, HOST, NO_CALL, asked, configure, pull, seen
from tests.e2e.endpoints.ways import REGULAR
from tests.e2e.settings.rules import ALIASES, AUTHORITY, PROXY_USERS, SETTINGS, WHICH, WHOSE, obey
from tests.e2e.witness import get, secret, witness
from tests.instance.instance import AWS, CORPORATE_AWS, HOSTS
from tests.instance.names import ALIAS

if TYPE_CHECKING:
    from tests.instance import Instance


@pytest.mark.parametrize("which", WHICH)
def test_a_pull_asks_for_its_token_at_the_rule_s_endpoint(wiped: Instance, which: str) -> None:
    rule, name, host, env, passed = WHICH[which]
    wiped.control.tell(proxy_users=PROXY_USERS)
    obey(wiped, (host, rule), more=ALIASES)
    configure(wiped, CREDS_STORE)
    done = pull(wiped, f"{host}/team/app:1", env=env)
    assert done.returncode == 0, seen(done)
    saw = witness(wiped)
    assert (saw.hosts, saw.passed) == ([name], list(passed))


def test_the_authority_of_a_rule_is_trusted_though_a_variable_names_another(wiped: Instance) -> None:
    wiped.write("/etc/hosts", HOSTS.replace(f"{AWS} {REGULAR}\n", f"{CORPORATE_AWS} {REGULAR}\n"))
    obey(wiped, (HOST, f'ca_bundle = "{AUTHORITY}"'))
    done = pull(wiped)
    assert done.returncode == 0, seen(done)


def test_an_alias_is_pulled_from_under_its_own_name_and_again_without_a_call(wiped: Instance) -> None:
    obey(wiped, (ALIAS, WHOSE["role_arn"].rule), more=ALIASES)
    configure(wiped, {"credHelpers": {ALIAS: "ecr"}})
    done = pull(wiped, f"{ALIAS}/team/app:1")
    assert done.returncode == 0, seen(done)
    assert witness(wiped).principals == [WHOSE["role_arn"].principal]
    assert pull(wiped, f"{ALIAS}/team/app:1").returncode == 0
    assert asked(wiped) == NO_CALL


def test_an_alias_and_its_registry_share_a_token(wiped: Instance) -> None:
    obey(wiped, more=ALIASES)
    assert secret(get(wiped)) == secret(get(wiped, ALIAS))
    assert len(witness(wiped).principals) == 1


def test_a_host_that_is_an_alias_no_more_gets_no_token(wiped: Instance) -> None:
    obey(wiped, more=ALIASES)
    secret(get(wiped, ALIAS))
    wiped.must("remove the settings", ["rm", SETTINGS])
    done = get(wiped, ALIAS)
    assert (done.returncode, done.stdout) == (1, "credentials not found in native keychain\n")
