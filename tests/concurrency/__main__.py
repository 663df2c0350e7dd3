"""The command line: each trial as often as its line says. Prints the results (docs/together.md)."""

from __future__ import annotations

import argparse
import random
import shutil
import sys
import time
from collections.abc import Iterator, Sequence
from typing import Callable

import tests.concurrency
from tests.concurrency import cold, dependencies, identities, killed, logins, report, rules, scaling, strace, warm
from tests.concurrency.choices import CHOICES

SEED = 3

Trials = Iterator[tuple[str, Callable[[], str]]]


def run_cold_trials(_: random.Random) -> Trials:
    """Yield the trials with processes that find no token."""
    yield "50 want one token, 20 times over", lambda: report.format_crowds(cold.request_one_token() for _ in range(20))
    yield (
        "20 accounts of one region, 20 times over",
        lambda: report.format_crowds(cold.request_accounts() for _ in range(20)),
    )
    yield "10 accounts in each of two regions", lambda: report.format_crowds([cold.request_regions()])
    yield (
        "10 of each of two profiles, 20 times over",
        lambda: report.format_identities([cold.request_identities() for _ in range(20)]),
    )
    yield (
        "the same, and one of them is denied",
        lambda: report.format_identities([cold.request_identities(is_denied=True)]),
    )
    yield "50 of which one asks and is denied; then one more", lambda: report.format_crowds(cold.share_denial())
    yield (
        "50 of which one asks and is throttled; then ten more",
        lambda: report.format_throttled(*cold.share_throttling()),
    )
    yield "50 of which the one that asks is killed", lambda: report.format_crowds([cold.kill_leader()])
    yield "50 of which the one that asks is stopped", lambda: report.format_crowds([cold.stop_leader()])


def run_entry_trials(_: random.Random) -> Trials:
    """Entries that are read, written, cut short, or many."""
    yield (
        "200 readers, and one 10,000 times, while an entry is written 1,000 times",
        lambda: report.format_counts(warm.read_while_replacing(200, 1000)),
    )
    yield (
        "a renewal killed before each call of the system",
        lambda: report.format_counts(killed.kill_refreshes_at_each_call()),
    )
    yield "a first write, likewise", lambda: report.format_counts(killed.kill_first_writes_at_each_call())
    yield "a writer killed at 1,000 random moments", lambda: report.format_counts(killed.kill_at_random(1000))
    if shutil.which("strace"):
        yield (
            "a `get` killed by strace at each call that changes the cache",
            lambda: report.format_counts(strace.kill_first_get()),
        )
        yield "a `refresh`, likewise", lambda: report.format_counts(strace.kill_refresh())
    yield "100,000 hits in one process", lambda: report.format_growth(scaling.measure_hits(100_000))
    yield "1,000 refreshes in one process", lambda: report.format_growth(scaling.measure_refreshes(1000))
    yield (
        "12,000 hosts, 12,000 that have expired and 12,000 leftovers",
        lambda: report.format_pruning(scaling.measure_pruning(12_000)),
    )


def run_identity_trials(rng: random.Random) -> Trials:
    """Identities that change."""
    single_changes = [[change] for change in dependencies.CHANGES]
    change_sets = [rng.sample(dependencies.CHANGES, rng.randint(2, 12)) for _ in range(200)]
    yield (
        "each variable and file of the dependencies changes",
        lambda: report.format_counts(dependencies.count_hits_after(single_changes)),
    )
    yield "200 sets of 2 to 12 of them change", lambda: report.format_counts(dependencies.count_hits_after(change_sets))
    yield (
        "1,000 gets, before each of which one or two of the credentials change",
        lambda: report.format_owners(_run_random_walks(rng)),
    )
    rule_sets = [[rng.choice(list(rules.IDENTITY_RULES)) for _ in rules.HOSTS] for _ in range(25)]
    yield (
        "25 sets of rules for 4 registries, of which each is wanted 3 times",
        lambda: report.format_owners([rules.get_under_rules(rule_sets)]),
    )


def run_login_trials(_: random.Random) -> Trials:
    """Logins that are not ECR's, in the private file."""
    yield "50 logins stored at once", lambda: report.format_counts(logins.store_at_once())
    yield (
        "50 gets of a login, while 10 users store theirs over it",
        lambda: report.format_counts(logins.read_while_storing()),
    )
    yield (
        "a store and an erase of one login at once, 20 times",
        lambda: report.format_counts(logins.race_store_and_erase(20)),
    )


GROUPS = {
    "crowds": run_cold_trials,
    "entries": run_entry_trials,
    "identities": run_identity_trials,
    "logins": run_login_trials,
}


def main(arguments: Sequence[str]) -> None:
    """Run what the arguments name."""
    group = _build_parser().parse_args(arguments).group
    _print(report.HEAD)
    for name in GROUPS if group == "all" else [group]:
        for title, trial in GROUPS[name](random.Random(SEED)):  # noqa: S311  (for choices, not for secrets)
            started_at = time.monotonic()
            _print(report.format_row(title, trial(), time.monotonic() - started_at))


def _run_random_walks(rng: random.Random) -> Iterator[identities.OwnerCounts]:
    for _ in range(50):
        steps = [rng.sample(sorted(CHOICES), rng.randint(1, 2)) for _ in range(20)]
        changes = [{name: rng.choice(CHOICES[name]) for name in names} for names in steps]
        yield identities.get_after_changes(changes)


def _print(line: str) -> None:
    print(line, flush=True)  # noqa: T201  (what this program is for)


def _build_parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m tests.concurrency", description=tests.concurrency.__doc__)
    parser.add_argument("group", nargs="?", choices=[*GROUPS, "all"], default="all", help="what to try")
    return parser


if __name__ == "__main__":
    main(sys.argv[1:])
