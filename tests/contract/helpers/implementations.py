"""The helpers that the contract is for: ours, in each of its ways, and those of Debian, which nobody here wrote."""

from __future__ import annotations

import shutil
import subprocess
from typing import TYPE_CHECKING, Callable, NamedTuple

from credhelper import cli
from tests.contract import process
from tests.contract.helpers.deviations import VERSION
from tests.contract.helpers.stores import FILE, PASS, SECRET_SERVICE, are_here
from tests.contract.process import PROGRAM, Done

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    # Words, what standard input brings (a descriptor: it never ends), and the environment.
    Start = Callable[[Sequence[str], "bytes | int", Mapping[str, str]], Done]


class Implementation(NamedTuple):
    """A helper, how it is started, and the kind of store in which it keeps logins."""

    name: str
    start: Start
    store: str


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
    return Done(reply.status, reply.answer, "".join(f"{note}\n" for note in reply.notes).encode())


IN_PROCESS = Implementation("in-process", in_process, FILE)
PEERS = [
    Implementation("docker-credential-pass", called("docker-credential-pass"), PASS),
    Implementation("docker-credential-secretservice", called("docker-credential-secretservice"), SECRET_SERVICE),
]
INSTALLED = Implementation(PROGRAM, called(PROGRAM), FILE)
ELSEWHERE = [
    Implementation(f"{PROGRAM}-on-pass", called(PROGRAM), PASS),
    Implementation(f"{PROGRAM}-on-the-secret-service", called(PROGRAM), SECRET_SERVICE),
]


def those_for(module: str) -> list[Implementation]:
    """Give the helpers, of those that can be here, on which a module of tests is run."""
    stores = are_here()
    return [each for each in _chosen(module) if each.store in stores]


def _chosen(module: str) -> Iterator[Implementation]:
    """Each is run on what can tell its tests apart: a process of ours costs two hundred times what the call does."""
    yield IN_PROCESS
    yield from filter(_is_listed, PEERS)
    if module != "test_forms":  # pure, but for what test_erase and test_docker_hub have of it
        yield INSTALLED
    if module == "test_erase":  # it goes each verb's way to the store
        yield from ELSEWHERE


def _is_listed(peer: Implementation) -> bool:
    """Whether it is here, in the version whose deviations are listed."""
    if not shutil.which(peer.name):
        return False
    told = subprocess.run([peer.name, "version"], capture_output=True, text=True, check=False)
    return told.stdout.strip() == VERSION
