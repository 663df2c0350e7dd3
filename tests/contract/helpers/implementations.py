"""The helpers that the contract is for: ours, in each of its ways, and those of Debian, which nobody here wrote."""

from __future__ import annotations

import shutil
import subprocess
from typing import TYPE_CHECKING, Callable, NamedTuple

from credhelper import cli
from tests.contract import process
from tests.contract.helpers.deviations import VERSION
from tests.contract.process import PROGRAM, Done

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

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


OURS = [Implementation("in-process", in_process, "file"), Implementation(PROGRAM, called(PROGRAM), "file")]
OURS_ELSEWHERE = [
    Implementation(f"{PROGRAM}-on-the-secret-service", called(PROGRAM), "secret-service"),
    Implementation(f"{PROGRAM}-on-pass", called(PROGRAM), "pass"),
]
PEERS = [
    Implementation("docker-credential-pass", called("docker-credential-pass"), "pass"),
    Implementation("docker-credential-secretservice", called("docker-credential-secretservice"), "secret-service"),
]
# It has each verb's way to the store; what the others say of ours is the same whatever store is behind it.
_OF_EACH_STORE = "test_erase"
_NEEDS = {"file": (), "pass": ("pass", "gpg"), "secret-service": ("dbus-daemon", "gnome-keyring-daemon")}


def _is_listed(peer: Implementation) -> bool:
    """Whether it is here, in the version whose deviations are listed."""
    if not shutil.which(peer.name):
        return False
    told = subprocess.run([peer.name, "version"], capture_output=True, text=True, check=False)
    return told.stdout.strip() == VERSION


def those_of(module: str) -> list[Implementation]:
    """Give those for which a module's tests are, as far as this machine has them."""
    peers = filter(_is_listed, PEERS)
    elsewhere = OURS_ELSEWHERE if module == _OF_EACH_STORE else []
    return [each for each in [*OURS, *peers, *elsewhere] if all(map(shutil.which, _NEEDS[each.store]))]
