"""What logins are: a dictionary {form in which it was stored: login}, in the order of storing.

It knows nothing of hosts. Which forms are one server's is written down, so that the helper's own reading of them is
measured by another one's.
"""

from __future__ import annotations

Login = tuple[str, str]  # user name, secret
Kept = tuple[tuple[str, Login], ...]  # (form, login); the last one was stored last

NOTHING: Kept = ()

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
_SAME = {form: row for row in SERVERS for form in row}


def stored(kept: Kept, form: str, login: Login) -> Kept:
    """Give what is kept when `login` has been stored."""
    return (*_without(kept, form), (form, login))


def renewed(kept: Kept, form: str, login: Login) -> Kept:
    """Give what is kept when `login` has taken the place of the one that was stored in this form."""
    return tuple((each, login if each == form else held) for each, held in kept)


def erased(kept: Kept, server: str) -> Kept:
    """Give what is kept when the login that `get` gives for `server` has been erased."""
    return _without(kept, _picked(kept, server))


def found(kept: Kept, server: str) -> Login | None:
    """Give the login of exactly this form, else the one of the same server that was stored last."""
    return dict(kept).get(_picked(kept, server) or "")


def _picked(kept: Kept, server: str) -> str | None:
    if server in dict(kept):
        return server
    return next((form for form, _ in reversed(kept) if form in _SAME[server]), None)


def _without(kept: Kept, form: str | None) -> Kept:
    return tuple(item for item in kept if item[0] != form)
