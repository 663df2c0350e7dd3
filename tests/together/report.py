"""What a trial gives -> what its line of the table says."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence

from tests.together.cold import Seen
from tests.together.flat import Size, Swept
from tests.together.identities import Owners

HEAD = "| tried | seen | seconds |\n|---|---|--:|"


def row(tried: str, seen: str, seconds: float) -> str:
    """Give a line of the table."""
    return f"| {tried} | {seen} | {seconds:.0f} |"


def crowds(seen: Iterable[Seen]) -> str:
    """Tell what came of crowds, each outcome once."""
    return "; ".join(
        f"{number} times {_crowd(each)}" if number > 1 else _crowd(each) for each, number in Counter(seen).items()
    )


def identities(found: Sequence[tuple[Seen, Sequence[set[str]]]]) -> str:
    """Tell the same of crowds of two identities, and how often one was given what was issued to the other."""
    mixed = sum(bool(one & other) for _, (one, other) in found)
    return f"{crowds(seen for seen, _ in found)}; {mixed} times mixed"


def throttled(together: Seen, later: Seen, held_back: bool) -> str:
    """Tell what came of a crowd, and of those who came later."""
    return f"{crowds([together])}; {_crowd(later)}, {'held back' if held_back else 'at once'}"


def counts(found: Counter[str]) -> str:
    """Tell how often there was what."""
    return "; ".join(f"{number:,} {what}" for what, number in sorted(found.items()))


def growth(grown: Size) -> str:
    """Tell how much more there was."""
    return f"{grown.blocks} objects, {grown.kilobytes} kB, {grown.descriptors} descriptors, {grown.files} files more"


def owners(found: Iterable[Owners]) -> str:
    """Tell whose tokens were given, in all."""
    gets, right, calls = map(sum, zip(*found))
    return f"{gets - right} wrong of {gets:,}, with {calls:,} calls"


def swept(found: Swept) -> str:
    """Tell what is left of a folder."""
    return f"{found.entries:,} entries and {found.others} leftovers after {found.purchases} purchases"


def _crowd(seen: Seen) -> str:
    ends = {frozenset({0}): "all served", frozenset({1}): "all refused"}.get(seen.statuses, "some refused")
    return f"{_of(seen.calls, 'call')}, {_of(seen.answers, 'answer')}, {ends}"


def _of(number: int, what: str) -> str:
    return f"{number} {what}{'' if number == 1 else 's'}"
