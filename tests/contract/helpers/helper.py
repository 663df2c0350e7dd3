"""A credential helper as the contract sees it, whoever wrote it: a word, bytes in, bytes and an exit status out."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Callable, NamedTuple

from tests.contract.runner import NOT_FOUND, ProcessResult

if TYPE_CHECKING:
    from collections.abc import Sequence

    # Words, and what standard input brings: bytes, or a descriptor that never ends.
    Start = Callable[[Sequence[str], "bytes | int"], ProcessResult]

SERVER = "registry.example.com"
OTHER_SERVER = "images.example.org"
SECRET = "a-secret-of-somebody"


class Login(NamedTuple):
    """What was stored, as a `get` gives it back."""

    username: str
    secret: str


LOGIN = Login("somebody", SECRET)
OTHER_LOGIN = Login("another", "a-secret-of-another")


@dataclass(frozen=True)
class Helper:
    """One implementation, with a store of its own that was empty when the test began."""

    start: Start

    def run(self, *argv: str, stdin: bytes | int = b"") -> ProcessResult:
        """Run it to its end."""
        return self.start(argv, stdin)

    def send(self, stdin: bytes) -> ProcessResult:
        """Let `store` have bytes, whatever they are."""
        return self.run("store", stdin=stdin)

    def store(self, server: str = SERVER, login: Login = LOGIN) -> None:
        """Store a login as Docker sends it: JSON, and a newline."""
        result = self.send(encode_login(server, login))
        assert (result.status, result.stdout) == (0, b"")

    def get(self, server: str = SERVER) -> ProcessResult:
        """Ask for a login as Docker does: the server, and no newline."""
        return self.run("get", stdin=server.encode())

    def find_login(self, server: str = SERVER) -> Login:
        """Give the login that a `get` finds."""
        result = self.get(server)
        assert result.status == 0
        answer = json.loads(result.stdout)
        return Login(answer["Username"], answer["Secret"])

    def is_missing(self, server: str = SERVER) -> bool:
        """Whether a `get` finds nothing, and says so in the protocol's words."""
        result = self.get(server)
        return (result.status, result.stdout) == (1, NOT_FOUND)

    def erase(self, server: str = SERVER) -> None:
        """Erase as Docker does, which succeeds."""
        result = self.run("erase", stdin=server.encode())
        assert (result.status, result.stdout) == (0, b"")

    def list_logins(self) -> dict[str, str]:
        """Give the user of each login that is stored."""
        result = self.run("list", stdin=b"unused")
        assert result.status == 0
        logins: dict[str, str] = json.loads(result.stdout)
        return logins


def encode_login(server: str, login: Login) -> bytes:
    """Give what Docker sends to store a login: JSON with its text as UTF-8."""
    fields = {"ServerURL": server, "Username": login.username, "Secret": login.secret}
    return json.dumps(fields, ensure_ascii=False).encode() + b"\n"
