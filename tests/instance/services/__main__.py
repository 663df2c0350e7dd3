"""The stand-in as a program, inside a namespace that has AWS's addresses and names."""

from __future__ import annotations

import argparse
import contextlib
import signal
import ssl
import sys

from tests.instance.services.control import controlled
from tests.instance.services.places import by_host, only
from tests.instance.services.resolver import resolving
from tests.instance.services.server import listening
from tests.instance.services.state import Cloud
from tests.instance.services.tunnel import Tunnel

_ENDS = {signal.SIGTERM, signal.SIGINT}


def main(arguments: list[str]) -> int:
    """Serve until SIGTERM; print `ready` once everything listens."""
    options = _options().parse_args(arguments)
    cloud = Cloud(registry=options.registry)
    signal.pthread_sigmask(signal.SIG_BLOCK, _ENDS)  # every thread inherits it: the signal waits for us
    with contextlib.ExitStack() as stack:
        for address in options.metadata:
            stack.enter_context(listening(address, cloud, only("metadata")))
        for address in options.container:
            stack.enter_context(listening(address, cloud, only("container")))
        for address, folder in options.tls:
            stack.enter_context(listening(address, cloud, by_host, _tls(folder)))
        for address in options.proxy:
            stack.enter_context(listening(address, cloud, only("proxy"), handler=Tunnel))
        for address in options.resolver:
            stack.enter_context(resolving(address))
        stack.enter_context(controlled(options.control, cloud))
        sys.stdout.write("ready\n")
        sys.stdout.flush()
        signal.sigwait(_ENDS)
    return 0


def _tls(folder: str) -> ssl.SSLContext:
    tls = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    tls.load_cert_chain(f"{folder}/server.crt", f"{folder}/server.key")
    return tls


def _options() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python3 -m tests.instance.services", description=__doc__)
    for name, what in (
        ("--metadata", "where IMDS listens, in the clear"),
        ("--container", "where the credentials of containers are, in the clear"),
        ("--proxy", "where a forward proxy listens"),
        ("--resolver", "where a name server knows no name"),
    ):
        parser.add_argument(name, help=what, type=_address, action="append", default=[], metavar="ADDRESS:PORT")
    what = "where ECR, ECR Public, STS, SSO and the registries listen, with the certificate in a folder"
    parser.add_argument("--tls", help=what, type=_front, action="append", default=[], metavar="ADDRESS:PORT=FOLDER")
    what = "the registry behind the proxy, in the clear"
    parser.add_argument("--registry", help=what, type=_address, required=True, metavar="ADDRESS:PORT")
    parser.add_argument("--control", help="the Unix socket that takes orders", required=True, metavar="FILE")
    return parser


def _front(text: str) -> tuple[tuple[str, int], str]:
    address, _, folder = text.partition("=")
    return _address(address), folder


def _address(text: str) -> tuple[str, int]:
    host, _, port = text.rpartition(":")
    return host, int(port)


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
