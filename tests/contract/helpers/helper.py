"""A credential helper of any implementation: one argument and bytes in, bytes and an exit status out."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Callable, NamedTuple

from tests.support.runner import NOT_FOUND, ProcessResult

if TYPE_CHECKING:
    from collections.abc import Sequence

    # The arguments, and the standard input: bytes, or a descriptor that never reaches its end.
    Start = Callable[[Sequence[str], "bytes | int"], ProcessResult]

SERVER = "registry.example.com"
OTHER_SERVER = "images.example.org"
SECRET = "a-secret-of-somebody"


class Login(NamedTuple):
    """A stored login, as a `get` returns it."""

    username: str
    secret: str


LOGIN = Login("somebody", SECRET)
OTHER_LOGIN = Login("another", "a-secret-of-another")


@dataclass(frozen=True)
class Helper:
    """One implementation with its own store, which was empty when the test began."""

    start: Start

    def run(self, *argv: str, stdin: bytes | int = b"") -> ProcessResult:
        """Run the helper to its end."""
        return self.start(argv, stdin)

    def send(self, stdin: bytes) -> ProcessResult:
        """Run `store` with any bytes as its input."""
        return self.run("store", stdin=stdin)

    def store(self, server: str = SERVER, login: Login = LOGIN) -> None:
        """Store a login as Docker sends it: JSON and a newline."""
        result = self.send(encode_login(server, login))
        assert (result.status, result.stdout) == (0, b"")

    def get(self, server: str = SERVER) -> ProcessResult:
        """Request a login as Docker does: the server without a newline."""
        return self.run("get", stdin=server.encode())

    def find_login(self, server: str = SERVER) -> Login:
        """Return the login that a `get` finds."""
        result = self.get(server)
        assert result.status == 0
        answer = json.loads(result.stdout)
        return Login(answer["Username"], answer["Secret"])

    def is_missing(self, server: str = SERVER) -> bool:
        """Return whether a `get` finds nothing and prints the protocol's "not found" message."""
        result = self.get(server)
        return (result.status, result.stdout) == (1, NOT_FOUND)

    def erase(self, server: str = SERVER) -> None:
        """Erase a login as Docker does; a failure fails the test."""
        result = self.run("erase", stdin=server.encode())
        assert (result.status, result.stdout) == (0, b"")

    def list_logins(self) -> dict[str, str]:
        """Return the user name of each stored login by its server."""
        result = self.run("list", stdin=b"unused")
        assert result.status == 0
        logins: dict[str, str] = json.loads(result.stdout)
        return logins


def encode_login(server: str, login: Login) -> bytes:
    """Return what Docker sends to store a login: JSON in UTF-8 and a newline."""
    fields = {"ServerURL": server, "Username": login.username, "Secret": login.secret}
    return json.dumps(fields, ensure_ascii=False).encode() + b"\n"
