"""`docker login` and `docker logout`, by people who are used to them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tests.e2e.clients import HOST, NO_CALL, count_new_calls, output_of, pull

if TYPE_CHECKING:
    from tests.fake_ec2 import Instance


def test_docker_login_succeeds_and_asks_for_nothing(instance: Instance) -> None:
    result = instance.run(["docker", "login", HOST])
    assert result.returncode == 0, output_of(result)
    assert "Login Succeeded" in result.stdout


def test_docker_login_reports_that_the_role_answers(instance: Instance) -> None:
    (line,) = instance.run(["docker", "login", HOST]).stderr.splitlines()
    assert HOST in line
    assert "the login was not stored" in line


def test_a_pull_after_a_login_asks_aws_nothing(instance: Instance) -> None:
    instance.run(["docker", "login", HOST])
    count_new_calls(instance)
    assert pull(instance).returncode == 0
    assert count_new_calls(instance) == NO_CALL


def test_docker_logout_succeeds_and_the_next_pull_asks_aws_again(instance: Instance) -> None:
    pull(instance)
    count_new_calls(instance)
    logout = instance.run(["docker", "logout", HOST])
    assert (logout.returncode, logout.stderr) == (0, "")
    assert pull(instance).returncode == 0
    assert count_new_calls(instance)["ecr"] == 1


def test_docker_logout_without_a_login_is_no_error(instance: Instance) -> None:
    logout = instance.run(["docker", "logout", HOST])
    assert (logout.returncode, logout.stderr) == (0, "")


def test_podman_logs_in_and_out_too(instance: Instance) -> None:
    login = instance.run(["podman", "login", "--get-login", HOST])
    assert (login.returncode, login.stdout) == (0, "AWS\n"), output_of(login)
    logout = instance.run(["podman", "logout", HOST])
    assert logout.returncode == 0, output_of(logout)
