"""The command line: each trial as often as its line says. Prints the table of docs/together.md."""

from __future__ import annotations

import argparse
import random
import shutil
import sys
import time
from collections.abc import Iterator, Sequence
from typing import Callable

import tests.together
from tests.together import cold, evidence, flat, identities, killed, logins, report, rules, traced, warm
from tests.together.choices import CHOICES

SEED = 3

Trials = Iterator[tuple[str, Callable[[], str]]]


def crowds(_: random.Random) -> Trials:
    """Processes that find no token."""
    yield "50 want one token, 20 times over", lambda: report.crowds(cold.one_token() for _ in range(20))
    yield "20 accounts of one region, 20 times over", lambda: report.crowds(cold.accounts() for _ in range(20))
    yield "10 accounts in each of two regions", lambda: report.crowds([cold.regions()])
    yield "10 of each of two profiles, 20 times over", lambda: report.identities([cold.identities() for _ in range(20)])
    yield "the same, and one of them is denied", lambda: report.identities([cold.identities(denied=True)])
    yield "50 of which one asks and is denied; then one more", lambda: report.crowds(cold.denied())
    yield "50 of which one asks and is throttled; then ten more", lambda: report.throttled(*cold.throttled())
    yield "50 of which the one that asks is killed", lambda: report.crowds([cold.holder_killed()])
    yield "50 of which the one that asks is stopped", lambda: report.crowds([cold.holder_stopped()])


def entries(_: random.Random) -> Trials:
    """Entries that are read, written, cut short, or many."""
    yield (
        "200 readers, and one 10,000 times, while an entry is written 1,000 times",
        lambda: report.counts(warm.replaced(200, 1000)),
    )
    yield "a renewal killed before each call of the system", lambda: report.counts(killed.renewals_at_each_call())
    yield "a first write, likewise", lambda: report.counts(killed.first_writes_at_each_call())
    yield "a writer killed at 1,000 random moments", lambda: report.counts(killed.at_random(1000))
    if shutil.which("strace"):
        yield "a `get` killed by strace at each call that changes the cache", lambda: report.counts(traced.first_get())
        yield "a `refresh`, likewise", lambda: report.counts(traced.refresh())
    yield "100,000 hits in one process", lambda: report.growth(flat.hits(100_000))
    yield "1,000 refreshes in one process", lambda: report.growth(flat.refreshes(1000))
    yield "12,000 hosts, 12,000 that have expired and 12,000 leftovers", lambda: report.swept(flat.swept(12_000))


def who(dice: random.Random) -> Trials:
    """Identities that change."""
    one_by_one = [[change] for change in evidence.CHANGES]
    sets = [dice.sample(evidence.CHANGES, dice.randint(2, 12)) for _ in range(200)]
    yield "each variable and file of the evidence changes", lambda: report.counts(evidence.strangers(one_by_one))
    yield "200 sets of 2 to 12 of them change", lambda: report.counts(evidence.strangers(sets))
    yield "1,000 gets, before each of which one or two of the credentials change", lambda: report.owners(_walks(dice))
    ruled = [[dice.choice(list(rules.ASKERS)) for _ in rules.HOSTS] for _ in range(25)]
    yield (
        "25 sets of rules for 4 registries, of which each is wanted 3 times",
        lambda: report.owners([rules.gets(ruled)]),
    )


def stored(_: random.Random) -> Trials:
    """Logins that are not ECR's, in the private file."""
    yield "50 logins stored at once", lambda: report.counts(logins.stored())
    yield "50 gets of a login, while 10 users store theirs over it", lambda: report.counts(logins.read())
    yield "a store and an erase of one login at once, 20 times", lambda: report.counts(logins.raced(20))


GROUPS = {"crowds": crowds, "entries": entries, "who": who, "logins": stored}


def main(arguments: Sequence[str]) -> None:
    """Run what the arguments name."""
    chosen = _options().parse_args(arguments).group
    _print(report.HEAD)
    for name in GROUPS if chosen == "all" else [chosen]:
        for tried, trial in GROUPS[name](random.Random(SEED)):  # noqa: S311  (for choices, not for secrets)
            began = time.monotonic()
            _print(report.row(tried, trial(), time.monotonic() - began))


def _walks(dice: random.Random) -> Iterator[identities.Owners]:
    for _ in range(50):
        steps = [dice.sample(sorted(CHOICES), dice.randint(1, 2)) for _ in range(20)]
        changes = [{name: dice.choice(CHOICES[name]) for name in names} for names in steps]
        yield identities.gets(changes)


def _print(line: str) -> None:
    print(line, flush=True)  # noqa: T201  (what this program is for)


def _options() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m tests.together", description=tests.together.__doc__)
    parser.add_argument("group", nargs="?", choices=[*GROUPS, "all"], default="all", help="what to try")
    return parser


if __name__ == "__main__":
    main(sys.argv[1:])
