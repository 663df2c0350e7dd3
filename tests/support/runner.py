"""The helper as its clients see it: an executable on PATH, bytes in, bytes and an exit status out.

The protocol's strings are repeated here, not imported, because the helper must not change them: they are defined by
docker-credential-helpers (credentials/error.go and credentials/credentials.go).
"""

from __future__ import annotations

import hashlib
import json
import os
import subprocess
import sys
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO, TYPE_CHECKING

from tests.fake_ec2.services.behaviour import SERVICES
from tests.support.reports import flatten

if TYPE_CHECKING:
    from collections.abc import Sequence

    from tests.fake_ec2.services import Cloud

PROGRAM = "docker-credential-ecr"
HOST = "123456789012.dkr.ecr.us-east-1.amazonaws.com"
OTHER_HOST = "210987654321.dkr.ecr.us-east-1.amazonaws.com"
PUBLIC = "public.ecr.aws"
HUB = "https://index.docker.io/v1/"

NOT_FOUND = b"credentials not found in native keychain\n"
NO_SERVER = b"no credentials server URL\n"
NO_USERNAME = b"no credentials username\n"
USAGE = b"Usage: docker-credential-ecr <store|get|erase|list|version>\n"

ORDINARY_USER = ("unshare", "-U", "--map-user=1000", "--map-group=1000")  # bound by file modes, even if root starts it

NO_CALLS = dict.fromkeys(SERVICES, 0)

_TIMEOUT = 30  # seconds until a helper that hangs fails its test


@dataclass(frozen=True)
class ProcessResult:
    """A finished process. Its output may contain a token, so it is not shown when a test fails."""

    status: int
    stdout: bytes = field(repr=False)
    stderr: bytes = field(repr=False)

    @property
    def stderr_text(self) -> str:
        """The standard error, as the user sees it."""
        return self.stderr.decode("utf-8", "backslashreplace")

    @property
    def report(self) -> str:
        """What the user reads, in a form that a test can search."""
        return flatten(self.stderr_text)


def build_environment(**changes: str | None) -> dict[str, str]:
    """Return the sealed environment with the installed executable on PATH and `changes`; None removes a variable."""
    path = os.pathsep.join((str(Path(sys.executable).parent), os.environ["PATH"]))
    variables = {**os.environ, "PATH": path, **changes}
    return {name: value for name, value in variables.items() if value is not None}


def run_program(
    argv: Sequence[str], stdin: bytes | int = b"", stdout: int | IO[bytes] = subprocess.PIPE, /, **changes: str | None
) -> ProcessResult:
    """Run a program to its end, with bytes or an open descriptor as its input. A traceback fails the test."""
    stdin_file, input_bytes = (stdin, None) if isinstance(stdin, int) else (None, stdin)
    completed: subprocess.CompletedProcess[bytes] = subprocess.run(
        argv,
        stdin=stdin_file,
        input=input_bytes,
        stdout=stdout,
        stderr=subprocess.PIPE,
        env=build_environment(**changes),
        timeout=_TIMEOUT,
        check=False,
    )
    assert b"Traceback" not in completed.stderr
    return ProcessResult(completed.returncode, completed.stdout or b"", completed.stderr)


def run_helper(*argv: str, stdin: bytes | int = b"", **changes: str | None) -> ProcessResult:
    """Run the helper by its name, as Docker does."""
    return run_program([PROGRAM, *argv], stdin, **changes)


def run_get(host: str = HOST, /, **changes: str | None) -> ProcessResult:
    """Request the credentials for a host."""
    return run_helper("get", stdin=host.encode(), **changes)


def parse_login(result: ProcessResult) -> dict[str, str]:
    """Return the answer of a `get`; any other standard output fails the test."""
    assert result.status == 0, result.stderr_text
    line, end, rest = result.stdout.partition(b"\n")
    assert end
    assert not rest
    answer: dict[str, str] = json.loads(line)
    return answer


def find_owner(cloud: Cloud, result: ProcessResult) -> str:
    """Return the ARN to which the stand-in issued the answer's token."""
    answer = parse_login(result)
    service, region = ("ecr-public", "us-east-1") if answer["ServerURL"] == PUBLIC else ("ecr", "us-east-1")
    token = cloud.tokens.find(answer["Secret"], service, region)
    assert token is not None, "the stand-in did not issue this token"
    return token.principal


def parse_error(result: ProcessResult) -> str:
    """Return the one-line message of a failure; any other standard output fails the test."""
    assert result.status == 1
    message = result.stdout.decode("ascii")
    assert message.endswith("\n")
    assert message.count("\n") == 1
    assert message.strip() + "\n" == message
    return message.strip()


def write_sign_in(home: Path, token: object) -> str:
    """Write a sign-in to IAM Identity Center as the AWS CLI does, and return the lines of a profile that uses it."""
    start_url = "https://example.awsapps.com/start"
    cache_file = (
        home / ".aws" / "sso" / "cache" / f"{hashlib.sha1(start_url.encode(), usedforsecurity=False).hexdigest()}.json"
    )
    cache_file.parent.mkdir(parents=True)
    cache_file.write_text(
        json.dumps({"startUrl": start_url, "accessToken": token, "expiresAt": "2099-01-01T00:00:00Z"})
    )
    return (
        f"sso_start_url = {start_url}\nsso_region = us-east-1\nsso_account_id = 123456789012\nsso_role_name = puller\n"
    )


def list_files(directory: Path) -> set[str]:
    """Return the relative paths of all files and directories below a directory."""
    return {str(path.relative_to(directory)) for path in directory.rglob("*")}
