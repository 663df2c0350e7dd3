"""The installed helper as Docker uses it: to store, get and erase a login."""

from __future__ import annotations

import json

from tests.support.runner import NOT_FOUND, ProcessResult, parse_error, parse_login, run_helper

SERVER = "registry.example.com"
SECRET = "a-secret-of-somebody"


def store(secret: str = SECRET, server: str = SERVER, /, **changes: str | None) -> ProcessResult:
    """Store a login, as `docker login` does after it has succeeded."""
    fields = {"ServerURL": server, "Username": "somebody", "Secret": secret}
    return run_helper("store", stdin=json.dumps(fields).encode(), **changes)


def get(server: str = SERVER, /, **changes: str | None) -> ProcessResult:
    """Request a login, as a pull does."""
    return run_helper("get", stdin=server.encode(), **changes)


def erase(server: str = SERVER, /, **changes: str | None) -> ProcessResult:
    """Erase a login, as `docker logout` does."""
    return run_helper("erase", stdin=server.encode(), **changes)


def get_secret(server: str = SERVER, /, **changes: str | None) -> str:
    """Return the secret that a pull gets; anything else fails the test."""
    return parse_login(get(server, **changes))["Secret"]


def is_success(result: ProcessResult) -> bool:
    """Return whether a verb that changes something succeeded and printed nothing for the client."""
    return (result.status, result.stdout) == (0, b"")


def is_not_found(result: ProcessResult) -> bool:
    """Return whether the answer is that there is no login."""
    return (result.status, result.stdout) == (1, NOT_FOUND)


def parse_error_id(result: ProcessResult) -> str:
    """Return the id of a failure, which the client gets as a message other than "not found"."""
    message = parse_error(result)
    assert message != NOT_FOUND.decode().strip()
    error_id = message.rpartition("[")[2].rstrip("]")
    assert result.report.endswith(f" [{error_id}]\n")
    return error_id
