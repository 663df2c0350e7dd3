"""The stand-in as a program, inside a namespace that has AWS's addresses and names."""

from __future__ import annotations

import argparse
import contextlib
import signal
import ssl
import sys

from tests.instance.services.control import controlled
from tests.instance.services.places import by_host, metadata_only
from tests.instance.services.server import listening
from tests.instance.services.state import Cloud

_ENDS = {signal.SIGTERM, signal.SIGINT}


def main(arguments: list[str]) -> int:
    """Serve until SIGTERM; print `ready` once everything listens."""
    options = _options().parse_args(arguments)
    tls = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    tls.load_cert_chain(options.certificate, options.key)
    cloud = Cloud(registry=options.registry)
    signal.pthread_sigmask(signal.SIG_BLOCK, _ENDS)  # every thread inherits it: the signal waits for us
    with contextlib.ExitStack() as stack:
        stack.enter_context(listening(options.metadata, cloud, metadata_only))
        stack.enter_context(listening(options.tls, cloud, by_host, tls))
        stack.enter_context(controlled(options.control, cloud))
        sys.stdout.write("ready\n")
        sys.stdout.flush()
        signal.sigwait(_ENDS)
    return 0


def _options() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python3 -m tests.instance.services", description=__doc__)
    for name, what in (
        ("--metadata", "where IMDS listens, in the clear"),
        ("--tls", "where ECR, ECR Public, STS and the registries listen"),
        ("--registry", "the registry behind the proxy, in the clear"),
    ):
        parser.add_argument(name, help=what, type=_address, required=True, metavar="ADDRESS:PORT")
    for name, what in (
        ("--certificate", "for every name that is answered for"),
        ("--key", "of the certificate"),
        ("--control", "the Unix socket that takes orders"),
    ):
        parser.add_argument(name, help=what, required=True, metavar="FILE")
    return parser


def _address(text: str) -> tuple[str, int]:
    host, _, port = text.rpartition(":")
    return host, int(port)


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
