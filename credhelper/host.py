"""Server -> host: what a client sends, made the one normal form of a host.

Hot and pure. Clients send the bare host, and also HOST:443 (nerdctl), https://HOST/v2/ (docker logout) and
HOST/team/app (crane): all of them mean the same registry.
"""

from credhelper.errors import NO_SERVER, HelperError

MAX_LENGTH = 4096  # bytes; a host name has 253 at most, the rest is room for a repository's path

_CHARACTERS = frozenset("abcdefghijklmnopqrstuvwxyz0123456789-._")


def canonical_host(server: bytes) -> str:
    """Give the host of `server` in its normal form: lower case, no scheme, no ":443", no path.

    Raises HelperError: "no-server" when nothing was sent, "bad-server" when it is not well-formed.
    """
    if len(server) > MAX_LENGTH:
        raise _bad_server(f"it is longer than {MAX_LENGTH} bytes")
    text = server.strip(b" \t\r\n")
    if not text:
        raise HelperError("no-server", NO_SERVER, "send the registry's host on standard input")
    if not all(0x20 < byte < 0x7F for byte in text):
        raise _bad_server("it holds a character that is not printable ASCII")
    return _canonical(_authority(text.decode("ascii").lower()))


def _authority(text: str) -> str:
    for scheme in ("https://", "http://"):
        if text.startswith(scheme):
            text = text[len(scheme) :]
            break
    for delimiter in "/?#":
        text = text.partition(delimiter)[0]
    if "@" in text:
        raise _bad_server("it holds a user name")
    return text


def _canonical(authority: str) -> str:
    name, colon, port = authority.rpartition(":")
    if not colon or authority.endswith("]"):  # an IPv6 address in brackets has colons of its own
        name, port = authority, "443"
    elif not (port.isdigit() and len(port) < 6):
        raise _bad_server("its port is not a number")
    bare_name = name[1:-1].replace(":", "") if name.startswith("[") and name.endswith("]") else name
    if not bare_name or not _CHARACTERS.issuperset(bare_name):
        raise _bad_server("it is not a host name")
    return name if port == "443" else f"{name}:{port}"


def _bad_server(reason: str) -> HelperError:
    return HelperError(
        "bad-server",
        f"what the client sent is not a registry's host: {reason}",
        "send a host such as 123456789012.dkr.ecr.us-east-1.amazonaws.com, and nothing else",
    )
