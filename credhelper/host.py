"""Conversion of the server URL that a client sends into a canonical host.

On the hit path, and pure. Clients send the bare host, and also HOST:443 (nerdctl), https://HOST/v2/ (docker logout) and
HOST/team/app (crane): all of these name the same registry.
"""

MAX_LENGTH = 4096  # bytes; a host name has at most 253, the rest is for the path of a repository

_CHARACTERS = frozenset("abcdefghijklmnopqrstuvwxyz0123456789-._")


def canonical_host(server: bytes) -> str:
    """Return the canonical host of `server`: lower case, without a scheme, ":443" or a path.

    Raises HelperError: "no-server" if it is empty, "bad-server" if it is malformed.
    """
    if len(server) > MAX_LENGTH:
        from credhelper.error_catalog.client import BAD_SERVER_LENGTH

        raise BAD_SERVER_LENGTH.error(limit=str(MAX_LENGTH))
    text = server.strip(b" \t\r\n")
    if not text:
        from credhelper.error_catalog.client import NO_SERVER

        raise NO_SERVER.error()
    if not all(0x20 < byte < 0x7F for byte in text):
        from credhelper.error_catalog.client import BAD_SERVER_CHARACTER

        raise BAD_SERVER_CHARACTER.error()
    return _canonical(_authority(text.decode("ascii").lower()))


def _authority(text: str) -> str:
    for scheme in ("https://", "http://"):
        if text.startswith(scheme):
            text = text[len(scheme) :]
            break
    for delimiter in "/?#":
        text = text.partition(delimiter)[0]
    if "@" in text:
        from credhelper.error_catalog.client import BAD_SERVER_USER

        raise BAD_SERVER_USER.error()
    return text


def _canonical(authority: str) -> str:
    name, colon, port = authority.rpartition(":")
    if not colon or authority.endswith("]"):  # an IPv6 address in brackets contains colons
        name, port = authority, "443"
    elif not (port.isdigit() and len(port) < 6):
        from credhelper.error_catalog.client import BAD_SERVER_PORT

        raise BAD_SERVER_PORT.error()
    bare_name = name[1:-1].replace(":", "") if name.startswith("[") and name.endswith("]") else name
    if not bare_name or not _CHARACTERS.issuperset(bare_name):
        from credhelper.error_catalog.client import BAD_SERVER

        raise BAD_SERVER.error()
    return name if port == "443" else f"{name}:{port}"
