"""Docker's config.json as its tests need it, and what docker-py, which nobody here wrote, finds by it."""

from __future__ import annotations

import base64
import json
import os
from typing import TYPE_CHECKING, Any

from docker import auth  # type: ignore[import-untyped]

from tests.contract.process import helper

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

SECRET = "a-secret-of-somebody"

Found = tuple[str, str]


def entry(username: str, secret: str = SECRET, **others: str) -> dict[str, str]:
    """Give an entry of `auths`."""
    return {"auth": base64.b64encode(f"{username}:{secret}".encode()).decode(), **others}


ONE_LOGIN = {"auths": {"ghcr.io": entry("octocat")}}


def write(path: Path, document: object) -> bytes:
    """Write the file as Docker does, and give its bytes."""
    data = json.dumps(document, indent="\t").encode()
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(data)
    path.chmod(0o600)
    return data


def read(path: Path) -> Any:  # noqa: ANN401  (whatever is in it)
    return json.loads(path.read_bytes())


def lines(*words: str, status: int = 0) -> list[str]:
    """Run the helper, and give the lines that it shows. No secret is ever among them."""
    done = helper(*words)
    assert SECRET not in done.said + done.stdout.decode()
    assert done.status == status, done.said
    return done.stdout.decode().splitlines()


def told(shown: Sequence[str], server: str) -> str:
    """Give what is said of a server."""
    return next(line.removeprefix(f"{server}: ") for line in shown if line.startswith(f"{server}: "))


def store(server: str, username: str, secret: str = SECRET) -> None:
    """Store a login, as `docker login` does."""
    sent = {"ServerURL": server, "Username": username, "Secret": secret}
    assert helper("store", stdin=json.dumps(sent).encode()).status == 0


def stored(server: str) -> Found | None:
    """Give the login that the helper has for a server."""
    done = helper("get", stdin=server.encode())
    answer = json.loads(done.stdout) if done.status == 0 else None
    return (answer["Username"], answer["Secret"]) if answer else None


def found(path: Path, registry: str | None) -> Found | None:
    """Give the login that docker-py finds for a registry; None names Docker's own."""
    config = auth.load_config(str(path), credstore_env=dict(os.environ))
    answer = {name.lower(): value for name, value in (config.resolve_authconfig(registry) or {}).items()}
    if answer.get("identitytoken"):
        return "<token>", answer["identitytoken"]
    return (answer["username"], answer["password"]) if "username" in answer else None
