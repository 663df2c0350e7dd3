"""Credential sources that fail: a web identity, a credential_process, an SSO sign-in, a container's service."""

from __future__ import annotations

import hashlib
import json
import time
from typing import TYPE_CHECKING

import pytest
from botocore import credentials
from botocore.credentials import SSOProvider

from credhelper.aws import exchange
from credhelper.errors import HelperError
from credhelper.system.deadline import Progress
from tests.conftest import UNREACHABLE
from tests.unit.test_aws_diagnosis_credentials import PRIVATE, ROLE, ROLE_PROFILE, SECRET, get_error, write_aws_file

if TYPE_CHECKING:
    from pathlib import Path

    from tests.fake_ec2.services import Loopback

SIGN_IN = (
    "[default]\nsso_start_url = https://example.awsapps.com/start\nsso_region = us-east-1\n"
    "sso_account_id = 123456789012\nsso_role_name = puller\n"
)


@pytest.mark.parametrize("content", [b"", b"\xff\xfe"])
def test_a_web_identity_file_without_a_token_is_reported(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, content: bytes
) -> None:
    (tmp_path / "token").write_bytes(content)
    monkeypatch.setenv("AWS_ROLE_ARN", ROLE)
    monkeypatch.setenv("AWS_WEB_IDENTITY_TOKEN_FILE", str(tmp_path / "token"))
    error = get_error()
    assert error.id == "web-identity-missing"
    assert "it contains no token" in str(error)


@pytest.mark.parametrize(
    ("script", "id_", "text"),
    [
        ("exit 3", "process-failed", "exited with status 3"),
        ("kill -9 $$", "process-failed", "was ended by SIGKILL"),
        ("echo '[]'", "process-garbled", "did not print valid credentials"),
        (f"echo '{SECRET}'", "process-garbled", "did not print valid credentials"),
        ("echo '{\"Version\": 2}'", "process-garbled", "did not print valid credentials"),
        ("echo '{\"Version\": 1}'", "process-garbled", "did not print valid credentials"),
        ("printf '\\377'", "process-garbled", "did not print valid credentials"),
    ],
)
@pytest.mark.parametrize("config", ["[default]\n", f"{ROLE_PROFILE}[profile base]\n"])
def test_a_program_that_fails_is_reported_with_its_name_and_its_result(
    home: Path, tmp_path: Path, config: str, script: str, id_: str, text: str
) -> None:
    program = tmp_path / "give-keys"
    program.write_text(f"#!/bin/sh\necho {SECRET} >&2\n{script}\n")
    program.chmod(0o700)
    write_aws_file(home, f"{config}credential_process = {program} {SECRET}\n")
    error = get_error()
    assert error.id == id_
    assert f"the credential_process {program}" in str(error)
    assert text in str(error)


@pytest.mark.parametrize("config", ["[default]\n", f"{ROLE_PROFILE}[profile base]\n"])
def test_while_a_program_runs_the_progress_names_it(home: Path, config: str) -> None:
    write_aws_file(home, f"{config}credential_process = /bin/false {SECRET}\n")
    progress = RecordingProgress()
    with pytest.raises(HelperError):
        exchange.exchange(PRIVATE, progress)
    assert progress.steps[-1] == "running /bin/false, the credential_process of the profile"


class RecordingProgress(Progress):
    """A progress that records the names of its steps."""

    def __init__(self) -> None:
        self.steps: list[str] = []
        super().__init__()

    def step(self, name: str, if_interrupted: str = "") -> None:
        self.steps.append(name)
        super().step(name)


@pytest.mark.parametrize(
    ("command_line", "text"),
    [
        ("/nowhere/give-keys", "No such file or directory"),
        ("/etc/passwd", "Permission denied"),
        ("'give-keys", "it is not a valid command line"),
    ],
)
def test_a_program_that_cannot_be_started_is_reported(home: Path, command_line: str, text: str) -> None:
    write_aws_file(home, f"[default]\ncredential_process = {command_line}\n")
    error = get_error()
    assert error.id == "process-missing"
    assert text in str(error)


def test_the_standard_error_of_a_program_is_shown_for_debugging(monkeypatch: pytest.MonkeyPatch, home: Path) -> None:
    write_aws_file(home, "[default]\ncredential_process = sh -c 'echo sign in first >&2; exit 1'\n")
    assert "sign in first" not in get_error().fix
    monkeypatch.setenv("CREDHELPER_DEBUG", "1")
    assert "sign in first" in get_error().fix


def test_a_program_with_expired_keys_is_reported(home: Path) -> None:
    keys = {"Version": 1, "AccessKeyId": "AKIAONE", "SecretAccessKey": SECRET, "SessionToken": SECRET}
    output = json.dumps({**keys, "Expiration": "2020-01-01T00:00:00Z"})
    write_aws_file(home, f"[default]\ncredential_process = echo '{output}'\n")
    error = get_error()
    assert error.id == "credentials-expired"
    assert "custom-process" in str(error)


@pytest.fixture
def sso_token_file(home: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return botocore's cache file of an SSO sign-in, which is valid for an hour."""
    write_aws_file(home, SIGN_IN)
    monkeypatch.setattr(SSOProvider, "_SSO_TOKEN_CACHE_DIR", str(home))  # computed at botocore's import
    expires_at = time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(time.time() + 3600))
    path = home / f"{hashlib.sha1(b'https://example.awsapps.com/start').hexdigest()}.json"  # noqa: S324  (its name)
    path.write_text(json.dumps({"accessToken": SECRET, "expiresAt": expires_at}))
    return path


@pytest.mark.parametrize("content", [f"{{{SECRET}", "{}", f'{{"accessToken": "{SECRET}", "expiresAt": "soon"}}'])
def test_a_broken_sign_in_file_is_ignored(sso_token_file: Path, content: str) -> None:
    sso_token_file.write_text(content)
    error = get_error()
    assert error.id == "sso-missing"
    assert "aws sso login --profile default" in error.fix


@pytest.mark.usefixtures("sso_token_file")
def test_a_sign_in_that_the_portal_does_not_know_has_expired(cloud: Loopback) -> None:
    assert get_error().id == "sso-expired"
    cloud.configure(sso="fail", sign_ins={SECRET: "somebody"})
    assert get_error().id == "service-failed"


@pytest.mark.parametrize(
    ("variables", "id_", "text"),
    [
        ({"FULL_URI": f"{UNREACHABLE}/{SECRET}"}, "container-unreachable", f"cannot be reached ({UNREACHABLE})"),
        ({"FULL_URI": f"http://192.0.2.1/{SECRET}"}, "container-misconfigured", "http://192.0.2.1 is not an address"),
        ({"FULL_URI": UNREACHABLE, "TOKEN_FILE": "/nowhere"}, "container-misconfigured", "No such file or directory"),
        ({"FULL_URI": UNREACHABLE, "TOKEN": f"{SECRET}\n"}, "container-misconfigured", "more than one line"),
    ],
)
def test_an_unusable_container_service_is_reported(
    monkeypatch: pytest.MonkeyPatch, variables: dict[str, str], id_: str, text: str
) -> None:
    for name, value in variables.items():
        infix = "CREDENTIALS" if name == "FULL_URI" else "AUTHORIZATION"
        monkeypatch.setenv(f"AWS_CONTAINER_{infix}_{name}", value)
    error = get_error()
    assert error.id == id_
    assert text in str(error)


def test_a_container_service_that_fails_is_reported_with_its_status(
    cloud: Loopback, monkeypatch: pytest.MonkeyPatch
) -> None:
    cloud.configure(container="fail")
    monkeypatch.setenv("AWS_CONTAINER_CREDENTIALS_FULL_URI", f"{cloud.endpoint}/v1/credentials")
    error = get_error()
    assert error.id == "container-unreachable"
    assert "answered 500" in str(error)


if hasattr(credentials, "LoginProvider"):  # the lowest version of botocore that we allow has no such profiles

    def test_the_fix_for_an_expired_aws_login_names_the_profile_that_has_the_session(
        home: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        write_aws_file(home, f"{ROLE_PROFILE}[profile base]\nlogin_session = somebody\n")
        monkeypatch.setattr(credentials, "EC", object())  # from awscrt, which not every machine has
        error = get_error()
        assert (error.id, error.fix) == ("login-expired", "sign in:\n  aws login --profile base")
