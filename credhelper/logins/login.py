"""A login: parsing what `docker login` sends, and the JSON text that keyrings store and clients receive. Pure."""

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

MAX_SIZE = 1 << 20  # bytes of a request to `store`; an identity token has about 5,000


class Login(NamedTuple):
    """A username and a secret for a server, whose URL is kept in the form that the client sent.

    The username of an identity token is "<token>" (docker/cli, cli/config/credentials/native_store.go).
    """

    server: str
    username: str
    secret: str

    def __repr__(self) -> str:
        """Omit the secret: a failing test or a traceback would show it."""
        return f"Login({self.server!r}, {self.username!r})"

    def to_json(self) -> str:
        """Return the login as one line of ASCII: the answer to a `get`, and the value that a keyring stores.

        Backends lose parts of other text: pass all but the first line, Windows what follows a NUL, some a blank secret.
        """
        return json.dumps({"ServerURL": self.server, "Username": self.username, "Secret": self.secret})


def parse(request: bytes) -> Login:
    """Return the login that a client sent to `store`.

    Raises HelperError: "bad-login", with the protocol's own message where there is one, "no-server", "bad-server". An
    error never repeats a part of the request, which contains a password.
    """
    fields = _parse_object(request)
    server, username, secret = (_require_text(fields.get(name, "")) for name in ("ServerURL", "Username", "Secret"))
    if not server:
        raise BAD_LOGIN_WITHOUT_SERVER.error()
    if not username:
        raise BAD_LOGIN_WITHOUT_USERNAME.error()
    return Login(normalize_form(server), username, secret)


def from_json(text: str, form: str) -> Login | None:
    """Return the login of `form` that a keyring stored; None if `text` is not a login or is that of another server."""
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
    """Return the pairs as a dict. Raises ValueError for a duplicate key, which is ambiguous."""
    fields = dict(pairs)
    if len(fields) < len(pairs):
        raise ValueError
    return fields


def _require_text(value: object) -> str:
    if not isinstance(value, str) or "\0" in value:  # no registry accepts a NUL (RFC 7617); some backends stop at it
        raise BAD_LOGIN_FIELD.error()
    return value
