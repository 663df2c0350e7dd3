"""Trials of what an entry depends on: variables and files change, in sets of any kind, under real processes.

None of these gets as far as the network: there is the id of a key and no key, which botocore refuses before all else.
"""

from __future__ import annotations

import subprocess
import tempfile
from collections import Counter
from collections.abc import Collection, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from pathlib import Path

from tests.concurrency.processes import HOST, is_stable, start_get, wait_for_all, wait_until
from tests.concurrency.warm import read_password, write_entry
from tests.contract.test_dependencies_of_a_get import FILES, IDENTITY_VARIABLES, NAMED_FILES

CHANGES = (
    *(f"variable {name}" for name in IDENTITY_VARIABLES),
    *(f"file {name}" for name in FILES if name != "sso-token"),
)

BATCH_SIZE = 25


def count_hits_after(change_sets: Sequence[Collection[str]]) -> Counter[str]:
    """Start a process for each set of changes, many at once, where a token was cached before them.

    Each batch also has a process without changes. Return the numbers of "changed, refused" and "unchanged, served".
    """
    counts: Counter[str] = Counter()
    for start in range(0, len(change_sets), BATCH_SIZE):
        counts += _run_batch(change_sets[start : start + BATCH_SIZE])
    return counts


def _run_batch(change_sets: Sequence[Collection[str]]) -> Counter[str]:
    with ExitStack() as stack:
        machines = [(stack.enter_context(_create_machine()), changes) for changes in ([], *change_sets)]
        wait_until(lambda: is_stable(machines[-1][0].directory / NAMED_FILES[-1]))
        results = wait_for_all([machine.start_get_after(changes) for machine, changes in machines])
        return Counter(
            f"{'changed' if changes else 'unchanged'}, {_classify(*result)}"
            for changes, result in zip([[], *change_sets], results)
        )


class _Machine:
    """A home, and the files that its environment names."""

    def __init__(self, directory: Path) -> None:
        self.directory = directory
        (directory / "home" / ".config" / "credhelper").mkdir(parents=True)
        for name in NAMED_FILES:
            (directory / name).write_text("before")
        self._environ = {
            **{name: f"{directory}/{name}" for name in NAMED_FILES},
            "HOME": f"{directory}/home",
            "AWS_ECR_CACHE_DIR": f"{directory}/cache",
            "AWS_ACCESS_KEY_ID": "AKIAONE",
        }

    def start_get_after(self, changes: Collection[str]) -> subprocess.Popen[bytes]:
        """Keep a token, make the changes, and start a `get`."""
        write_entry(self._environ, "the token")
        assert read_password(self._environ) == "the token"
        environ = dict(self._environ)
        for change in changes:
            kind, _, name = change.partition(" ")
            if kind == "file":
                (self.directory / name).write_text("afters")  # as long as before
            else:
                environ[name] = "http://127.0.0.1:9/changed"
        return start_get(HOST, environ)


@contextmanager
def _create_machine() -> Iterator[_Machine]:
    with tempfile.TemporaryDirectory() as name:
        yield _Machine(Path(name))


def _classify(status: int, answer: bytes) -> str:
    if b"the token" in answer:
        return "served"
    return "refused" if status == 1 and answer.count(b"\n") == 1 else "something else"
