"""Docker's config.json for the tests, and the logins that docker-py, an independent client, finds with it."""

from __future__ import annotations

import base64
import json
import os
from typing import TYPE_CHECKING, Any

from docker import auth  # type: ignore[import-untyped]

from tests.support.runner import run_helper

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

SECRET = "a-secret-of-somebody"

LoginPair = tuple[str, str]


def make_auth(username: str, secret: str = SECRET, **fields: str) -> dict[str, str]:
    """Return an entry of `auths`."""
    return {"auth": base64.b64encode(f"{username}:{secret}".encode()).decode(), **fields}


ONE_LOGIN = {"auths": {"ghcr.io": make_auth("octocat")}}


def write_config(path: Path, document: object) -> bytes:
    """Write the file as Docker does, and return its bytes."""
    data = json.dumps(document, indent="\t").encode()
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(data)
    path.chmod(0o600)
    return data


def read_config(path: Path) -> Any:  # noqa: ANN401  (whatever is in it)
    return json.loads(path.read_bytes())


def run_for_lines(*argv: str, status: int = 0) -> list[str]:
    """Run the helper, and return the lines that it prints; a secret among them fails the test."""
    result = run_helper(*argv)
    assert SECRET not in result.stderr_text + result.stdout.decode()
    assert result.status == status, result.stderr_text
    return result.stdout.decode().splitlines()


def find_message(lines: Sequence[str], server: str) -> str:
    """Return the message about a server."""
    return next(line.removeprefix(f"{server}: ") for line in lines if line.startswith(f"{server}: "))


def store_login(server: str, username: str, secret: str = SECRET) -> None:
    """Store a login, as `docker login` does."""
    login = {"ServerURL": server, "Username": username, "Secret": secret}
    assert run_helper("store", stdin=json.dumps(login).encode()).status == 0


def find_stored(server: str) -> LoginPair | None:
    """Return the login that the helper has for a server."""
    result = run_helper("get", stdin=server.encode())
    answer = json.loads(result.stdout) if result.status == 0 else None
    return (answer["Username"], answer["Secret"]) if answer else None


def find_with_docker_py(path: Path, registry: str | None) -> LoginPair | None:
    """Return the login that docker-py finds for a registry; None means Docker's own."""
    config = auth.load_config(str(path), credstore_env=dict(os.environ))
    answer = {name.lower(): value for name, value in (config.resolve_authconfig(registry) or {}).items()}
    if answer.get("identitytoken"):
        return "<token>", answer["identitytoken"]
    return (answer["username"], answer["password"]) if "username" in answer else None
