"""A login: what `docker login` stores, as it stands in a keyring, and as a client gets it. Pure."""

from __future__ import annotations

import json
from typing import Any, NamedTuple

from credhelper.error_catalog.client import (
    BAD_LOGIN,
    BAD_LOGIN_FIELD,
    BAD_LOGIN_WITHOUT_SERVER,
    BAD_LOGIN_WITHOUT_USERNAME,
)
from credhelper.logins.server_forms import normalize_form

MAX_SIZE = 1 << 20  # bytes of what a client sends; an identity token has some 5,000


class Login(NamedTuple):
    """A user name and a secret for a server, in the form in which the client named it. "<token>" is the user name of an
    identity token (docker/cli, cli/config/credentials/native_store.go).
    """

    server: str
    username: str
    secret: str

    def __repr__(self) -> str:
        """Without the secret: a failing test, or a traceback for whoever debugs, would show it."""
        return f"Login({self.server!r}, {self.username!r})"

    def to_json(self) -> str:
        """The login as one line of ASCII: the answer to a `get`, and what a keyring keeps.

        Backends lose what is not: pass all but the first line, Windows what follows a NUL, some a blank secret.
        """
        return json.dumps({"ServerURL": self.server, "Username": self.username, "Secret": self.secret})


def parse(request: bytes) -> Login:
    """Give the login that a client sent to `store`.

    Raises HelperError: "bad-login", with the protocol's own sentence where it has one, "no-server", "bad-server".
    Nothing of it is repeated in an error: it holds a password.
    """
    fields = _parse_object(request)
    server, username, secret = (_require_text(fields.get(name, "")) for name in ("ServerURL", "Username", "Secret"))
    if not server:
        raise BAD_LOGIN_WITHOUT_SERVER.error()
    if not username:
        raise BAD_LOGIN_WITHOUT_USERNAME.error()
    return Login(normalize_form(server), username, secret)


def from_json(text: str, form: str) -> Login | None:
    """Give the login of `form` that a keyring kept; None where it is another server's, or none at all."""
    try:
        fields = json.loads(text)
        login = Login(fields["ServerURL"], fields["Username"], fields["Secret"])
    except (ValueError, KeyError, TypeError, RecursionError):
        return None
    return login if login.server == form and all(isinstance(field, str) for field in login) else None


def _parse_object(request: bytes) -> dict[str, Any]:
    try:
        fields = (
            json.loads(request.decode("utf-8"), object_pairs_hook=_reject_duplicate_keys)
            if len(request) <= MAX_SIZE
            else None
        )
    except (ValueError, RecursionError):
        fields = None
    if not isinstance(fields, dict):
        raise BAD_LOGIN.error(limit=str(MAX_SIZE >> 20))
    return fields


def _reject_duplicate_keys(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """Of two that have one name, nobody knows which is meant."""
    fields = dict(pairs)
    if len(fields) < len(pairs):
        raise ValueError
    return fields


def _require_text(value: object) -> str:
    if not isinstance(value, str) or "\0" in value:  # which no registry takes (RFC 7617), and some backends end at
        raise BAD_LOGIN_FIELD.error()
    return value
