"""Two identities never receive each other's tokens. The stand-in knows the owner of each token."""

from __future__ import annotations

import json
import os
import threading
import time
from http.server import BaseHTTPRequestHandler, HTTPServer
from typing import TYPE_CHECKING

import pytest

from tests.fake_ec2.services.web_identities import mint_token
from tests.support.factories import list_cache_files
from tests.support.runner import (
    HOST,
    NO_CALLS,
    PROGRAM,
    ProcessResult,
    find_owner,
    parse_login,
    run_get,
    run_helper,
    run_program,
)

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from tests.fake_ec2.services import Loopback

SECRET = "a-secret-of-somebody"
ONE, TWO = "AKIAONE", "AKIATWO"
KEYS_OF_ONE = {"AWS_ACCESS_KEY_ID": ONE, "AWS_SECRET_ACCESS_KEY": SECRET}
KEYS_OF_TWO = {"AWS_ACCESS_KEY_ID": TWO, "AWS_SECRET_ACCESS_KEY": SECRET}


def make_user_arn(key: str) -> str:
    return f"arn:aws:iam::123456789012:user/{key}"


def make_profile(name: str, key: str) -> str:
    return f"[{name}]\naws_access_key_id = {key}\naws_secret_access_key = {SECRET}\n"


@pytest.fixture
def credentials_file(home: Path) -> Path:
    """Return AWS's credentials file, with the keys of two users."""
    path = home / ".aws" / "credentials"
    path.parent.mkdir()
    path.write_text(make_profile("one", ONE) + make_profile("two", TWO))
    return path


@pytest.mark.usefixtures("credentials_file")
def test_two_profiles_have_a_token_each_and_keep_it(cloud: Loopback) -> None:
    owners = [find_owner(cloud, run_get(AWS_PROFILE=name)) for name in ("one", "two", "one", "two")]
    assert owners == [make_user_arn(ONE), make_user_arn(TWO), make_user_arn(ONE), make_user_arn(TWO)]
    assert cloud.count_calls()["ecr"] == 2


def test_two_sets_of_keys_have_a_token_each_and_keep_it(cloud: Loopback) -> None:
    owners = [find_owner(cloud, run_get(**keys)) for keys in (KEYS_OF_ONE, KEYS_OF_TWO, KEYS_OF_ONE, KEYS_OF_TWO)]
    assert owners == [make_user_arn(ONE), make_user_arn(TWO), make_user_arn(ONE), make_user_arn(TWO)]
    assert cloud.count_calls()["ecr"] == 2


def test_keys_do_not_receive_the_token_of_the_role_or_vice_versa(cloud: Loopback) -> None:
    role = find_owner(cloud, run_get())
    assert find_owner(cloud, run_get(**KEYS_OF_ONE)) == make_user_arn(ONE)
    assert find_owner(cloud, run_get()) == role != make_user_arn(ONE)


def test_a_profile_edited_to_the_same_size_and_time_is_another_identity(
    cloud: Loopback, credentials_file: Path
) -> None:
    assert find_owner(cloud, run_get(AWS_PROFILE="one")) == make_user_arn(ONE)
    original_stat = credentials_file.stat()
    credentials_file.write_text(credentials_file.read_text().replace(ONE, "AKIANEW"))
    os.utime(credentials_file, ns=(original_stat.st_atime_ns, original_stat.st_mtime_ns))
    assert (credentials_file.stat().st_size, credentials_file.stat().st_mtime_ns) == (
        original_stat.st_size,
        original_stat.st_mtime_ns,
    )
    assert find_owner(cloud, run_get(AWS_PROFILE="one")) == make_user_arn("AKIANEW")


def test_credentials_that_appear_are_not_answered_with_the_token_of_the_role(cloud: Loopback, home: Path) -> None:
    parse_login(run_get())
    (home / ".aws").mkdir()
    (home / ".aws" / "credentials").write_text(make_profile("default", ONE))
    assert find_owner(cloud, run_get()) == make_user_arn(ONE)


def test_a_relative_credentials_file_is_refused_in_any_directory(
    cloud: Loopback, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for key in (ONE, TWO):
        directory = tmp_path / key
        directory.mkdir()
        (directory / "keys").write_text(make_profile("default", key))
        monkeypatch.chdir(directory)
        assert "[path-relative]" in run_get(AWS_SHARED_CREDENTIALS_FILE="keys").report
    assert cloud.count_calls() == NO_CALLS


def test_two_roles_of_one_token_file_have_a_token_each(cloud: Loopback, home: Path) -> None:
    (home / "token").write_text(mint_token("system:serviceaccount:default:ci", time.time() + 3600))
    owners = []
    for role in ("build", "deploy", "build"):
        arn = f"arn:aws:iam::210987654321:role/{role}"
        result = run_get(AWS_ROLE_ARN=arn, AWS_WEB_IDENTITY_TOKEN_FILE=str(home / "token"), AWS_ROLE_SESSION_NAME="ci")
        owners.append(find_owner(cloud, result))
    prefix = "arn:aws:sts::210987654321:assumed-role"
    assert owners == [f"{prefix}/build/ci", f"{prefix}/deploy/ci", f"{prefix}/build/ci"]
    assert cloud.count_calls() == {**NO_CALLS, "sts": 2, "ecr": 2}


@pytest.mark.parametrize(("subject", "calls"), [("ci", 1), ("other", 2)])
def test_a_rotated_token_costs_a_call_only_if_it_has_another_owner(
    cloud: Loopback, home: Path, subject: str, calls: int
) -> None:
    token = home / "token"
    identity = {
        "AWS_ROLE_ARN": "arn:aws:iam::210987654321:role/build",
        "AWS_WEB_IDENTITY_TOKEN_FILE": str(token),
        "AWS_ROLE_SESSION_NAME": "ci",
    }
    for lifetime, name in ((3600, "ci"), (7200, subject)):
        token.write_text(mint_token(f"system:serviceaccount:default:{name}", time.time() + lifetime))
        time.sleep(0.05)  # until the kernel's file clock ticks
        parse_login(run_get(**identity))
    assert cloud.count_calls() == {**NO_CALLS, "sts": calls, "ecr": calls}
    second = run_get(**identity)
    assert find_owner(cloud, second).endswith("assumed-role/build/ci")
    assert cloud.count_calls()["ecr"] == calls


def test_a_credential_process_found_elsewhere_on_the_path_is_another_identity(cloud: Loopback, home: Path) -> None:
    (home / ".aws").mkdir()
    (home / ".aws" / "config").write_text("[default]\ncredential_process = give-keys\n")
    for key in (ONE, TWO):
        (home / key).mkdir()
        program = home / key / "give-keys"
        keys = json.dumps({"Version": 1, "AccessKeyId": key, "SecretAccessKey": SECRET})
        program.write_text(f"#!/bin/sh\necho '{keys}'\n")
        program.chmod(0o700)
    owners = [find_owner(cloud, run_with_path(home / key)) for key in (ONE, TWO, ONE)]
    assert owners == [make_user_arn(ONE), make_user_arn(TWO), make_user_arn(ONE)]


def run_with_path(directory: Path) -> ProcessResult:
    return run_program(["sh", "-c", 'PATH="$0:$PATH" exec "$@"', str(directory), PROGRAM, "get"], HOST.encode())


class ContainerHandler(BaseHTTPRequestHandler):
    """The credential service of a container: the bearer token selects the keys."""

    def do_GET(self) -> None:
        key = {"token-of-one": ONE, "token-of-two": TWO}[self.headers["Authorization"]]
        keys = {"AccessKeyId": key, "SecretAccessKey": SECRET, "Token": "", "Expiration": "2100-01-01T00:00:00Z"}
        self.send_response(200)
        self.end_headers()
        self.wfile.write(json.dumps(keys).encode())

    def log_message(self, *_: object) -> None:
        """Write nothing."""


@pytest.fixture
def container() -> Iterator[str]:
    with HTTPServer(("127.0.0.1", 0), ContainerHandler) as server:
        threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}/"
        server.shutdown()


def test_two_containers_have_a_token_each_and_their_bearer_tokens_are_not_written(
    cloud: Loopback, container: str, home: Path
) -> None:
    owners = []
    for token in ("token-of-one", "token-of-two", "token-of-one"):
        variables = {"AWS_CONTAINER_CREDENTIALS_FULL_URI": container, "AWS_CONTAINER_AUTHORIZATION_TOKEN": token}
        owners.append(find_owner(cloud, run_get(**variables)))
    assert owners == [make_user_arn(ONE), make_user_arn(TWO), make_user_arn(ONE)]
    assert cloud.count_calls()["ecr"] == 2
    cache_files = list_cache_files(home)
    assert len(cache_files) == 2
    assert not any(b"token-of-" in path.read_bytes() for path in cache_files)


@pytest.mark.usefixtures("cloud")
def test_no_secret_except_that_of_the_answer_is_written(home: Path) -> None:
    proxy = f"http://somebody:{SECRET}@127.0.0.1:9"
    proxies = dict.fromkeys(("HTTPS_PROXY", "https_proxy", "ALL_PROXY", "all_proxy"), proxy)
    result = run_get(**KEYS_OF_ONE, AWS_SESSION_TOKEN=SECRET, AWS_SECURITY_TOKEN=SECRET, **proxies)
    assert parse_login(result)["Username"] == "AWS"
    [path] = list_cache_files(home)
    assert SECRET.encode() not in path.read_bytes()


def test_a_token_of_a_removed_identity_is_not_served(cloud: Loopback, credentials_file: Path) -> None:
    parse_login(run_get(AWS_PROFILE="one"))
    credentials_file.unlink()
    assert run_get(AWS_PROFILE="one").status == 1
    assert run_helper("list", AWS_PROFILE="one").stdout == b"{}\n"
    assert cloud.count_calls()["ecr"] == 1
