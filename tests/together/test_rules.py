"""Registries of one machine whose rules name different identities never share a token; those of one do."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st

from tests.together import rules
from tests.together.rules import ASKERS, HOSTS
from tests.together.test_evidence import PHASES

askers = st.lists(st.sampled_from(list(ASKERS)), min_size=len(HOSTS), max_size=len(HOSTS))


def test_registries_of_one_identity_and_region_share_a_token() -> None:
    assert rules.gets([["role"] * len(HOSTS)]).calls == 2


def test_a_role_that_others_assume_is_another_identity() -> None:
    assert rules.gets([["role", "role by one", "role", "role by one"]]).calls == 3


@settings(max_examples=2, phases=PHASES)
@given(st.lists(askers, min_size=3, max_size=3))
def test_whoever_a_rule_names_is_asked_for_once_and_for_no_other_registry(chosen: list[list[str]]) -> None:
    regions = [host.split(".")[3] for host in HOSTS]
    wanted = sum(len(set(zip(each, regions))) for each in chosen)
    gets = 3 * len(HOSTS) * len(chosen)
    assert rules.gets(chosen) == (gets, gets, wanted)
