"""The stand-in as a program, for a namespace that has AWS's addresses and names."""

from __future__ import annotations

import argparse
import contextlib
import signal
import ssl
import sys

from tests.fake_ec2.services.control import serve_control
from tests.fake_ec2.services.resolver import serve_dns
from tests.fake_ec2.services.routing import route_all_to, route_by_host
from tests.fake_ec2.services.server import listen
from tests.fake_ec2.services.state import Cloud
from tests.fake_ec2.services.tunnel import Tunnel

_STOP_SIGNALS = {signal.SIGTERM, signal.SIGINT}


def main(arguments: list[str]) -> int:
    """Serve until SIGTERM or SIGINT; print `ready` once every service listens."""
    options = _build_parser().parse_args(arguments)
    cloud = Cloud(registry=options.registry)
    signal.pthread_sigmask(signal.SIG_BLOCK, _STOP_SIGNALS)  # inherited by every thread, so sigwait gets them
    with contextlib.ExitStack() as stack:
        for address in options.metadata:
            stack.enter_context(listen(address, cloud, route_all_to("metadata")))
        for address in options.container:
            stack.enter_context(listen(address, cloud, route_all_to("container")))
        for address, directory in options.tls:
            stack.enter_context(listen(address, cloud, route_by_host, _load_tls(directory)))
        for address in options.proxy:
            stack.enter_context(listen(address, cloud, route_all_to("proxy"), handler=Tunnel))
        for address in options.resolver:
            stack.enter_context(serve_dns(address))
        stack.enter_context(serve_control(options.control, cloud))
        sys.stdout.write("ready\n")
        sys.stdout.flush()
        signal.sigwait(_STOP_SIGNALS)
    return 0


def _load_tls(directory: str) -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(f"{directory}/server.crt", f"{directory}/server.key")
    return context


def _build_parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python3 -m tests.fake_ec2.services", description=__doc__)
    for name, help_text in (
        ("--metadata", "where IMDS listens, in the clear"),
        ("--container", "where the credentials of containers are, in the clear"),
        ("--proxy", "where a forward proxy listens"),
        ("--resolver", "where a name server knows no name"),
    ):
        parser.add_argument(
            name, help=help_text, type=_parse_address, action="append", default=[], metavar="ADDRESS:PORT"
        )
    help_text = "where ECR, ECR Public, STS, SSO and the registries listen, with the certificate in a folder"
    parser.add_argument(
        "--tls", help=help_text, type=_parse_tls_address, action="append", default=[], metavar="ADDRESS:PORT=FOLDER"
    )
    help_text = "the registry behind the proxy, in the clear"
    parser.add_argument("--registry", help=help_text, type=_parse_address, required=True, metavar="ADDRESS:PORT")
    parser.add_argument("--control", help="the Unix socket that takes orders", required=True, metavar="FILE")
    return parser


def _parse_tls_address(text: str) -> tuple[tuple[str, int], str]:
    address, _, directory = text.partition("=")
    return _parse_address(address), directory


def _parse_address(text: str) -> tuple[str, int]:
    host, _, port = text.rpartition(":")
    return host, int(port)


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
