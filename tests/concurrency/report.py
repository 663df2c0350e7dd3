"""What a trial gives -> what its line of the table says."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence

from tests.concurrency.cold import CrowdResult
from tests.concurrency.identities import OwnerCounts
from tests.concurrency.scaling import ProcessSize, PruneResult

HEAD = "| tried | seen | seconds |\n|---|---|--:|"


def format_row(title: str, result: str, seconds: float) -> str:
    """Give a line of the table."""
    return f"| {title} | {result} | {seconds:.0f} |"


def format_crowds(results: Iterable[CrowdResult]) -> str:
    """Tell what came of crowds, each outcome once."""
    return "; ".join(
        f"{number} times {_format_crowd(result)}" if number > 1 else _format_crowd(result)
        for result, number in Counter(results).items()
    )


def format_identities(results: Sequence[tuple[CrowdResult, Sequence[set[str]]]]) -> str:
    """Tell the same of crowds of two identities, and how often one was given what was issued to the other."""
    mixed = sum(bool(one & other) for _, (one, other) in results)
    return f"{format_crowds(result for result, _ in results)}; {mixed} times mixed"


def format_throttled(crowd_result: CrowdResult, later_result: CrowdResult, is_held_back: bool) -> str:
    """Tell what came of a crowd, and of those who came later."""
    return (
        f"{format_crowds([crowd_result])}; {_format_crowd(later_result)}, {'held back' if is_held_back else 'at once'}"
    )


def format_counts(counts: Counter[str]) -> str:
    """Tell how often there was what."""
    return "; ".join(f"{number:,} {name}" for name, number in sorted(counts.items()))


def format_growth(growth: ProcessSize) -> str:
    """Tell how much more there was."""
    return (
        f"{growth.blocks} objects, {growth.kilobytes} kB, {growth.descriptors} descriptors, {growth.files} files more"
    )


def format_owners(counts: Iterable[OwnerCounts]) -> str:
    """Tell whose tokens were given, in all."""
    gets, correct, calls = map(sum, zip(*counts))
    return f"{gets - correct} wrong of {gets:,}, with {calls:,} calls"


def format_pruning(result: PruneResult) -> str:
    """Tell what is left of a folder."""
    return f"{result.entries:,} entries and {result.others} leftovers after {result.refreshes} refreshes"


def _format_crowd(result: CrowdResult) -> str:
    outcome = {frozenset({0}): "all served", frozenset({1}): "all refused"}.get(result.statuses, "some refused")
    return f"{_format_count(result.calls, 'call')}, {_format_count(result.answers, 'answer')}, {outcome}"


def _format_count(number: int, noun: str) -> str:
    return f"{number} {noun}{'' if number == 1 else 's'}"
