"""What Docker does with the installed helper: it stores a login, asks for it, erases it, lists all."""

from __future__ import annotations

import json

from tests.contract.process import NOT_FOUND, Done, helper, login, refusal

SERVER = "registry.example.com"
SECRET = "a-secret-of-somebody"


def store(secret: str = SECRET, server: str = SERVER, /, **changes: str | None) -> Done:
    """Send a login, as `docker login` does when it has succeeded."""
    fields = {"ServerURL": server, "Username": "somebody", "Secret": secret}
    return helper("store", stdin=json.dumps(fields).encode(), **changes)


def get(server: str = SERVER, /, **changes: str | None) -> Done:
    """Ask for a login, as a pull does."""
    return helper("get", stdin=server.encode(), **changes)


def erase(server: str = SERVER, /, **changes: str | None) -> Done:
    """Erase a login, as `docker logout` does."""
    return helper("erase", stdin=server.encode(), **changes)


def secret(server: str = SERVER, /, **changes: str | None) -> str:
    """Give the secret that a pull gets; anything else fails the test."""
    return login(get(server, **changes))["Secret"]


def is_kept(done: Done) -> bool:
    """Whether a verb that changes something succeeded, and said nothing to the client."""
    return (done.status, done.stdout) == (0, b"")


def is_nobody(done: Done) -> bool:
    """Whether the answer is that there is no login."""
    return (done.status, done.stdout) == (1, NOT_FOUND)


def failure(done: Done) -> str:
    """Give the id of a failure. It is told to the client in a sentence, which is not that there is no login."""
    sentence = refusal(done)
    assert sentence != NOT_FOUND.decode().strip()
    first = done.said.partition("\n")[0]
    assert first.startswith(f"docker-credential-ecr: {sentence} [")
    return first.rpartition("[")[2].rstrip("]")
