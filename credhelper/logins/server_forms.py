"""The forms of a login's server URL, and which of them name the same server.

Pure. `docker login` stores a login under the host, or for Docker Hub under https://index.docker.io/v1/, and `docker
logout` erases HOST, http://HOST and https://HOST. A helper that compares the bytes of server URLs misses a login.
"""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING

from credhelper.host import canonical_host

if TYPE_CHECKING:
    from collections.abc import Iterator

_DOCKER_HUB = "index.docker.io"
_DOCKER_HUB_ALIASES = frozenset(("docker.io", "registry-1.docker.io"))  # podman's (containers/image, pkg/docker/config)

_SAFE_BYTES = frozenset(b"abcdefghijklmnopqrstuvwxyz0123456789-.")
_SERVICE_PREFIX = "credhelper-"
_TOKEN_PREFIX = "token:"  # noqa: S105  (not the form of a server: the name of a cache entry is not a port)
_MAX_LENGTH = 150  # characters; a file name has at most 255, and a backend may add some of its own


def normalize_form(server: str) -> str:
    """Return the form of `server` under which a login is stored: as the client sent it, stripped of whitespace.

    A form is printable ASCII without spaces. Raises HelperError, "no-server" or "bad-server", if `server` is malformed
    (host.py).
    """
    canonical_host(server.encode("utf-8", "surrogatepass"))
    return server.strip(" \t\r\n")


def equivalence_key(form: str) -> str:
    """Return the key that all forms of one server share.

    It has no scheme, no upper case, no ":443", no "/", "/v1/" or "/v2/" at the end, and one name for Docker Hub. A
    different port is a different server, and so is a different path: Docker Hub's access-token has a login of its own.
    """
    text = form.lower()
    for scheme in ("https://", "http://"):
        text = text[len(scheme) :] if text.startswith(scheme) else text
    text = text.rstrip("/")
    text = text[: -len("/v1")] if text.endswith(("/v1", "/v2")) else text
    authority, separator, path = text.rstrip("/").partition("/")
    host = authority[: -len(":443")] if authority.endswith(":443") else authority
    return f"{_DOCKER_HUB if host in _DOCKER_HUB_ALIASES else host}{separator}{path}"


def equivalent_forms(form: str) -> Iterator[str]:
    """Yield the forms under which clients store a login for the server of `form`, starting with `form` itself."""
    key = equivalence_key(form)
    variants = (key, f"https://{key}", f"https://{key}/", f"https://{key}/v1/", f"https://{key}/v2/", f"http://{key}")
    yield from dict.fromkeys((form, *variants, f"{key}:443"))


def service_name(form: str) -> str:
    """Return the service name under which a keyring stores the login of `form`.

    Every backend preserves its characters, whether or not it folds case, and it is neither a path nor an option.
    """
    name = "".join(chr(byte) if byte in _SAFE_BYTES else f"_{byte:02x}" for byte in form.encode("ascii"))
    if len(name) > _MAX_LENGTH:
        name = f"sha256-{hashlib.sha256(form.encode('ascii')).hexdigest()}"
    return f"{_SERVICE_PREFIX}{name}"


def token_service_name(name: str) -> str:
    """Return the service name under which a keyring stores the body of the cache entry `name`; no server has it."""
    return service_name(f"{_TOKEN_PREFIX}{name}")


def is_login_service(service: str) -> bool:
    """Return whether a service name in a keyring is that of a login that this helper stored."""
    return service.startswith(_SERVICE_PREFIX) and not service.startswith(service_name(_TOKEN_PREFIX))
