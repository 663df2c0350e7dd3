"""A throw-away certificate authority and one certificate, signed by it, for every name of the stand-in."""

from __future__ import annotations

import shlex
from collections.abc import Sequence

NEW_KEY = "-newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes"


def certificate_commands(
    directory: str, names: Sequence[str], authority: str = "Stand-in authority"
) -> list[list[str]]:
    """Return the commands that write ca.crt, server.crt and server.key (PEM) into `directory`.

    `openssl req -x509` writes basicConstraints and the key identifiers itself; a second basicConstraints would
    make the certificate invalid. Python 3.13 checks strictly: it requires the identifiers and a CA's keyUsage.
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
    path = shlex.quote(directory)
    return [
        ["mkdir", "-p", directory],
        _openssl_command(
            f"req -x509 {NEW_KEY} -keyout {path}/ca.key -out {path}/ca.crt -days 3650 "
            f"-subj '/CN={authority}' -addext keyUsage=critical,keyCertSign,cRLSign"
        ),
        _openssl_command(
            f"req {NEW_KEY} -keyout {path}/server.key -out {path}/server.csr -subj '/CN=Stand-in services'"
        ),
        ["sh", "-c", 'printf "%s\n" "$1" > "$2"', "sh", extensions, f"{directory}/extensions"],
        _openssl_command(
            f"x509 -req -in {path}/server.csr -CA {path}/ca.crt -CAkey {path}/ca.key -CAcreateserial "
            f"-days 825 -extfile {path}/extensions -out {path}/server.crt"
        ),
    ]


def _openssl_command(arguments: str) -> list[str]:
    return ["openssl", *shlex.split(arguments)]
