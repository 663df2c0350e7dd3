"""When dependencies of an entry change, alone or together, no process gets the token of another identity."""

from __future__ import annotations

from collections import Counter

from hypothesis import Phase, given, settings
from hypothesis import strategies as st

from tests.concurrency import dependencies

# Without shrinking: it would start processes for minutes.
PHASES = (Phase.explicit, Phase.reuse, Phase.generate)
SETS = 6  # for which processes come at once

change_sets = st.sets(st.sampled_from(dependencies.CHANGES), min_size=1, max_size=6)


def test_after_a_change_of_any_variable_or_file_the_token_is_not_served() -> None:
    counts = dependencies.count_hits_after([[change] for change in dependencies.CHANGES])
    assert set(counts) == {"changed, refused", "unchanged, served"}


@settings(max_examples=2, phases=PHASES)
@given(st.lists(change_sets, min_size=SETS, max_size=SETS))
def test_after_any_set_of_changes_the_token_is_not_served(change_sets: list[set[str]]) -> None:
    assert dependencies.count_hits_after(change_sets) == Counter({"changed, refused": SETS, "unchanged, served": 1})
