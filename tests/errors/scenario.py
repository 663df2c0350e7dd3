"""A scenario that causes an error, and the sandbox in which it does: a home directory and a stand-in for AWS."""

from __future__ import annotations

import contextlib
import json
import subprocess
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import TYPE_CHECKING, Any, Callable, NamedTuple

from tests.fake_ec2 import certs
from tests.support.runner import HOST, PROGRAM

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from pathlib import Path

    from tests.fake_ec2.services import Loopback

Changes = dict[str, "str | None"]

UNREACHABLE = "http://127.0.0.1:9"  # the discard port, on which no server listens
SECRET = "a-secret-of-the-user"  # the secret of all scenarios: it must not appear in any output
KEYS: Changes = {"AWS_ACCESS_KEY_ID": "AKIAONE", "AWS_SECRET_ACCESS_KEY": SECRET}
BASE = f"[profile base]\naws_access_key_id = AKIAONE\naws_secret_access_key = {SECRET}\n"
ROLE = "arn:aws:iam::210987654321:role/build"

# A network namespace of its own, without any server, not even the stand-in.
WITHOUT_NETWORK = ("unshare", "--user", "--map-root-user", "--net")


class Sandbox(NamedTuple):
    """The environment of a scenario. `stack` is closed when the scenario ends."""

    cloud: Loopback
    home: Path
    stack: contextlib.ExitStack

    def write_aws_config(self, text: str, name: str = "config") -> Path:
        """Write a file in ~/.aws."""
        return self.write_file(f".aws/{name}", text)

    def write_file(self, name: str, content: str | bytes, mode: int = 0o600) -> Path:
        """Write a file below the home directory."""
        path = self.home / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
        path.chmod(mode)
        return path

    def write_credential_process(self, script: str) -> Path:
        """Write a shell script, and make it the credential_process of the default profile."""
        path = self.write_file("give-keys", f"#!/bin/sh\n{script}\n", 0o700)
        self.write_aws_config(f"[default]\ncredential_process = {path} --password {SECRET}\n")
        return path

    def script_ecr_error(self, code: str, message: str, status: int = 400) -> None:
        """Let ECR return an error of AWS."""
        self.cloud.configure(script={"ecr": {"code": code, "status": status, "message": message}})

    def start_server(self, answers: Mapping[str, tuple[int, str]]) -> str:
        """Return the URL of a server that answers each path with a status and a text, and other paths with 404."""
        server = self.stack.enter_context(ThreadingHTTPServer(("127.0.0.1", 0), _make_handler(answers)))
        threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True).start()
        self.stack.callback(server.shutdown)
        return f"http://127.0.0.1:{server.server_port}"

    def create_certificates(self) -> Path:
        """Return a directory with ca.crt, and with server.crt and server.key for localhost, which are not trusted."""
        directory = self.home / "tls"
        for command in certs.certificate_commands(str(directory), ["localhost"]):
            subprocess.run(command, check=True, capture_output=True)
        return directory


class Scenario(NamedTuple):
    """An error, how it is caused, and what is then reported.

    `set_up` prepares the sandbox, with a secret wherever there can be one, and returns changes to the environment.
    `message_parts` and `fix_parts` are parts of the report. `is_scripted` marks an error that nothing here can cause:
    the stand-in returns AWS's recorded response, and the rest is real. `output_before` precedes the error on standard
    output.
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
        """The word in the docs."""
        return "scripted" if self.is_scripted else "caused"

    @property
    def is_aws_request(self) -> bool:
        """Whether it is a `get` that has valid settings and a valid request, and so calls AWS."""
        return self.command[-1] == "get" and not self.id.startswith(
            ("settings-", "no-server", "bad-server", "delegate-")
        )


def configure_fake(**behaviour: Any) -> Callable[[Sandbox], Changes]:  # noqa: ANN401  (any option of the stand-in)
    """Return a set-up that configures the stand-in."""

    def set_up(sandbox: Sandbox) -> Changes:
        sandbox.cloud.configure(**behaviour)
        return {}

    return set_up


def configure_aws(text: str, **environ: str | None) -> Callable[[Sandbox], Changes]:
    """Return a set-up that writes ~/.aws/config and sets variables."""

    def set_up(sandbox: Sandbox) -> Changes:
        sandbox.write_aws_config(text)
        return dict(environ)

    return set_up


def do_nothing(_: Sandbox) -> Changes:
    """Set up nothing."""
    return {}


def _make_handler(answers: Mapping[str, tuple[int, str]]) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            status, text = answers.get(self.path, (404, ""))
            self.send_response(status)
            self.send_header("Content-Length", str(len(text.encode())))
            self.end_headers()
            self.wfile.write(text.encode())

        do_PUT = do_GET  # noqa: N815  (the base class derives the name from the method)

        def log_message(self, *_: object) -> None:
            """Write nothing."""

    return Handler


def issue_keys(cloud: Loopback, lifetime: float) -> Iterator[tuple[str, str]]:
    """Yield the variables with temporary keys that the stand-in issues for `lifetime` seconds."""
    session = cloud.keys.issue("arn:aws:sts::123456789012:assumed-role/app-role/ci", lifetime)
    yield "AWS_ACCESS_KEY_ID", session.access_key
    yield "AWS_SECRET_ACCESS_KEY", session.secret_key
    yield "AWS_SESSION_TOKEN", session.token


def format_credentials(**fields: object) -> str:
    """Return the output of a credential_process, with a secret."""
    return json.dumps({"Version": 1, "AccessKeyId": "AKIAONE", "SecretAccessKey": SECRET, **fields})
