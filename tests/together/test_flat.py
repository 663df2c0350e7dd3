"""However often it is done, nothing grows; and what has grown is swept."""

from __future__ import annotations

from tests.together import flat

_NOISE = 100  # objects; one more for each hit or refresh would be more


def test_hits_leave_nothing_in_memory_or_on_the_disk() -> None:
    grown = flat.hits(2000)
    assert grown.blocks < _NOISE
    assert (grown.descriptors, grown.files) == (0, 0)


def test_refreshes_leave_nothing_in_memory_or_on_the_disk() -> None:
    grown = flat.refreshes(200)
    assert grown.blocks < _NOISE
    assert (grown.descriptors, grown.files) == (0, 0)


def test_a_folder_of_many_hosts_is_swept_by_and_by_and_no_living_token_goes() -> None:
    found = flat.swept(400)
    assert (found.entries, found.others) == (402, 0)
