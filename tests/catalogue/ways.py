"""Scenes of the way to AWS: names, connections, TLS, proxies, time."""

from __future__ import annotations

import os
import ssl
from typing import TYPE_CHECKING

from tests.catalogue.stage import ALONE, KEYS, NOWHERE, SECRET, Scene, told
from tests.contract.process import HOST, PROGRAM
from tests.instance.services.places import by_shape
from tests.instance.services.server import listening

if TYPE_CHECKING:
    from tests.catalogue.stage import Changes, Stage

_AT_AWS: Changes = {**KEYS, "AWS_ENDPOINT_URL": None, "AWS_ENDPOINT_URL_ECR": None}

# There is no name server: what is not in the hosts file does not exist.
_NAMELESS = (*ALONE, "--mount", "sh", "-c", 'mount --bind "$NSSWITCH" /etc/nsswitch.conf && exec "$@"', "sh")


def _nameless(stage: Stage) -> Changes:
    return {**_AT_AWS, "NSSWITCH": str(stage.file("nsswitch.conf", "hosts: files\n"))}


def _tls(stage: Stage) -> Changes:
    """The stand-in behind a certificate of an authority that nobody knows."""
    folder = stage.certificates()
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(folder / "server.crt", folder / "server.key")
    port = stage.stack.enter_context(listening(("127.0.0.1", 0), stage.cloud, by_shape, context))
    return {**KEYS, "AWS_ENDPOINT_URL_ECR": f"https://localhost:{port}"}


def _no_tls(stage: Stage) -> Changes:
    return {**KEYS, "AWS_ENDPOINT_URL_ECR": stage.cloud.endpoint.replace("http:", "https:")}


def _hanging(stage: Stage) -> Changes:
    stage.program("exec sleep 600")
    return {"CREDHELPER_TIMEOUT": "3"}


SCENES = (
    Scene(
        "no-endpoint",
        lambda _: {**KEYS, "AWS_ENDPOINT_URL_ECR": "nowhere"},
        ["there is no endpoint to ask", "nowhere"],
        ["AWS_ENDPOINT_URL_ECR"],
    ),
    Scene(
        "unknown-region",
        _nameless,
        ["eu-centrall-1, the region of", "is none that is known", "api.ecr.eu-centrall-1.amazonaws.com is no name"],
        ["did you mean eu-central-1?"],
        command=(*_NAMELESS, PROGRAM, "get"),
        stdin=HOST.replace("us-east-1", "eu-centrall-1").encode(),
    ),
    Scene(
        "dns-failed",
        _nameless,
        ["the name api.ecr.us-east-1.amazonaws.com", "was not found by DNS"],
        ["getent hosts api.ecr.us-east-1.amazonaws.com", "com.amazonaws.us-east-1.ecr.api"],
        command=(*_NAMELESS, PROGRAM, "get"),
    ),
    Scene(
        "refused",
        lambda _: {"AWS_ENDPOINT_URL_ECR": NOWHERE},
        [f"{NOWHERE}, to be asked for a token", "refused the connection"],
        ["AWS_ENDPOINT_URL_ECR"],
    ),
    Scene(
        "unreachable",
        lambda _: {**KEYS, "AWS_ENDPOINT_URL_ECR": "http://198.51.100.1"},
        ["could not be reached at http://198.51.100.1", "Network is unreachable"],
        ["route, security group"],
        command=(*ALONE, PROGRAM, "get"),
    ),
    Scene("unanswered", told(ecr="hang"), ["took the question and gave no answer"], ["try again"]),
    Scene(
        "tls-untrusted",
        _tls,
        ["the certificate of https://localhost:", "is signed by nobody who is trusted here"],
        ["cacert.pem", "AWS_CA_BUNDLE=FILE"],
    ),
    Scene(
        "tls-failed",
        _no_tls,
        ["no TLS connection to https://127.0.0.1:", "wrong version number"],
        ["that speaks no TLS"],
    ),
    Scene(
        "ca-bundle-missing",
        lambda stage: {**_tls(stage), "AWS_CA_BUNDLE": "/nowhere/ca.pem"},
        ["/nowhere/ca.pem, whose certificates are to be trusted", "(AWS_CA_BUNDLE), is not there"],
        ["name a PEM file that there is"],
    ),
    Scene(
        "proxy-failed",
        lambda _: {**_AT_AWS, "HTTPS_PROXY": f"http://somebody:{SECRET}@127.0.0.1:9"},
        ["the proxy 127.0.0.1:9 (HTTPS_PROXY) did not connect to AWS", os.strerror(111)],
        ["user name and password", "NO_PROXY"],
    ),
    Scene(
        "timed-out",
        _hanging,
        ["give-keys, the credential_process"],
        ["CREDHELPER_TIMEOUT", "gives it more seconds"],
    ),
)
