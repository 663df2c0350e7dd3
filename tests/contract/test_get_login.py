"""`get-login` and `get-login-password`, for scripts that were written for `aws ecr`, with the same arguments."""

from __future__ import annotations

import base64
import os
import shlex
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from tests.contract.http_server import serve_answer
from tests.support.factories import create_entry
from tests.support.runner import HOST, NO_CALLS, OTHER_HOST, ProcessResult, run_get, run_helper, run_program

if TYPE_CHECKING:
    from tests.fake_ec2.services import Loopback

COMMANDS = ("get-login", "get-login-password")
REGION_OPTION = ("--region", "us-east-1")
ACCOUNT, OTHER_ACCOUNT = HOST[:12], OTHER_HOST[:12]


def list_login_lines(*argv: str) -> list[list[str]]:
    """Return the words of each printed line."""
    result = run_helper("get-login", *argv)
    assert result.status == 0, result.stderr_text
    return [shlex.split(line) for line in result.stdout.decode("ascii").splitlines()]


def list_hosts(*argv: str) -> list[str]:
    return [login[-1].removeprefix("https://") for login in list_login_lines(*argv)]


def find_principal(cloud: Loopback, password: str, region: str = "us-east-1") -> str:
    """Return the ARN to which the stand-in issued a password, or an empty string."""
    token = cloud.tokens.find(password, "ecr", region)
    return token.principal if token is not None else ""


def get_error(result: ProcessResult) -> str:
    """Return what the user sees of a failure; a shell that evaluates the output, or a pipe, must get nothing."""
    assert (result.status, result.stdout) == (1, b"")
    return result.report


def test_the_line_logs_in_to_the_registry_that_ecr_names(cloud: Loopback) -> None:
    (line,) = list_login_lines(*REGION_OPTION)
    assert line[:5] == ["docker", "login", "-u", "AWS", "-p"]
    assert line[6:] == [f"https://{HOST}"]
    assert "app-role" in find_principal(cloud, line[5])


def test_the_line_works_when_a_shell_evaluates_it(cloud: Loopback, tmp_path: Path) -> None:
    docker_program = tmp_path / "docker"
    docker_program.write_text('#!/bin/sh\nprintf "%s\\n" "$@"\n')
    docker_program.chmod(0o755)
    path = os.pathsep.join((str(tmp_path), str(Path(sys.executable).parent), os.environ["PATH"]))
    result = run_program(["sh", "-c", 'eval "$(docker-credential-ecr get-login --region us-east-1)"'], PATH=path)
    lines = result.stdout.decode().split("\n")
    assert lines[:4] == ["login", "-u", "AWS", "-p"]
    assert find_principal(cloud, lines[4])
    assert lines[5:] == [f"https://{HOST}", ""]


@pytest.mark.parametrize(
    "argv",
    [
        [*REGION_OPTION, "--no-include-email"],
        ["--no-include-email", "--region=us-east-1"],
        ["--include-email", *REGION_OPTION],
        ["--registry-ids", ACCOUNT, *REGION_OPTION, "--no-include-email"],
    ],
    ids=" ".join,
)
@pytest.mark.usefixtures("cloud")
def test_the_arguments_that_scripts_pass_are_accepted(argv: list[str]) -> None:
    assert list_hosts(*argv) == [HOST]


@pytest.mark.usefixtures("cloud")
def test_the_email_option_that_docker_refuses_is_never_printed_and_is_reported() -> None:
    result = run_helper("get-login", *REGION_OPTION, "--include-email")
    assert b"none" not in result.stdout
    assert "-e none is not printed" in result.stderr_text
    assert "-e none" not in run_helper("get-login", *REGION_OPTION).stderr_text


@pytest.mark.usefixtures("cloud")
def test_a_printed_password_comes_with_one_note_about_a_better_way() -> None:
    error_text = run_helper("get-login", *REGION_OPTION, "--registry-ids", ACCOUNT, OTHER_ACCOUNT).stderr_text
    assert error_text.count("other users can read the password") == 1
    assert f"get-login-password --region us-east-1 | docker login -u AWS --password-stdin https://{HOST}" in error_text


def test_each_named_account_has_a_line_and_all_cost_one_call(cloud: Loopback) -> None:
    assert list_hosts("--registry-ids", ACCOUNT, OTHER_ACCOUNT, ACCOUNT, *REGION_OPTION) == [HOST, OTHER_HOST]
    assert cloud.count_calls()["ecr"] == 1


def test_an_account_with_a_cached_token_costs_no_call(cloud: Loopback) -> None:
    create_entry()
    ((*_, password, _),) = list_login_lines("--registry-ids", ACCOUNT, *REGION_OPTION)
    assert password == "seeded"
    assert cloud.count_calls() == NO_CALLS


@pytest.mark.usefixtures("cloud")
def test_the_host_is_in_the_partition_of_the_region() -> None:
    assert list_hosts("--region", "cn-north-1", "--registry-ids", ACCOUNT) == [
        f"{ACCOUNT}.dkr.ecr.cn-north-1.amazonaws.com.cn"
    ]


def test_a_password_for_a_pipe_is_printed_alone(cloud: Loopback) -> None:
    result = run_helper("get-login-password", *REGION_OPTION)
    password, end, rest = result.stdout.decode("ascii").partition("\n")
    assert (result.status, end, rest, result.stderr) == (0, "\n", "", b"")
    assert find_principal(cloud, password)


def test_a_password_for_a_pipe_is_new_since_its_user_relies_on_twelve_hours(
    cloud: Loopback,
) -> None:
    create_entry()
    assert find_principal(cloud, run_helper("get-login-password", *REGION_OPTION).stdout.decode().strip())


@pytest.mark.parametrize(
    "environ",
    [
        {"AWS_REGION": "eu-west-1", "AWS_DEFAULT_REGION": "eu-west-2"},
        {"AWS_DEFAULT_REGION": "eu-west-1"},
        {"AWS_REGION": "", "AWS_DEFAULT_REGION": "eu-west-1"},
        {"AWS_PROFILE": "west"},
        {"AWS_PROFILE": "none"},
    ],
    ids=str,
)
def test_an_unnamed_region_is_that_of_the_environment_the_profile_or_the_instance(
    cloud: Loopback, home: Path, environ: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    for name, value in environ.items():
        monkeypatch.setenv(name, value)
    (home / ".aws").mkdir()
    (home / ".aws/config").write_text("[profile west]\nregion = eu-west-1\n[profile none]\n")
    cloud.configure(region="eu-west-1")
    assert list_hosts() == [HOST.replace("us-east-1", "eu-west-1")]
    assert find_principal(cloud, run_helper("get-login-password").stdout.decode().strip(), "eu-west-1")


@pytest.mark.parametrize("command", COMMANDS)
def test_a_named_region_is_not_searched_for(cloud: Loopback, command: str) -> None:
    cloud.configure(region="eu-west-1")
    assert run_helper(command, *REGION_OPTION, AWS_REGION="eu-west-2").status == 0
    assert "/latest/meta-data/placement/region" not in {call["operation"] for call in cloud.read_log()}


@pytest.mark.parametrize("metadata", ["off", "refused-token", "fail"])
@pytest.mark.parametrize("command", COMMANDS)
def test_a_region_is_required_if_no_source_names_one(cloud: Loopback, command: str, metadata: str) -> None:
    cloud.configure(metadata=metadata)
    error_text = get_error(run_helper(command))
    assert "[no-region]" in error_text
    assert "--region us-east-1" in error_text


@pytest.mark.parametrize("command", COMMANDS)
@pytest.mark.usefixtures("cloud")
def test_an_invalid_metadata_endpoint_yields_no_region(command: str) -> None:
    assert "[no-region]" in get_error(run_helper(command, AWS_EC2_METADATA_SERVICE_ENDPOINT="nonsense"))


@pytest.mark.usefixtures("cloud", "blue_profile")
def test_a_named_profile_beats_a_missing_one_of_the_environment() -> None:
    assert run_helper("get-login-password", "--profile", "blue", AWS_PROFILE="absent").status == 0


@pytest.mark.parametrize("command", COMMANDS)
def test_disabled_metadata_is_not_called(cloud: Loopback, command: str) -> None:
    assert "[no-region]" in get_error(run_helper(command, AWS_EC2_METADATA_DISABLED="true"))
    assert cloud.count_calls() == NO_CALLS


@pytest.mark.parametrize("region", ["", "us-east", "US-EAST-1", "us-east-1.evil.example", "us-east-1; ls", "\x1b[31m"])
@pytest.mark.parametrize("command", COMMANDS)
def test_an_invalid_region_is_reported_and_nothing_is_called(cloud: Loopback, command: str, region: str) -> None:
    assert "[no-region]" in get_error(run_helper(command, "--region", region))
    assert "[no-region]" in get_error(run_helper(command, AWS_REGION=region or "?"))
    assert cloud.count_calls() == NO_CALLS


@pytest.mark.parametrize(
    "argv",
    [
        ["get-login", "--registry-ids"],
        ["get-login", "--registry-ids", "123"],
        ["get-login", "--registry-ids", ACCOUNT, "1234567890\uff112"],
        ["get-login", "--registry-ids", f"{ACCOUNT},{OTHER_ACCOUNT}"],
        ["get-login", "--region"],
        ["get-login", "HOST"],
        ["get-login-password", "--registry-ids", ACCOUNT],
    ],
    ids=" ".join,
)
def test_invalid_arguments_are_reported(argv: list[str]) -> None:
    result = run_helper(*argv)
    assert (result.status, result.stdout) == (2, b"")
    assert f"usage: docker-credential-ecr {argv[0]} " in result.stderr_text


@pytest.mark.parametrize("command", COMMANDS)
def test_the_help_is_printed_on_standard_output(command: str) -> None:
    result = run_helper(command, "--help")
    assert (result.status, result.stderr) == (0, b"")
    assert b"--region" in result.stdout


@pytest.mark.parametrize("argv", [["get-login"], ["get-login", "--registry-ids", ACCOUNT], ["get-login-password"]])
def test_a_missing_policy_is_named_and_no_line_is_printed(cloud: Loopback, argv: list[str]) -> None:
    cloud.configure(policies={"app-role": False})
    error_text = get_error(run_helper(*argv, *REGION_OPTION))
    assert "[policy-missing]" in error_text
    assert "AmazonEC2ContainerRegistryReadOnly" in error_text


@pytest.mark.parametrize("argv", [["get-login"], ["get-login", "--registry-ids", ACCOUNT], ["get-login-password"]])
def test_a_hanging_exchange_ends_in_time_and_prints_nothing(cloud: Loopback, argv: list[str]) -> None:
    cloud.configure(ecr="drip")
    assert "[timed-out]" in get_error(run_helper(*argv, *REGION_OPTION, CREDHELPER_TIMEOUT="1"))


@pytest.fixture
def blue_profile(cloud: Loopback, home: Path) -> str:
    """Return the ARN of the user whose keys are in the profile "blue", which is not the one in use."""
    cloud.configure(users={"AKIABLUE": "arn:aws:iam::123456789012:user/blue"})
    (home / ".aws").mkdir()
    (home / ".aws/config").write_text(
        "[profile blue]\nregion = eu-west-1\naws_access_key_id = AKIABLUE\naws_secret_access_key = blue\n"
    )
    return "arn:aws:iam::123456789012:user/blue"


@pytest.mark.parametrize("argv", [["--profile", "blue"], ["--profile=blue", "--registry-ids", ACCOUNT, OTHER_ACCOUNT]])
def test_a_named_profile_beats_all_other_sources_and_its_region_is_used(
    cloud: Loopback, blue_profile: str, argv: list[str]
) -> None:
    assert run_get(HOST.replace("us-east-1", "eu-west-1")).status == 0
    passwords = [line[5] for line in list_login_lines(*argv)]
    assert {find_principal(cloud, password, "eu-west-1") for password in passwords} == {blue_profile}
    assert cloud.count_calls()["ecr"] == 2


def test_a_password_is_that_of_the_named_profile(cloud: Loopback, blue_profile: str) -> None:
    result = run_helper("get-login-password", "--profile", "blue")
    assert find_principal(cloud, result.stdout.decode().strip(), "eu-west-1") == blue_profile


@pytest.mark.parametrize("command", COMMANDS)
def test_a_named_profile_that_is_missing_is_reported(cloud: Loopback, command: str) -> None:
    for argv in ([command, "--profile", "absent"], [command, "--profile", "absent", *REGION_OPTION]):
        assert "absent" in get_error(run_helper(*argv))
    assert cloud.count_calls()["ecr"] == 0


@pytest.mark.parametrize("command", COMMANDS)
def test_a_missing_profile_of_the_environment_is_reported(cloud: Loopback, command: str) -> None:
    assert "absent" in get_error(run_helper(command, AWS_PROFILE="absent"))
    assert cloud.count_calls()["ecr"] == 0


def test_an_exchange_without_a_host_leaves_no_entry(cloud: Loopback, home: Path) -> None:
    list_hosts(*REGION_OPTION)
    assert not list(home.rglob("*.dkr.ecr*"))
    assert run_get().status == 0
    assert cloud.count_calls()["ecr"] == 2


@pytest.mark.parametrize("command", COMMANDS)
def test_a_profile_with_an_empty_name_is_not_taken_for_the_default(cloud: Loopback, command: str) -> None:
    """A script's variable for the name may be unset."""
    result = run_helper(command, *REGION_OPTION, "--profile", "")
    assert (result.status, result.stdout) == (2, b"")
    assert "names no profile" in result.stderr_text
    assert cloud.count_calls() == NO_CALLS


@pytest.mark.usefixtures("blue_profile")
def test_the_better_way_uses_the_same_profile() -> None:
    assert "--profile blue | docker login" in run_helper("get-login", *REGION_OPTION, "--profile", "blue").stderr_text


def test_a_token_for_ecr_is_not_printed_for_a_host_of_ecr_public() -> None:
    token = base64.b64encode(b"AWS:password").decode()
    data = {"authorizationToken": token, "expiresAt": time.time() + 60, "proxyEndpoint": "https://public.ecr.aws"}
    with serve_answer({"authorizationData": [data]}) as url:
        result = run_helper(
            "get-login", *REGION_OPTION, AWS_ENDPOINT_URL=url, AWS_ACCESS_KEY_ID="AKIAONE", AWS_SECRET_ACCESS_KEY="x"
        )
    assert "[malformed-answer]" in get_error(result)
