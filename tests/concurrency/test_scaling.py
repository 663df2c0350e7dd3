"""However often it is done, nothing grows; and what has grown is swept."""

from __future__ import annotations

from tests.concurrency import scaling

_NOISE = 100  # objects; one more for each hit or refresh would be more


def test_hits_leave_nothing_in_memory_or_on_the_disk() -> None:
    growth = scaling.measure_hits(2000)
    assert growth.blocks < _NOISE
    assert (growth.descriptors, growth.files) == (0, 0)


def test_refreshes_leave_nothing_in_memory_or_on_the_disk() -> None:
    growth = scaling.measure_refreshes(200)
    assert growth.blocks < _NOISE
    assert (growth.descriptors, growth.files) == (0, 0)


def test_a_directory_of_many_hosts_is_pruned_gradually_and_no_valid_token_is_removed() -> None:
    result = scaling.measure_pruning(400)
    assert (result.entries, result.others) == (402, 0)
