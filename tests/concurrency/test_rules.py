"""Registries of one machine whose rules name different identities never share a token; those of one do."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st

from tests.concurrency import rules
from tests.concurrency.rules import HOSTS, IDENTITY_RULES
from tests.concurrency.test_dependencies import PHASES

rule_names = st.lists(st.sampled_from(list(IDENTITY_RULES)), min_size=len(HOSTS), max_size=len(HOSTS))


def test_registries_of_one_identity_and_region_share_a_token() -> None:
    assert rules.get_under_rules([["role"] * len(HOSTS)]).calls == 2


def test_a_role_that_others_assume_is_another_identity() -> None:
    assert rules.get_under_rules([["role", "role by one", "role", "role by one"]]).calls == 3


@settings(max_examples=2, phases=PHASES)
@given(st.lists(rule_names, min_size=3, max_size=3))
def test_the_identity_of_a_rule_is_requested_once_and_for_no_other_registry(rule_sets: list[list[str]]) -> None:
    regions = [host.split(".")[3] for host in HOSTS]
    expected_calls = sum(len(set(zip(rule_set, regions))) for rule_set in rule_sets)
    get_count = 3 * len(HOSTS) * len(rule_sets)
    assert rules.get_under_rules(rule_sets) == (get_count, get_count, expected_calls)
