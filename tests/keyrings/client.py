"""What Docker does with the installed helper: it stores a login, asks for it, erases it, lists all."""

from __future__ import annotations

import json

from tests.contract.runner import NOT_FOUND, ProcessResult, parse_error, parse_login, run_helper

SERVER = "registry.example.com"
SECRET = "a-secret-of-somebody"


def store(secret: str = SECRET, server: str = SERVER, /, **changes: str | None) -> ProcessResult:
    """Send a login, as `docker login` does when it has succeeded."""
    fields = {"ServerURL": server, "Username": "somebody", "Secret": secret}
    return run_helper("store", stdin=json.dumps(fields).encode(), **changes)


def get(server: str = SERVER, /, **changes: str | None) -> ProcessResult:
    """Ask for a login, as a pull does."""
    return run_helper("get", stdin=server.encode(), **changes)


def erase(server: str = SERVER, /, **changes: str | None) -> ProcessResult:
    """Erase a login, as `docker logout` does."""
    return run_helper("erase", stdin=server.encode(), **changes)


def get_secret(server: str = SERVER, /, **changes: str | None) -> str:
    """Give the secret that a pull gets; anything else fails the test."""
    return parse_login(get(server, **changes))["Secret"]


def is_success(result: ProcessResult) -> bool:
    """Whether a verb that changes something succeeded, and said nothing to the client."""
    return (result.status, result.stdout) == (0, b"")


def is_not_found(result: ProcessResult) -> bool:
    """Whether the answer is that there is no login."""
    return (result.status, result.stdout) == (1, NOT_FOUND)


def parse_error_id(result: ProcessResult) -> str:
    """Give the id of a failure. It is told to the client in a sentence, which is not that there is no login."""
    message = parse_error(result)
    assert message != NOT_FOUND.decode().strip()
    error_id = message.rpartition("[")[2].rstrip("]")
    assert result.report.endswith(f" [{error_id}]\n")
    return error_id
