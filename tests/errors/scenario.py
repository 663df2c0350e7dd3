"""A stage for failures: a home, a stand-in for AWS, and what can be set up around them; and a scene that is played."""

from __future__ import annotations

import contextlib
import json
import subprocess
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import TYPE_CHECKING, Any, Callable, NamedTuple

from tests.contract.runner import HOST, PROGRAM
from tests.fake_ec2 import certs

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from pathlib import Path

    from tests.fake_ec2.services import Loopback

Changes = dict[str, "str | None"]

UNREACHABLE = "http://127.0.0.1:9"  # nobody listens on the discard port
SECRET = "a-secret-of-somebody"  # the secret of all scenarios: it must not appear in any output
KEYS: Changes = {"AWS_ACCESS_KEY_ID": "AKIAONE", "AWS_SECRET_ACCESS_KEY": SECRET}
BASE = f"[profile base]\naws_access_key_id = AKIAONE\naws_secret_access_key = {SECRET}\n"
ROLE = "arn:aws:iam::210987654321:role/build"

# A network of its own, in which there is nobody, not even the stand-in.
WITHOUT_NETWORK = ("unshare", "--user", "--map-root-user", "--net")


class Sandbox(NamedTuple):
    """Where a scene is set. What `stack` holds ends with the scene."""

    cloud: Loopback
    home: Path
    stack: contextlib.ExitStack

    def write_aws_config(self, text: str, name: str = "config") -> Path:
        """Write a file of AWS's tools."""
        return self.write_file(f".aws/{name}", text)

    def write_file(self, name: str, content: str | bytes, mode: int = 0o600) -> Path:
        """Write a file below the home."""
        path = self.home / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
        path.chmod(mode)
        return path

    def write_credential_process(self, script: str) -> Path:
        """Write a program for a shell, as the credential_process of the default profile."""
        path = self.write_file("give-keys", f"#!/bin/sh\n{script}\n", 0o700)
        self.write_aws_config(f"[default]\ncredential_process = {path} --password {SECRET}\n")
        return path

    def script_ecr_error(self, code: str, message: str, status: int = 400) -> None:
        """Let ECR refuse in AWS's words."""
        self.cloud.configure(script={"ecr": {"code": code, "status": status, "message": message}})

    def start_server(self, answers: Mapping[str, tuple[int, str]]) -> str:
        """Give the URL of a server that answers each path with a status and a text; 404 to what is not among them."""
        server = self.stack.enter_context(ThreadingHTTPServer(("127.0.0.1", 0), _make_handler(answers)))
        threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True).start()
        self.stack.callback(server.shutdown)
        return f"http://127.0.0.1:{server.server_port}"

    def create_certificates(self) -> Path:
        """Give a folder with ca.crt, and server.crt and server.key for localhost, signed by nobody whom a machine
        trusts.
        """
        directory = self.home / "tls"
        for command in certs.certificate_commands(str(directory), ["localhost"]):
            subprocess.run(command, check=True, capture_output=True)
        return directory


class Scenario(NamedTuple):
    """How a failure comes about: what is done on a stage, which gives changes to the environment; what is then said.

    `message_parts` are words of the sentence, `fix_parts` words of the steps. `is_scripted` marks what nothing
    here can judge: the stand-in refuses in AWS's recorded words, and all else is real. A secret is in the scene where
    there can be one.
    What is `output_before` stands on standard output before: what was to be done.
    """

    id: str
    set_up: Callable[[Sandbox], Changes]
    message_parts: Sequence[str]
    fix_parts: Sequence[str]
    is_scripted: bool = False
    command: Sequence[str] = (PROGRAM, "get")
    stdin: bytes = HOST.encode()
    output_before: str = ""

    @property
    def mark(self) -> str:
        """Return the word for the docs."""
        return "scripted" if self.is_scripted else "caused"

    @property
    def is_aws_request(self) -> bool:
        """Whether it is a `get` that the settings and the client let begin."""
        return self.command[-1] == "get" and not self.id.startswith(
            ("settings-", "no-server", "bad-server", "delegate-")
        )


def configure_fake(**behaviour: Any) -> Callable[[Sandbox], Changes]:  # noqa: ANN401  (whatever the stand-in can be told)
    """A scene that is set up by telling the stand-in."""

    def set_up(sandbox: Sandbox) -> Changes:
        sandbox.cloud.configure(**behaviour)
        return {}

    return set_up


def configure_aws(text: str, **environ: str | None) -> Callable[[Sandbox], Changes]:
    """A scene that is set up by a text in ~/.aws/config, and variables."""

    def set_up(sandbox: Sandbox) -> Changes:
        sandbox.write_aws_config(text)
        return dict(environ)

    return set_up


def do_nothing(_: Sandbox) -> Changes:
    """A scene without a set-up."""
    return {}


def _make_handler(answers: Mapping[str, tuple[int, str]]) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            status, text = answers.get(self.path, (404, ""))
            self.send_response(status)
            self.send_header("Content-Length", str(len(text.encode())))
            self.end_headers()
            self.wfile.write(text.encode())

        do_PUT = do_GET  # noqa: N815  (the base class calls a method by the request's)

        def log_message(self, *_: object) -> None:
            """Write nothing."""

    return Handler


def issue_keys(cloud: Loopback, lifetime: float) -> Iterator[tuple[str, str]]:
    """Give the variables of a session's keys that the stand-in hands out for so many seconds."""
    session = cloud.keys.issue("arn:aws:sts::123456789012:assumed-role/app-role/ci", lifetime)
    yield "AWS_ACCESS_KEY_ID", session.access_key
    yield "AWS_SECRET_ACCESS_KEY", session.secret_key
    yield "AWS_SESSION_TOKEN", session.token


def format_credentials(**fields: object) -> str:
    """Give what a credential_process prints, with a secret."""
    return json.dumps({"Version": 1, "AccessKeyId": "AKIAONE", "SecretAccessKey": SECRET, **fields})
