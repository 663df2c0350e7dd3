"""Trials of a machine on which it changes, in sets of any kind, who would be answered for.

botocore alone, asked in the same environment and for the same rule, tells whose the token has to be.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple

from tests.together.choices import CHOICES, RULES, Choice, Machine
from tests.together.cold import owner, place
from tests.together.crowd import HOST, ended, started
from tests.together.whose import Whose


class Owners(NamedTuple):
    """Whose tokens were given: how many gets there were, how many of them had the "right" owner's (or none, where
    nobody answers), and how often ECR was asked.
    """

    gets: int
    right: int
    calls: int


def gets(changes: Iterable[Choice]) -> Owners:
    """Get a token after each of `changes` of what is chosen, one after the other, on one machine with one cache."""
    with place() as here:
        machine = Machine(here)
        chosen = {name: values[0] for name, values in CHOICES.items()}
        right = []
        for change in changes:
            chosen.update(change)
            environ = machine.chosen(chosen)
            whose = Whose(here.cloud, environ, RULES.get(str(chosen["rule"]), {}))
            [(_, answer)] = ended([started(HOST, environ)])
            right.append(owner(here.cloud, answer) == whose.arn)
        return Owners(len(right), sum(right), here.calls)
