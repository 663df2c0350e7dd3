"""What logins are: a dictionary {form in which it was stored: login}, in the order of storing.

It knows nothing of hosts. Which forms are one server's is written down, so that the helper's own reading of them is
measured by another one's.
"""

from __future__ import annotations

Login = tuple[str, str]  # user name, secret
State = tuple[tuple[str, Login], ...]  # (form, login); the last one was stored last

EMPTY: State = ()

# The forms of a row are one server's: `get` and `erase` take any of them for any other.
SERVERS = (
    ("ghcr.io", "https://ghcr.io", "GHCR.io", "ghcr.io:443", "http://ghcr.io/", "https://ghcr.io/v2/", "ghcr.io/v1/"),
    ("https://index.docker.io/v1/", "index.docker.io", "https://Index.Docker.io"),
    ("https://index.docker.io/v1/access-token", "index.docker.io/v1/access-token"),
    ("https://index.docker.io/v1/refresh-token", "index.docker.io/v1/refresh-token"),
    ("ghcr.io:5000", "https://ghcr.io:5000", "GHCR.IO:5000/v2/"),
    ("ghcr.io/team", "https://ghcr.io/team", "ghcr.io:443/team/"),
)
FORMS = tuple(form for row in SERVERS for form in row)
_EQUIVALENT_FORMS = {form: row for row in SERVERS for form in row}


def store_login(state: State, form: str, login: Login) -> State:
    """Give what is kept when `login` has been stored."""
    return (*_remove_form(state, form), (form, login))


def replace_login(state: State, form: str, login: Login) -> State:
    """Give what is kept when `login` has taken the place of the one that was stored in this form."""
    return tuple((stored_form, login if stored_form == form else stored_login) for stored_form, stored_login in state)


def erase_login(state: State, server: str) -> State:
    """Give what is kept when the login that `get` gives for `server` has been erased."""
    return _remove_form(state, _find_form(state, server))


def find_login(state: State, server: str) -> Login | None:
    """Give the login of exactly this form, else the one of the same server that was stored last."""
    return dict(state).get(_find_form(state, server) or "")


def _find_form(state: State, server: str) -> str | None:
    if server in dict(state):
        return server
    return next((form for form, _ in reversed(state) if form in _EQUIVALENT_FORMS[server]), None)


def _remove_form(state: State, form: str | None) -> State:
    return tuple(item for item in state if item[0] != form)
