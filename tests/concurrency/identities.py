"""Trials of a machine on which the selected identity changes, in random combinations of changes.

The expected identity is the one that botocore alone finds in the same environment and with the same rule.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple

from tests.concurrency.choices import CHOICES, RULES, Choice, Machine
from tests.concurrency.cold import create_sandbox, find_owner
from tests.concurrency.expected_identity import ExpectedIdentity
from tests.concurrency.processes import HOST, start_get, wait_for_all


class OwnerCounts(NamedTuple):
    """The numbers of gets, of gets with a token of the right owner (or without one, if there is none), and of calls."""

    gets: int
    correct: int
    calls: int


def get_after_changes(changes: Iterable[Choice]) -> OwnerCounts:
    """Get a token after each of `changes` of what is chosen, one after the other, on one machine with one cache."""
    with create_sandbox() as sandbox:
        machine = Machine(sandbox)
        choice = {name: values[0] for name, values in CHOICES.items()}
        are_correct = []
        for change in changes:
            choice.update(change)
            environ = machine.apply(choice)
            expected = ExpectedIdentity(sandbox.cloud, environ, RULES.get(str(choice["rule"]), {}))
            [(_, answer)] = wait_for_all([start_get(HOST, environ)])
            are_correct.append(find_owner(sandbox.cloud, answer) == expected.arn)
        return OwnerCounts(len(are_correct), sum(are_correct), sandbox.call_count)
