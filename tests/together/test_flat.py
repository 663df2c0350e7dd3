"""However often it is done, nothing grows; and what has grown is swept."""

from __future__ import annotations

from tests.together import flat

_NOISE = 1024  # kilobytes, by which the allocator of a test run may grow


def test_hits_leave_nothing_in_memory_or_on_the_disk() -> None:
    grown = flat.hits(2000)
    assert grown.kilobytes < _NOISE
    assert grown[1:] == (0, 0)


def test_refreshes_leave_nothing_in_memory_or_on_the_disk() -> None:
    grown = flat.refreshes(100)
    assert grown.kilobytes < _NOISE
    assert grown[1:] == (0, 0)


def test_a_folder_of_many_hosts_is_swept_of_what_has_expired_and_of_leftovers() -> None:
    assert flat.swept(400) == (201, 0)
