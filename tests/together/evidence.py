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

from tests.contract.test_evidence_of_a_get import FILES, IDENTITY_VARIABLES, NAMED_FILES
from tests.together.crowd import HOST, ended, is_settled, started, until
from tests.together.warm import password_of, write

CHANGES = (
    *(f"variable {name}" for name in IDENTITY_VARIABLES),
    *(f"file {name}" for name in FILES if name != "sso-token"),
)

AT_ONCE = 25


def strangers(sets: Sequence[Collection[str]]) -> Counter[str]:
    """Let a process come for each set of changes, many at once, to where a token was kept before them; and with each of
    these crowds one that finds all as it was. Give how many were "changed, refused" and how many "unchanged, served".
    """
    found: Counter[str] = Counter()
    for start in range(0, len(sets), AT_ONCE):
        found += _crowd(sets[start : start + AT_ONCE])
    return found


def _crowd(sets: Sequence[Collection[str]]) -> Counter[str]:
    with ExitStack() as stack:
        machines = [(stack.enter_context(_machine()), changes) for changes in ([], *sets)]
        until(lambda: is_settled(machines[-1][0].folder / NAMED_FILES[-1]))
        done = ended([machine.changed(changes) for machine, changes in machines])
        return Counter(
            f"{'changed' if changes else 'unchanged'}, {_end(*each)}" for changes, each in zip([[], *sets], done)
        )


class _Machine:
    """A home, and the files that its environment names."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        (folder / "home" / ".config" / "credhelper").mkdir(parents=True)
        for name in NAMED_FILES:
            (folder / name).write_text("before")
        self._environ = {
            **{name: f"{folder}/{name}" for name in NAMED_FILES},
            "HOME": f"{folder}/home",
            "AWS_ECR_CACHE_DIR": f"{folder}/cache",
            "AWS_ACCESS_KEY_ID": "AKIAONE",
        }

    def changed(self, changes: Collection[str]) -> subprocess.Popen[bytes]:
        """Keep a token, make the changes, and start a `get`."""
        write(self._environ, "the token")
        assert password_of(self._environ) == "the token"
        environ = dict(self._environ)
        for change in changes:
            kind, _, name = change.partition(" ")
            if kind == "file":
                (self.folder / name).write_text("afters")  # as long as before
            else:
                environ[name] = "http://127.0.0.1:9/changed"
        return started(HOST, environ)


@contextmanager
def _machine() -> Iterator[_Machine]:
    with tempfile.TemporaryDirectory() as name:
        yield _Machine(Path(name))


def _end(status: int, answer: bytes) -> str:
    if b"the token" in answer:
        return "served"
    return "refused" if status == 1 and answer.count(b"\n") == 1 else "something else"
