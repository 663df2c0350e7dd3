"""Each kind of identity pulls with the default chain of AWS's tools."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.e2e.clients import NO_CALL, asked, pull, seen
from tests.e2e.identities.who import IDENTITIES, settle
from tests.e2e.witness import get, secret, witness

if TYPE_CHECKING:
    from tests.instance import Instance


@pytest.fixture(autouse=True)
def settled(wiped: Instance) -> None:
    settle(wiped)


@pytest.mark.parametrize("kind", IDENTITIES)
def test_a_pull_is_the_identity_s_with_one_call_of_sts_a_role_and_the_next_one_asks_nobody(
    wiped: Instance, kind: str
) -> None:
    identity = IDENTITIES[kind]
    done = pull(wiped, env=identity.env)
    assert done.returncode == 0, seen(done)
    saw = witness(wiped)
    assert (saw.principals, saw.roles) == ([identity.principal], list(identity.roles))
    assert pull(wiped, env=identity.env).returncode == 0
    assert asked(wiped) == NO_CALL


def test_all_of_them_on_one_machine_have_a_token_each_and_keep_it(wiped: Instance) -> None:
    first = {kind: secret(get(wiped, env=identity.env)) for kind, identity in IDENTITIES.items()}
    saw = witness(wiped)
    assert saw.principals == [identity.principal for identity in IDENTITIES.values()]
    again = {kind: secret(get(wiped, env=identity.env)) for kind, identity in IDENTITIES.items()}
    assert asked(wiped) == NO_CALL
    assert [kind for kind in IDENTITIES if first[kind] != again[kind]] == []
    assert len(set(first.values())) == len(IDENTITIES)
