"""The servers of logins: which of what clients send mean the same one.

Pure. `docker login` stores under the host, Docker Hub's login is that of https://index.docker.io/v1/, and `docker
logout` erases HOST, http://HOST and https://HOST. Helpers that compare the bytes lose a login that way.
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
_TOKEN_PREFIX = "token:"  # noqa: S105  (no server's form begins so: it would have a port that is none)
_MAX_LENGTH = 150  # characters; a file name may have 255, of which a backend may want some itself


def normalize_form(server: str) -> str:
    """Give the form of `server` under which a login is stored: as it was sent, without the space around it.

    Raises HelperError, "no-server" or "bad-server", where it is not well-formed (host.py): a form is printable ASCII
    without a space.
    """
    canonical_host(server.encode("utf-8", "surrogatepass"))
    return server.strip(" \t\r\n")


def equivalence_key(form: str) -> str:
    """Give what all forms of one server have in common: no scheme, no upper case, no ":443", no "/", "/v1/" or "/v2/"
    at the end; and one name for Docker Hub. Other ports are other servers, and so are other paths: Hub's access-token
    has a login of its own.
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
    """Give the forms under which clients store a login of the server that `form` names, itself first."""
    key = equivalence_key(form)
    variants = (key, f"https://{key}", f"https://{key}/", f"https://{key}/v1/", f"https://{key}/v2/", f"http://{key}")
    yield from dict.fromkeys((form, *variants, f"{key}:443"))


def service_name(form: str) -> str:
    """Give the name under which a keyring knows the login of `form`: of letters that every backend keeps as they are,
    folds or no folds of case, and that are no path and no option.
    """
    name = "".join(chr(byte) if byte in _SAFE_BYTES else f"_{byte:02x}" for byte in form.encode("ascii"))
    if len(name) > _MAX_LENGTH:
        name = f"sha256-{hashlib.sha256(form.encode('ascii')).hexdigest()}"
    return f"{_SERVICE_PREFIX}{name}"


def token_service_name(name: str) -> str:
    """Give the name under which a keyring knows the answer of the entry `name`: that of no server."""
    return service_name(f"{_TOKEN_PREFIX}{name}")


def is_login_service(service: str) -> bool:
    """Whether a keyring's name is that of a login of ours."""
    return service.startswith(_SERVICE_PREFIX) and not service.startswith(service_name(_TOKEN_PREFIX))
