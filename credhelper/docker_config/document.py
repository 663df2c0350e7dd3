"""What Docker's config.json says of logins and helpers, and edits of it.

Pure. An edit gives a new document, in which all that it does not know keeps its place. The facts are those of
docker/cli: cli/config/configfile/file.go and cli/config/credentials.
"""

from __future__ import annotations

import base64
import binascii
import re
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping

Document = dict[str, Any]

HELPER = "ecr"  # docker-credential-ecr, as the file names it
DOCKER_HUB = "https://index.docker.io/v1/"  # how Docker names its own registry
DOCKER_HUB_ALIASES = ("docker.io", "index.docker.io", "registry-1.docker.io")  # how others do
TOKEN_USERNAME = "<token>"  # noqa: S105  (the user name of an identity token, for a helper)
LOGIN_KEYS = ("auth", "username", "password", "identitytoken")  # what an entry may hold of a login, text all


def entries(document: Document) -> dict[str, Document]:
    """Give {server: its entry}."""
    return {server: entry or {} for server, entry in (document.get("auths") or {}).items()}


def redacted(server: str) -> str:
    """Give what a person may see of the name of an entry: a URL may have a password in it."""
    return re.sub(r"^(\w+://)?.*@", r"\1...@", server, flags=re.DOTALL)


def parse_logins(entry: Mapping[str, Any]) -> list[tuple[str, str]]:
    """Give each user name and secret that an entry of `auths` holds: one, unless somebody wrote it by hand.

    Raises ValueError, with a clause that says why, for what Docker would not read, and what no keyring keeps.
    """
    auth, username, password, token = (entry.get(name) or "" for name in LOGIN_KEYS)
    pairs = [_decode_auth(auth)] if auth else []
    pairs += [(username, password)] if username or password else []
    if token:  # Docker drops the user name beside it, when it gives the token to a helper
        pairs = [*(pair for pair in pairs if pair[1]), (TOKEN_USERNAME, token)]
    for pair in pairs:
        if not pair[0]:
            raise ValueError("its login has no user name")
        if "\0" in "".join(pair):
            raise ValueError("its login contains a NUL character, which no keyring can store")
    return list(dict.fromkeys(pairs))


def without_login(entry: Document) -> Document:
    """Give an entry without its login; of most nothing is left, as Docker has it where a helper keeps the login."""
    return {name: value for name, value in entry.items() if name not in LOGIN_KEYS}


def with_login(entry: Document, username: str, secret: str) -> Document:
    """Give an entry with a login. No colon may be in the user name: the file could not tell where it ends."""
    if username == TOKEN_USERNAME:
        return {**entry, "identitytoken": secret}
    pair = f"{username}:{secret}".encode("utf-8", "surrogatepass")
    return {**entry, "auth": base64.b64encode(pair).decode("ascii")}


def with_entries(document: Document, new_entries: Mapping[str, Document]) -> Document:
    """Give the document with these entries of `auths`, in the place of those that it has."""
    return {**document, "auths": {**(document.get("auths") or {}), **new_entries}} if new_entries else document


def has_login(entry: Mapping[str, Any]) -> bool:
    """Whether there is anything of a login in an entry of `auths`, be it readable or not."""
    return any(entry.get(name) for name in LOGIN_KEYS)


def lookup_key(server: str) -> str:
    """Give how Docker asks for the login of an entry of `auths`: by the host (ConvertToHostname of
    cli/config/credentials/file_store.go), but for its own registry's.
    """
    if server.startswith(DOCKER_HUB):
        return DOCKER_HUB
    host = (server.partition("://")[2] or server).partition("/")[0]
    return host[:-1] if host.endswith(":") else host


def aliases(host: str) -> tuple[str, ...]:
    """Give by what names `credHelpers` may have `host`: podman looks for Docker's own registry by another one, and
    takes an entry of any of its names (containers/image, pkg/docker/config).
    """
    return (host, "docker.io") if host in (DOCKER_HUB, *DOCKER_HUB_ALIASES) else (host,)


def helper_for(document: Document, host: str) -> str:
    """Give the helper that Docker asks for `host`, exactly so written, or "" where it looks into the file itself."""
    helpers = document.get("credHelpers") or {}
    return str((helpers.get(host) if host in helpers else document.get("credsStore")) or "")


def hosts_using_us(document: Document) -> list[str]:
    """Give the hosts for which we are named, each by itself."""
    return [host for host, name in (document.get("credHelpers") or {}).items() if name == HELPER]


def with_helper(document: Document, hosts: Iterable[str]) -> Document:
    """Give the document where we are named for `hosts`."""
    return _with_helpers(document, {**(document.get("credHelpers") or {}), **dict.fromkeys(hosts, HELPER)})


def without_helper(document: Document, hosts: Collection[str]) -> Document:
    """Give the document where no helper is named for `hosts`."""
    helpers = document.get("credHelpers") or {}
    return _with_helpers(document, {host: name for host, name in helpers.items() if host not in hosts})


def without_store(document: Document) -> Document:
    """Give the document where no helper is named for all hosts."""
    return {key: value for key, value in document.items() if key != "credsStore"}


def _with_helpers(document: Document, helpers: Document) -> Document:
    if helpers == (document.get("credHelpers") or {}):
        return document
    new_document = {**document, "credHelpers": helpers}
    return {key: value for key, value in new_document.items() if key != "credHelpers" or helpers}


def _decode_auth(auth: str) -> tuple[str, str]:
    """Decode as Docker does, which takes zero bytes away from the password's ends."""
    try:
        text = base64.b64decode(auth.translate({10: None, 13: None}), validate=True).decode()
    except (binascii.Error, ValueError):
        raise ValueError("its login is not base64 of UTF-8") from None
    username, separator, password = text.partition(":")
    if not separator:
        raise ValueError("its login has no colon between the user name and the password")
    return username, password.strip("\0")
