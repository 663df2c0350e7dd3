"""The reader of hosts.txt."""

from __future__ import annotations

from pathlib import Path
from typing import NamedTuple

_FILE = Path(__file__).with_name("hosts.txt")
_KINDS = {"plain", "fips", "dualstack", "dualstack-fips"}


class Vector(NamedTuple):
    """A server as it is sent, and its registry (account, region, kind) and endpoint, or "foreign" or "refused"."""

    server: bytes
    verdict: str
    account: str = ""
    region: str = ""
    kind: str = ""
    endpoint: str = ""


def load_vectors() -> list[Vector]:
    """Return all vectors of the file. An invalid line raises ValueError, so that no vector is skipped."""
    lines = _FILE.read_text(encoding="ascii").splitlines()
    return [_parse_vector(line) for line in lines if line and not line.startswith("#")]


def _parse_vector(line: str) -> Vector:
    for verdict in ("foreign", "refused"):
        if line.endswith(f" is {verdict}"):
            return Vector(_unescape(line[: -len(f" is {verdict}")]), verdict)
    server, equals, rest = line.partition(" = ")
    account, region, kind, arrow, endpoint = rest.split(" ")
    if not equals or arrow != "->" or kind not in _KINDS:
        raise ValueError(f"hosts.txt: no fact: {line}")
    return Vector(_unescape(server), "registry", "" if account == "public" else account, region, kind, endpoint)


def _unescape(text: str) -> bytes:
    return text.encode("ascii").decode("unicode_escape").encode("utf-8")
