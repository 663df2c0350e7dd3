"""A credential helper as the contract sees it, whoever wrote it: a word, bytes in, bytes and an exit status out."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Callable, NamedTuple

from tests.contract.process import NOT_FOUND, Done

if TYPE_CHECKING:
    from collections.abc import Sequence

    # Words, and what standard input brings: bytes, or a descriptor that never ends.
    Start = Callable[[Sequence[str], "bytes | int"], Done]

SERVER = "registry.example.com"
OTHER_SERVER = "images.example.org"
SECRET = "a-secret-of-somebody"


class Login(NamedTuple):
    """What was stored, as a `get` gives it back."""

    username: str
    secret: str


SOMEBODY = Login("somebody", SECRET)
ANOTHER = Login("another", "a-secret-of-another")


@dataclass(frozen=True)
class Helper:
    """One implementation, with a store of its own that was empty when the test began."""

    start: Start

    def run(self, *words: str, stdin: bytes | int = b"") -> Done:
        """Run it to its end."""
        return self.start(words, stdin)

    def send(self, given: bytes) -> Done:
        """Let `store` have bytes, whatever they are."""
        return self.run("store", stdin=given)

    def store(self, server: str = SERVER, login: Login = SOMEBODY) -> None:
        """Store a login as Docker sends it: JSON, and a newline."""
        done = self.send(as_sent(server, login))
        assert (done.status, done.stdout) == (0, b"")

    def get(self, server: str = SERVER) -> Done:
        """Ask for a login as Docker does: the server, and no newline."""
        return self.run("get", stdin=server.encode())

    def login(self, server: str = SERVER) -> Login:
        """Give the login that a `get` finds."""
        done = self.get(server)
        assert done.status == 0
        answer = json.loads(done.stdout)
        return Login(answer["Username"], answer["Secret"])

    def misses(self, server: str = SERVER) -> bool:
        """Whether a `get` finds nothing, and says so in the protocol's words."""
        done = self.get(server)
        return (done.status, done.stdout) == (1, NOT_FOUND)

    def erase(self, server: str = SERVER) -> None:
        """Erase as Docker does, which succeeds."""
        done = self.run("erase", stdin=server.encode())
        assert (done.status, done.stdout) == (0, b"")

    def listed(self) -> dict[str, str]:
        """Give the user of each login that is stored."""
        done = self.run("list", stdin=b"unused")
        assert done.status == 0
        listed: dict[str, str] = json.loads(done.stdout)
        return listed


def as_sent(server: str, login: Login) -> bytes:
    """Give what Docker sends to store a login: JSON with its text as UTF-8."""
    fields = {"ServerURL": server, "Username": login.username, "Secret": login.secret}
    return json.dumps(fields, ensure_ascii=False).encode() + b"\n"
