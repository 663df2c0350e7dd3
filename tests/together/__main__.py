"""The command: each trial as often as its line says. Prints the table of docs/together.md."""

from __future__ import annotations

from typing import Callable

from tests.together import calls, cold, flat, warm

# What is done, and what it gives.
TRIALS: tuple[tuple[str, Callable[[], object]], ...] = (
    (
        "50 cold processes at once, 20 times over: calls of ECR, different answers, exit statuses",
        lambda: _all_equal([cold.fifty() for _ in range(20)]),
    ),
    ("20 accounts of one region, cold, at once: calls, exit statuses", cold.twenty_accounts),
    ("10 accounts in each of two regions: calls", cold.two_regions),
    ("two profiles, ten processes each: calls, different tokens of each", cold.two_identities),
    (
        "50 wait for an exchange that is denied: calls, different answers, statuses; calls when one comes later",
        cold.denied,
    ),
    ("the one that asks is killed while ten wait for it: calls, statuses", cold.killed),
    ("the one that asks is stopped while ten wait for it: calls, statuses", cold.stopped_holder),
    ("200 processes on a hit while the entry is replaced 1,000 times", lambda: warm.replaced(200, 1000)),
    ("a writer killed at 1,000 random moments", lambda: warm.killed(1000)),
    ("a writer killed at each system call of a write", calls.killed_at_each_call),
    ("100,000 hits in one process", lambda: flat.hits(100_000)),
    ("1,000 refreshes in one process", lambda: flat.refreshes(1000)),
    ("a folder of 9,000 hosts, half of them expired, and 9,000 leftovers, after a purchase", lambda: flat.swept(9000)),
)


def _all_equal(found: list[object]) -> object:
    [one] = set(map(str, found))
    return f"{len(found)} times {one}"


if __name__ == "__main__":
    print("| what | seen |", "|---|---|", sep="\n", flush=True)  # noqa: T201  (what it is for)
    for what, trial in TRIALS:
        print(f"| {what} | {trial()} |", flush=True)  # noqa: T201
