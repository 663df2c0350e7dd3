"""Whatever changes of what an entry depends on, alone or with others: nobody gets another identity's token."""

from __future__ import annotations

from collections import Counter

from hypothesis import given, settings
from hypothesis import strategies as st

from tests.together import evidence, identities
from tests.together.identities import CHOICES, Choice

SETS = 8  # for which processes come at once

choices = st.fixed_dictionaries({name: st.sampled_from(values) for name, values in CHOICES.items()})
changes = st.sets(st.sampled_from(evidence.CHANGES), min_size=1)


@settings(max_examples=2)
@given(st.lists(changes, min_size=SETS, max_size=SETS))
def test_after_any_set_of_changes_the_token_is_not_served(sets: list[set[str]]) -> None:
    assert evidence.strangers(sets) == Counter(token=1, refused=SETS)


@settings(max_examples=5)
@given(choices, choices)
def test_whoever_is_chosen_gets_a_token_of_his_own(one: Choice, other: Choice) -> None:
    owners = identities.gets([one, other, one, other])
    assert owners.right == owners.gets
