"""A cold run in an untrusted checkout: it runs no program and reads no file of the checkout."""

from __future__ import annotations

import json
import shutil
import sys
from typing import TYPE_CHECKING

import pytest

from tests.contract.checkout import (
    ISOLATED,
    NO_PASSWD_ENTRY,
    ROLE,
    SECRET,
    Checkout,
    assert_refused,
    prepend_to_path,
    run_isolated,
    write_aws_config,
)
from tests.contract.docker_files import ONE_LOGIN, write_config
from tests.support.runner import HOST, NO_CALLS, find_owner, parse_login, run_program

if TYPE_CHECKING:
    from pathlib import Path

    from tests.fake_ec2.services import Loopback

KEYS = {"AWS_ACCESS_KEY_ID": "AKIAONE", "AWS_SECRET_ACCESS_KEY": SECRET}
NAMESPACES = (
    shutil.which("unshare") is not None and run_program(["unshare", "-U", "--map-user=54321", "true"]).status == 0
)


@pytest.mark.parametrize(
    "path", [":{}", "{}:", "{}::/bin", ".:{}", "./:{}", "tools:{}", "./tools:{}", "~/bin:{}", ".", ""]
)
def test_a_program_is_not_searched_for_in_the_working_directory(
    cloud: Loopback, home: Path, checkout: Checkout, path: str
) -> None:
    write_aws_config(home, "[default]\ncredential_process = corp-creds\n")
    done = run_isolated(PATH=path.format("/usr/bin:/bin"))
    assert "[process-missing]" in done.report
    assert not checkout.is_sprung(cloud)


def test_a_program_is_not_searched_for_in_the_working_directory_without_path_either(
    cloud: Loopback, home: Path, checkout: Checkout
) -> None:
    write_aws_config(home, "[default]\ncredential_process = corp-creds\n")
    assert "[process-missing]" in run_isolated(PATH=None).report
    assert not checkout.is_sprung(cloud)


def test_a_program_is_found_in_an_absolute_directory_after_a_relative_one(
    cloud: Loopback, home: Path, checkout: Checkout
) -> None:
    write_aws_config(home, "[default]\ncredential_process = corp-creds\n")
    program = home / "bin" / "corp-creds"
    program.parent.mkdir()
    keys = json.dumps({"Version": 1, "AccessKeyId": "AKIAONE", "SecretAccessKey": SECRET})
    program.write_text(f"#!/bin/sh\necho '{keys}'\n")
    program.chmod(0o755)
    for _ in ("a miss", "a hit"):
        assert find_owner(cloud, run_isolated(PATH=prepend_to_path(f":.:{program.parent}"))).endswith("user/AKIAONE")
    assert cloud.count_calls()["ecr"] == 1
    assert not checkout.is_sprung(cloud)


@pytest.mark.usefixtures("checkout")
def test_a_program_sees_no_relative_element_of_path(cloud: Loopback, home: Path) -> None:
    write_aws_config(home, f"[default]\ncredential_process = /bin/sh -c 'echo \"$PATH $PWD\" >{home}/seen; exit 1'\n")
    run_isolated(PATH=":/usr/bin:.:/bin:~/bin:")
    assert (home / "seen").read_text() == "/usr/bin:/bin /\n"
    assert cloud.count_calls()["ecr"] == 0


@pytest.mark.parametrize("value", ["~", ".", "./", "", "~/", "home", "./home", "~nosuchuser"])
def test_without_an_absolute_home_the_role_of_the_instance_is_used_and_the_checkout_is_not(
    cloud: Loopback, checkout: Checkout, value: str
) -> None:
    assert "assumed-role" in find_owner(cloud, run_isolated(HOME=value))
    assert not checkout.is_sprung(cloud)


@pytest.mark.skipif(not NAMESPACES, reason="no user namespaces: there is no user without a passwd entry")
def test_a_user_without_a_passwd_entry_and_home_gets_the_role_of_the_instance(
    cloud: Loopback, checkout: Checkout
) -> None:
    assert "assumed-role" in find_owner(
        cloud, run_program([*NO_PASSWD_ENTRY, *ISOLATED, "get"], HOST.encode(), HOME=None)
    )
    assert not checkout.is_sprung(cloud)


def test_without_an_absolute_home_a_profile_is_reported_as_missing(cloud: Loopback, checkout: Checkout) -> None:
    assert "[profile-missing]" in run_isolated(HOME="~", AWS_PROFILE="ci").report
    assert not checkout.is_sprung(cloud)


@pytest.mark.parametrize("name", ["AWS_CONFIG_FILE", "AWS_SHARED_CREDENTIALS_FILE"])
@pytest.mark.parametrize("value", ["config", "./config", "~config", "~nosuchuser/config", "$NOWHERE/config", "."])
def test_a_relative_file_of_profiles_is_refused(cloud: Loopback, checkout: Checkout, name: str, value: str) -> None:
    assert_refused(run_isolated(**{name: value}), name)
    assert cloud.count_calls() == NO_CALLS
    assert not checkout.is_sprung(cloud)


def test_the_fix_gives_the_absolute_value(checkout: Checkout) -> None:
    assert (
        f"export AWS_CONFIG_FILE={checkout.directory}/sub/config\n"
        in run_isolated(AWS_CONFIG_FILE="./sub/../sub/config").stderr_text
    )


@pytest.mark.parametrize("value", ["~/config", "~"])
def test_a_file_in_the_home_is_refused_if_the_home_is_not_absolute(
    cloud: Loopback, checkout: Checkout, value: str
) -> None:
    assert_refused(run_isolated(AWS_CONFIG_FILE=value, HOME="."), "AWS_CONFIG_FILE")
    assert not checkout.is_sprung(cloud)


@pytest.mark.usefixtures("checkout")
@pytest.mark.parametrize("value", ["~/other", "$HOME/other", "{}/other"])
def test_an_absolute_file_of_profiles_is_read(cloud: Loopback, home: Path, value: str) -> None:
    (home / "other").write_text(f"[default]\naws_access_key_id = AKIAONE\naws_secret_access_key = {SECRET}\n")
    assert find_owner(cloud, run_isolated(AWS_CONFIG_FILE=value.format(home))).endswith("user/AKIAONE")


def test_a_relative_token_file_of_a_web_identity_is_refused(cloud: Loopback, checkout: Checkout) -> None:
    for value in ("token", "./token", "~/token"):
        done = run_isolated(AWS_WEB_IDENTITY_TOKEN_FILE=value, AWS_ROLE_ARN=ROLE)
        assert_refused(done, "AWS_WEB_IDENTITY_TOKEN_FILE")
    assert cloud.count_calls()["sts"] == 0
    assert not checkout.is_sprung(cloud)


def test_a_relative_token_file_of_a_container_is_refused(cloud: Loopback, checkout: Checkout) -> None:
    name = "AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE"
    uri = {"AWS_CONTAINER_CREDENTIALS_FULL_URI": f"{cloud.endpoint}/v1/credentials"}
    assert_refused(run_isolated(**{name: "token"}, **uri), name)
    write_aws_config(checkout.directory.parent, f"[default]\nrole_arn = {ROLE}\ncredential_source = EcsContainer\n")
    config = str(checkout.directory.parent / ".aws" / "config")
    assert_refused(run_isolated(**{name: "token"}, **uri, AWS_CONFIG_FILE=config), name)


@pytest.mark.usefixtures("checkout")
@pytest.mark.parametrize("name", ["AWS_CA_BUNDLE", "REQUESTS_CA_BUNDLE", "OPENSSL_CONF"])
@pytest.mark.parametrize("value", ["ca.pem", "./ca.pem", "~ca.pem"])
def test_relative_certificates_are_refused(cloud: Loopback, name: str, value: str) -> None:
    assert_refused(run_isolated(**{name: value}), name)
    assert cloud.count_calls()["ecr"] == 0


@pytest.mark.parametrize(
    ("name", "value"), [("BOTO_CONFIG", "boto.cfg"), ("BOTO_CONFIG", "./boto.cfg"), ("AWS_CREDENTIAL_FILE", "keys")]
)
def test_relative_files_of_old_tools_are_refused(cloud: Loopback, checkout: Checkout, name: str, value: str) -> None:
    assert_refused(run_isolated(**{name: value}), name)
    assert not checkout.is_sprung(cloud)


@pytest.mark.usefixtures("checkout")
@pytest.mark.parametrize(
    "unread",
    [
        *({name: "x"} for name in ("PASSWORD_STORE_DIR", "GNUPGHOME", "AWS_DATA_PATH", "AWS_LOGIN_CACHE_DIRECTORY")),
        *({name: "x"} for name in ("XDG_CONFIG_HOME", "XDG_DATA_HOME", "XDG_CACHE_HOME", "XDG_RUNTIME_DIR")),
        *({name: "x"} for name in ("AWS_ECR_CACHE_DIR", "SSL_CERT_FILE", "DOCKER_CONFIG", "BASH_ENV")),
        {"AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE": "token"},
        {"DBUS_SESSION_BUS_ADDRESS": "unix:path=bus"},
        {"AWS_WEB_IDENTITY_TOKEN_FILE": "token", **KEYS},
        {"BOTO_CONFIG": "boto.cfg", **KEYS},
        {"REQUESTS_CA_BUNDLE": "ca.pem", "AWS_CA_BUNDLE": "/etc/ssl/certs/ca-certificates.crt"},
    ],
    ids=str,
)
def test_a_relative_path_that_is_not_read_does_no_harm(cloud: Loopback, unread: dict[str, str]) -> None:
    for _ in ("a miss", "a hit"):
        parse_login(run_isolated(**unread))
    assert cloud.count_calls()["ecr"] == (2 if "AWS_ECR_CACHE_DIR" in unread else 1)


@pytest.mark.parametrize(
    "argv", [("refresh", HOST), ("get-login", "--region", "us-east-1"), ("get-login",), ("get-login-password",)]
)
def test_every_command_that_calls_aws_refuses_a_relative_path(
    cloud: Loopback, checkout: Checkout, argv: tuple[str, ...]
) -> None:
    done = run_isolated(*argv, AWS_CONFIG_FILE="config", AWS_DEFAULT_REGION=None)
    assert done.status == 1
    assert "AWS_CONFIG_FILE is not an absolute path" in done.stderr_text + done.stdout.decode()
    assert cloud.count_calls() == NO_CALLS
    assert not checkout.is_sprung(cloud)


@pytest.mark.parametrize(
    ("argv", "changes"),
    [
        (["--config", "docker"], {}),
        (["--config", "./docker/config.json"], {}),
        (["--config=docker/../docker"], {}),
        ([], {"DOCKER_CONFIG": "docker"}),
        ([], {"DOCKER_CONFIG": "./docker/"}),
        ([], {"HOME": "home-of-docker"}),
    ],
    ids=str,
)
def test_paths_of_docker_are_relative_to_the_directory_of_the_caller(
    checkout: Checkout, argv: list[str], changes: dict[str, str]
) -> None:
    data = {"XDG_DATA_HOME": str(checkout.directory.parent)}
    for directory in ("docker", "home-of-docker/.docker"):
        write_config(checkout.directory / directory / "config.json", ONE_LOGIN)
    assert b"ghcr.io: the login of octocat is moved to" in run_isolated("import", *argv, **{**data, **changes}).stdout


@pytest.mark.parametrize(
    ("argv", "sentence"),
    [
        (["import", "--config", "docker"], b"the working directory has been removed"),
        (["get"], b"AWS_CONFIG_FILE is not an absolute path"),
    ],
)
def test_a_relative_path_in_a_removed_directory_is_reported(
    checkout: Checkout, argv: list[str], sentence: bytes
) -> None:
    removed_directory = checkout.directory / "gone"
    removed_directory.mkdir()
    remove_and_run = 'cd "$0" && rmdir "$0" && exec "$@"'
    done = run_program(
        ["sh", "-c", remove_and_run, str(removed_directory), *ISOLATED, *argv], HOST.encode(), AWS_CONFIG_FILE="x"
    )
    assert sentence in done.stdout


BY_PYTHON = f"""
import credhelper
try:
    credhelper.credentials("{HOST}")
except credhelper.HelperError as error:
    print(error.id, error)
"""


@pytest.mark.parametrize(
    "name", ["AWS_CONFIG_FILE", "AWS_SHARED_CREDENTIALS_FILE", "AWS_CA_BUNDLE", "BOTO_CONFIG", "CREDHELPER_CONFIG"]
)
def test_a_relative_path_is_refused_in_a_python_program_too(cloud: Loopback, checkout: Checkout, name: str) -> None:
    done = run_program([sys.executable, "-I", "-c", BY_PYTHON], **{name: "config"})
    assert done.stdout.startswith(b"path-relative ")
    assert f"path-relative {name} is not an absolute path" in done.stdout.decode()
    assert not checkout.is_sprung(cloud)
