"""A throw-away certificate authority, and one certificate that it signs for every name of the stand-in."""

from __future__ import annotations

import shlex
from collections.abc import Sequence

NEW_KEY = "-newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes"


def commands(folder: str, names: Sequence[str], authority: str = "Stand-in authority") -> list[list[str]]:
    """Give the commands that leave ca.crt, server.crt and server.key (PEM) in folder.

    `openssl req -x509` writes basicConstraints and the key identifiers itself; a second basicConstraints would
    make the certificate invalid. Python 3.13 checks strictly: it wants the identifiers and a CA's keyUsage.
    """
    alternatives = ",".join(f"DNS:{name}" for name in names)
    extensions = "\n".join(
        (
            f"subjectAltName={alternatives}",
            "extendedKeyUsage=serverAuth",
            "subjectKeyIdentifier=hash",
            "authorityKeyIdentifier=keyid",
        )
    )
    quoted = shlex.quote(folder)
    return [
        ["mkdir", "-p", folder],
        _openssl(
            f"req -x509 {NEW_KEY} -keyout {quoted}/ca.key -out {quoted}/ca.crt -days 3650 "
            f"-subj '/CN={authority}' -addext keyUsage=critical,keyCertSign,cRLSign"
        ),
        _openssl(f"req {NEW_KEY} -keyout {quoted}/server.key -out {quoted}/server.csr -subj '/CN=Stand-in services'"),
        ["sh", "-c", 'printf "%s\n" "$1" > "$2"', "sh", extensions, f"{folder}/extensions"],
        _openssl(
            f"x509 -req -in {quoted}/server.csr -CA {quoted}/ca.crt -CAkey {quoted}/ca.key -CAcreateserial "
            f"-days 825 -extfile {quoted}/extensions -out {quoted}/server.crt"
        ),
    ]


def _openssl(arguments: str) -> list[str]:
    return ["openssl", *shlex.split(arguments)]
