"""No secret of the environment reaches the disk, whichever variable it is in."""

from __future__ import annotations

import json
import os
import time
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from tests.contract.http_server import serve_answer, serve_by_path
from tests.support.factories import list_cache_files
from tests.support.runner import HOST, NO_CALLS, parse_login, run_get, run_helper, write_sign_in

if TYPE_CHECKING:
    from tests.fake_ec2.services import Loopback

CANARY = "canary7f3a"
URL = f"http://{CANARY}:{CANARY}@127.0.0.1:9/{CANARY}?{CANARY}#{CANARY}"
KEYS = {"AWS_ACCESS_KEY_ID": "AKIAONE", "AWS_SECRET_ACCESS_KEY": CANARY}
SECRETS = dict.fromkeys(
    (
        *("AWS_SESSION_TOKEN", "AWS_SECURITY_TOKEN", "AWS_SSO_ACCESS_TOKEN", "AWS_VAULT_FILE_PASSPHRASE", "AWS_OTP"),
        *("AWS_MFA_CODE", "AWS_BEARER_TOKEN_ECR", "AWS_CONTAINER_AUTHORIZATION_TOKEN", "AWS_NEW", "AWS_VAULT_PROMPT"),
        *("AWS_CSM_CLIENT_ID", "AWS_CSM_HOST", "AWS_SDK_UA_APP_ID", "AWS_LAMBDA_FUNCTION_NAME", "AWS_CLIENT_SECRET"),
        *("BOTO_NEW", "BOTOCORE_NEW", "BOTO_PASSWORD", "CREDHELPER_NEW", "CREDHELPER_PASSWORD", "AWS_PRIVATE_KEY"),
        *("AWS_S3_USE_ARN_REGION", "BOTO_EXPERIMENTAL__ADD_PROXY_HOST_HEADER", "BOTO_EXPERIMENTAL__NEW"),
    ),
    CANARY,
)
URLS = dict.fromkeys(
    (
        *("AWS_ENDPOINT_URL_STS", "AWS_ENDPOINT_URL_SSO", "AWS_ENDPOINT_URL_S3", "AWS_EC2_METADATA_SERVICE_ENDPOINT"),
        *("HTTPS_PROXY", "https_proxy", "ALL_PROXY", "all_proxy", "AWS_CONTAINER_CREDENTIALS_FULL_URI"),
    ),
    URL,
)
ALL: dict[str, str | None] = {**KEYS, **SECRETS, **URLS, "AWS_CONTAINER_CREDENTIALS_RELATIVE_URI": f"/{CANARY}"}


def find_canary(home: Path) -> list[Path]:
    """Return the files below the home whose name or content contains the canary."""
    paths = [path for path in home.rglob("*") if path.is_file()]
    assert paths
    return [path for path in paths if CANARY in path.name or CANARY.encode() in path.read_bytes()]


@pytest.mark.usefixtures("cloud")
def test_no_entry_contains_a_secret_of_the_environment(home: Path) -> None:
    parse_login(run_get(**ALL))
    assert list_cache_files(home)
    assert find_canary(home) == []


@pytest.mark.parametrize("name", sorted({*SECRETS, *URLS}))
def test_no_failure_contains_a_secret_of_the_environment(home: Path, name: str) -> None:
    done = run_get(**{name: ALL[name]})
    assert done.status == 1
    assert CANARY not in done.stderr_text + done.stdout.decode()
    assert list((home / ".cache").rglob(".failure-*"))
    assert find_canary(home) == []


def test_no_negative_entry_contains_a_secret_of_the_environment(home: Path) -> None:
    assert run_helper("get", stdin=b"ghcr.io", **ALL).status == 1
    assert list_cache_files(home)
    assert find_canary(home) == []


@pytest.mark.parametrize("name", ["AWS_ENDPOINT_URL_ECR", "AWS_EC2_METADATA_SERVICE_ENDPOINT"])
@pytest.mark.parametrize("suffix", [f"/?{CANARY}", f"/{CANARY}/"])
def test_the_secret_path_or_query_of_an_endpoint_is_not_in_any_file(
    cloud: Loopback, home: Path, name: str, suffix: str
) -> None:
    done = run_get(**{name: f"{cloud.environment()[name]}{suffix}"})
    content = b"".join(path.read_bytes() for path in (home / ".cache").rglob("*") if path.is_file())
    assert CANARY.encode() not in content + done.stdout + done.stderr


def test_a_hit_with_a_confidential_variable_makes_no_call(cloud: Loopback) -> None:
    first = run_get(AWS_NEW="one")
    cloud.forget()
    assert run_get(AWS_NEW="one").stdout == first.stdout
    assert cloud.count_calls() == NO_CALLS


@pytest.mark.parametrize("other", ["two", None])
def test_a_changed_confidential_variable_is_a_miss(cloud: Loopback, other: str | None) -> None:
    first = run_get(AWS_NEW="one")
    cloud.forget()
    assert run_get(AWS_NEW=other).stdout != first.stdout
    assert cloud.count_calls()["ecr"] == 1


@pytest.mark.usefixtures("cloud")
def test_the_next_exchange_removes_the_entries_of_version_1(home: Path) -> None:
    directory = home / ".cache" / "credhelper"
    directory.mkdir(0o700, parents=True)
    old = directory / f"{HOST}-0123456789abcdef"
    old.write_bytes(f"credhelper entry 1\n{HOST}\nAWS_VAULT_FILE_PASSPHRASE='{CANARY}'\n\n".encode())
    os.utime(old, (time.time() + 3600,) * 2)
    done = run_get()
    assert parse_login(done)["Username"] == "AWS"
    assert done.stderr_text == ""
    assert not old.exists()


DOCUMENT = {"Code": f"Denied {CANARY}", "AccessKeyId": f"ASIA{CANARY}", "SecretAccessKey": CANARY, "Token": CANARY}
ECHOES = [
    DOCUMENT,
    {"message": json.dumps(DOCUMENT), "__type": "UnauthorizedException"},
    {"roleCredentials": {"secretAccessKey": CANARY, "sessionToken": CANARY}},
    f"<Error><Code>Denied</Code><Message>Token={CANARY}</Message></Error>".encode(),
    f'<html><!-- {{"Token": "{CANARY}"}} --></html>'.encode() * 20_000,
]


def check_no_canary(home: Path, **changes: str | None) -> None:
    done = run_get(**changes)
    leaks = [path for path in (home / ".cache").rglob("*") if path.is_file() and CANARY.encode() in path.read_bytes()]
    assert done.status == 1
    assert CANARY not in done.stderr_text + done.stdout.decode()
    assert leaks == []


@pytest.mark.parametrize("status", [200, 400, 403, 500])
@pytest.mark.parametrize("body", ECHOES, ids=["document", "message", "nested", "xml", "large"])
@pytest.mark.parametrize(
    "name", ["AWS_EC2_METADATA_SERVICE_ENDPOINT", "AWS_CONTAINER_CREDENTIALS_FULL_URI", "AWS_ENDPOINT_URL_SSO"]
)
def test_credentials_in_the_answer_of_a_service_are_not_quoted(
    home: Path, name: str, body: object, status: int
) -> None:
    if name == "AWS_ENDPOINT_URL_SSO":
        (home / ".aws" / "config").write_text(f"[default]\n{write_sign_in(home, 'a token')}")
    with serve_answer(body, status) as url:
        check_no_canary(home, **{name: url})


def test_a_document_with_credentials_in_place_of_a_role_name_is_not_quoted(home: Path) -> None:
    path = "/latest/meta-data/iam/security-credentials/"
    with serve_by_path({"/latest/api/token": (200, b"token"), path: (200, DOCUMENT)}) as url:
        check_no_canary(home, AWS_EC2_METADATA_SERVICE_ENDPOINT=url)


def test_a_program_that_prints_half_of_its_credentials_is_not_quoted(home: Path) -> None:
    (home / ".aws").mkdir()
    (home / ".aws" / "config").write_text(f"[default]\ncredential_process = echo '{json.dumps(DOCUMENT)}'\n")
    check_no_canary(home)
