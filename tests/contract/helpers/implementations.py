"""The helpers that the contract is for: ours, in each of its ways, and those of Debian, which nobody here wrote."""

from __future__ import annotations

import shutil
import subprocess
from typing import TYPE_CHECKING, Callable, NamedTuple

from credhelper import cli
from tests.contract import process
from tests.contract.helpers import deviations
from tests.contract.helpers.helper import Helper
from tests.contract.helpers.stores import FILE, PASS, SECRET_SERVICE, are_here
from tests.contract.process import PROGRAM, Done

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    # Words, what standard input brings (a descriptor: it never ends), and the environment.
    Start = Callable[[Sequence[str], "bytes | int", Mapping[str, str]], Done]


class Implementation(NamedTuple):
    """A helper, how it is started, and the kind of store in which it keeps logins."""

    name: str
    start: Start
    store: str

    def on(self, variables: Mapping[str, str], home: Path) -> Helper:
        """Give the helper that keeps its logins in a store of this kind, which is found by variables."""
        settings = home / ".config" / "credhelper" / "config.toml"
        settings.parent.mkdir(parents=True)
        settings.write_text(f'[logins]\nkeyring = "{self.store}"\n')
        environ = {"HOME": str(home), **variables}
        return Helper(lambda words, stdin: self.start(words, stdin, environ))


def called(program: str) -> Start:
    """Give what runs an executable as Docker does."""

    def start(words: Sequence[str], stdin: bytes | int, environ: Mapping[str, str]) -> Done:
        return process.run([program, *words], stdin, **environ)

    return start


def in_process(words: Sequence[str], stdin: bytes | int, environ: Mapping[str, str]) -> Done:
    """Run ours in this process, as its __main__ does behind the descriptors."""

    def read() -> bytes:
        assert isinstance(stdin, bytes), "it reads what never ends"
        return stdin

    reply = cli.run(list(words), read, environ, lambda _: True)
    return Done(reply.status, reply.stdout, "".join(f"{note}\n" for note in reply.notes).encode())


IN_PROCESS = Implementation("in-process", in_process, FILE)
INSTALLED = Implementation(PROGRAM, called(PROGRAM), FILE)
ON_PASS = Implementation(f"{PROGRAM}-on-pass", called(PROGRAM), PASS)
ON_SECRET_SERVICE = Implementation(f"{PROGRAM}-on-the-secret-service", called(PROGRAM), SECRET_SERVICE)
DEBIANS_PASS = Implementation(deviations.PASS, called(deviations.PASS), PASS)
DEBIANS_SECRETSERVICE = Implementation(deviations.SECRETSERVICE, called(deviations.SECRETSERVICE), SECRET_SERVICE)

# Each module is run where it can tell something: a process of ours costs two hundred times what the call does.
_MOST = (IN_PROCESS, DEBIANS_PASS, DEBIANS_SECRETSERVICE, INSTALLED)
_CHOSEN = {
    "test_forms": (
        IN_PROCESS,
        DEBIANS_PASS,
        DEBIANS_SECRETSERVICE,
    ),  # pure, but for what test_erase and test_docker_hub have of it
    "test_erase": (*_MOST, ON_PASS, ON_SECRET_SERVICE),  # it goes each verb's way to the store
    "test_locked": (DEBIANS_SECRETSERVICE, ON_SECRET_SERVICE),
}


def those_for(module: str) -> list[Implementation]:
    """Give the helpers on which a module of tests is run, of those that are here."""
    return [each for each in _CHOSEN.get(module, _MOST) if each.store in are_here() and _is_listed(each)]


def _is_listed(each: Implementation) -> bool:
    """Whether it is ours, or a peer that is here in the version whose deviations are listed."""
    if each not in (DEBIANS_PASS, DEBIANS_SECRETSERVICE):
        return True
    if not shutil.which(each.name):
        return False
    told = subprocess.run([each.name, "version"], capture_output=True, text=True, check=False)
    return told.stdout.strip() == deviations.VERSION
