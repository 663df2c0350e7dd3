"""The logins and helpers in Docker's config.json, and edits of them.

Pure. Edits return a new document and preserve unknown keys and the order of keys. The facts are those of docker/cli:
cli/config/configfile/file.go and cli/config/credentials.
"""

from __future__ import annotations

import base64
import binascii
import re
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping

Document = dict[str, Any]

HELPER = "ecr"  # the name of docker-credential-ecr in the file
DOCKER_HUB = "https://index.docker.io/v1/"  # Docker's name for its own registry
DOCKER_HUB_ALIASES = ("docker.io", "index.docker.io", "registry-1.docker.io")  # other clients' names for it
TOKEN_USERNAME = "<token>"  # noqa: S105  (the username by which helpers know an identity token)
LOGIN_KEYS = ("auth", "username", "password", "identitytoken")  # the fields of a login in an entry, all of them text


def entries(document: Document) -> dict[str, Document]:
    """Return {server URL: its entry in `auths`}."""
    return {server: entry or {} for server, entry in (document.get("auths") or {}).items()}


def redacted(server: str) -> str:
    """Return the name of an entry as it may be shown: a URL may contain a password."""
    return re.sub(r"^(\w+://)?.*@", r"\1...@", server, flags=re.DOTALL)


def parse_logins(entry: Mapping[str, Any]) -> list[tuple[str, str]]:
    """Return each username and secret that an entry of `auths` contains: one, unless it was written by hand.

    Raises ValueError, with a clause that states the reason, for a login that Docker would not read or that no keyring
    can store.
    """
    auth, username, password, token = (entry.get(name) or "" for name in LOGIN_KEYS)
    pairs = [_decode_auth(auth)] if auth else []
    pairs += [(username, password)] if username or password else []
    if token:  # Docker drops the username of an entry with a token when it passes the token to a helper
        pairs = [*(pair for pair in pairs if pair[1]), (TOKEN_USERNAME, token)]
    for pair in pairs:
        if not pair[0]:
            raise ValueError("its login has no user name")
        if "\0" in "".join(pair):
            raise ValueError("its login contains a NUL character, which no keyring can store")
    return list(dict.fromkeys(pairs))


def without_login(entry: Document) -> Document:
    """Return an entry without its login; most are empty then, as Docker leaves them if a helper stores the login."""
    return {name: value for name, value in entry.items() if name not in LOGIN_KEYS}


def with_login(entry: Document, username: str, secret: str) -> Document:
    """Return an entry with a login. The username must not contain a colon, which ends it in the file."""
    if username == TOKEN_USERNAME:
        return {**entry, "identitytoken": secret}
    pair = f"{username}:{secret}".encode("utf-8", "surrogatepass")
    return {**entry, "auth": base64.b64encode(pair).decode("ascii")}


def with_entries(document: Document, new_entries: Mapping[str, Document]) -> Document:
    """Return the document with these entries of `auths`, which replace those of the same names."""
    return {**document, "auths": {**(document.get("auths") or {}), **new_entries}} if new_entries else document


def has_login(entry: Mapping[str, Any]) -> bool:
    """Return whether an entry of `auths` contains any part of a login, readable or not."""
    return any(entry.get(name) for name in LOGIN_KEYS)


def lookup_key(server: str) -> str:
    """Return the name by which Docker asks for the login of an entry of `auths`.

    It is the host (ConvertToHostname of cli/config/credentials/file_store.go), except for Docker's own registry.
    """
    if server.startswith(DOCKER_HUB):
        return DOCKER_HUB
    host = (server.partition("://")[2] or server).partition("/")[0]
    return host[:-1] if host.endswith(":") else host


def aliases(host: str) -> tuple[str, ...]:
    """Return the names that `credHelpers` may have for `host`.

    podman looks for Docker's own registry under another name, and accepts an entry with any of its names
    (containers/image, pkg/docker/config).
    """
    return (host, "docker.io") if host in (DOCKER_HUB, *DOCKER_HUB_ALIASES) else (host,)


def helper_for(document: Document, host: str) -> str:
    """Return the helper that Docker runs for `host`, exactly as written; "" if Docker looks in the file itself."""
    helpers = document.get("credHelpers") or {}
    return str((helpers.get(host) if host in helpers else document.get("credsStore")) or "")


def hosts_using_us(document: Document) -> list[str]:
    """Return the hosts for which `credHelpers` names this helper."""
    return [host for host, name in (document.get("credHelpers") or {}).items() if name == HELPER]


def with_helper(document: Document, hosts: Iterable[str]) -> Document:
    """Return the document with this helper named for `hosts`."""
    return _with_helpers(document, {**(document.get("credHelpers") or {}), **dict.fromkeys(hosts, HELPER)})


def without_helper(document: Document, hosts: Collection[str]) -> Document:
    """Return the document without the helpers that are named for `hosts`."""
    helpers = document.get("credHelpers") or {}
    return _with_helpers(document, {host: name for host, name in helpers.items() if host not in hosts})


def without_store(document: Document) -> Document:
    """Return the document without the helper for all hosts (`credsStore`)."""
    return {key: value for key, value in document.items() if key != "credsStore"}


def _with_helpers(document: Document, helpers: Document) -> Document:
    if helpers == (document.get("credHelpers") or {}):
        return document
    new_document = {**document, "credHelpers": helpers}
    return {key: value for key, value in new_document.items() if key != "credHelpers" or helpers}


def _decode_auth(auth: str) -> tuple[str, str]:
    """Decode `auth` as Docker does, which strips zero bytes from both ends of the password. Raises ValueError."""
    try:
        text = base64.b64decode(auth.translate({10: None, 13: None}), validate=True).decode()
    except (binascii.Error, ValueError):
        raise ValueError("its login is not base64 of UTF-8") from None
    username, separator, password = text.partition(":")
    if not separator:
        raise ValueError("its login has no colon between the user name and the password")
    return username, password.strip("\0")
