"""`docker login` and `docker logout`, by people who are used to them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tests.e2e.clients import HOST, NO_CALL, asked, pull, seen

if TYPE_CHECKING:
    from tests.instance import Instance


def test_docker_login_succeeds_and_asks_for_nothing(instance: Instance) -> None:
    done = instance.run(["docker", "login", HOST])
    assert done.returncode == 0, seen(done)
    assert "Login Succeeded" in done.stdout


def test_docker_login_says_that_the_role_answers(instance: Instance) -> None:
    (line,) = instance.run(["docker", "login", HOST]).stderr.splitlines()
    assert HOST in line
    assert "role answers" in line


def test_a_pull_after_a_login_asks_aws_nothing(instance: Instance) -> None:
    instance.run(["docker", "login", HOST])
    asked(instance)
    assert pull(instance).returncode == 0
    assert asked(instance) == NO_CALL


def test_docker_logout_succeeds_and_the_next_pull_asks_aws_anew(instance: Instance) -> None:
    pull(instance)
    asked(instance)
    out = instance.run(["docker", "logout", HOST])
    assert (out.returncode, out.stderr) == (0, "")
    assert pull(instance).returncode == 0
    assert asked(instance)["ecr"] == 1


def test_docker_logout_where_nobody_logged_in_is_no_error(instance: Instance) -> None:
    out = instance.run(["docker", "logout", HOST])
    assert (out.returncode, out.stderr) == (0, "")


def test_podman_logs_in_and_out_too(instance: Instance) -> None:
    login = instance.run(["podman", "login", "--get-login", HOST])
    assert (login.returncode, login.stdout) == (0, "AWS\n"), seen(login)
    out = instance.run(["podman", "logout", HOST])
    assert out.returncode == 0, seen(out)
