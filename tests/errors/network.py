"""Scenarios: the connection to AWS: DNS, TCP, TLS, proxies, timeouts."""

from __future__ import annotations

import os
import ssl
from typing import TYPE_CHECKING

from tests.errors.scenario import KEYS, SECRET, UNREACHABLE, WITHOUT_NETWORK, Scenario, configure_fake
from tests.fake_ec2.services.routing import route_by_path
from tests.fake_ec2.services.server import listen
from tests.support.runner import HOST, PROGRAM

if TYPE_CHECKING:
    from tests.errors.scenario import Changes, Sandbox

_REAL_AWS: Changes = {**KEYS, "AWS_ENDPOINT_URL": None, "AWS_ENDPOINT_URL_ECR": None}

# There is no name server: a name that is not in the hosts file does not exist.
_WITHOUT_DNS = (
    *WITHOUT_NETWORK,
    "--mount",
    "sh",
    "-c",
    'mount --bind "$NSSWITCH" /etc/nsswitch.conf && exec "$@"',
    "sh",
)


def _disable_dns(sandbox: Sandbox) -> Changes:
    return {**_REAL_AWS, "NSSWITCH": str(sandbox.write_file("nsswitch.conf", "hosts: files\n"))}


def _serve_tls(sandbox: Sandbox) -> Changes:
    """Serve AWS with a certificate of an authority that is not trusted."""
    directory = sandbox.create_certificates()
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(directory / "server.crt", directory / "server.key")
    port = sandbox.stack.enter_context(listen(("127.0.0.1", 0), sandbox.cloud, route_by_path, context))
    return {**KEYS, "AWS_ENDPOINT_URL_ECR": f"https://localhost:{port}"}


def _expect_tls(sandbox: Sandbox) -> Changes:
    return {**KEYS, "AWS_ENDPOINT_URL_ECR": sandbox.cloud.endpoint.replace("http:", "https:")}


def _hang_process(sandbox: Sandbox) -> Changes:
    sandbox.write_credential_process("exec sleep 600")
    return {"CREDHELPER_TIMEOUT": "3"}


SCENARIOS = (
    Scenario(
        "no-endpoint",
        lambda _: {**KEYS, "AWS_ENDPOINT_URL_ECR": "nowhere"},
        ["no endpoint for the request", "nowhere"],
        ["AWS_ENDPOINT_URL_ECR"],
    ),
    Scenario(
        "unknown-region",
        _disable_dns,
        [
            "unknown AWS region: eu-centrall-1",
            "for   123456789012.dkr.ecr.eu-centrall-1.amazonaws.com",
            "api.ecr.eu-centrall-1.amazonaws.com does not resolve",
        ],
        ["did you mean eu-central-1?"],
        command=(*_WITHOUT_DNS, PROGRAM, "get"),
        stdin=HOST.replace("us-east-1", "eu-centrall-1").encode(),
    ),
    Scenario(
        "dns-failed",
        _disable_dns,
        ["cannot resolve api.ecr.us-east-1.amazonaws.com", "Name or service not known"],
        ["getent hosts api.ecr.us-east-1.amazonaws.com", "com.amazonaws.us-east-1.ecr.api"],
        command=(*_WITHOUT_DNS, PROGRAM, "get"),
    ),
    Scenario(
        "refused",
        lambda _: {"AWS_ENDPOINT_URL_ECR": UNREACHABLE},
        [f"cannot connect to {UNREACHABLE}: connection refused"],
        ["AWS_ENDPOINT_URL_ECR"],
    ),
    Scenario(
        "unreachable",
        lambda _: {**KEYS, "AWS_ENDPOINT_URL_ECR": "http://198.51.100.1"},
        ["cannot connect to http://198.51.100.1", "Network is unreachable"],
        ["routes, security groups"],
        command=(*WITHOUT_NETWORK, PROGRAM, "get"),
    ),
    Scenario("unanswered", configure_fake(ecr="hang"), ["it accepted the request and sent no response"], ["try again"]),
    Scenario(
        "tls-untrusted",
        _serve_tls,
        ["cannot verify the TLS certificate of https://localhost:", "its issuer is not trusted"],
        ["cacert.pem", "set AWS_CA_BUNDLE"],
    ),
    Scenario(
        "tls-failed",
        _expect_tls,
        ["cannot establish a TLS connection to https://127.0.0.1:", "wrong version number"],
        ["that has another name or no TLS"],
    ),
    Scenario(
        "ca-bundle-missing",
        lambda sandbox: {**_serve_tls(sandbox), "AWS_CA_BUNDLE": "/nowhere/ca.pem"},
        ["cannot use the CA bundle /nowhere/ca.pem", "it does not exist; set by AWS_CA_BUNDLE"],
        ["set it to the path of a PEM file"],
    ),
    Scenario(
        "proxy-failed",
        lambda _: {**_REAL_AWS, "HTTPS_PROXY": f"http://somebody:{SECRET}@127.0.0.1:9"},
        ["cannot connect to AWS through the proxy 127.0.0.1:9", os.strerror(111)],
        ["user name and password", "NO_PROXY"],
    ),
    Scenario(
        "timed-out",
        _hang_process,
        ["give-keys"],
        ["CREDHELPER_TIMEOUT", "allows more time"],
    ),
)
