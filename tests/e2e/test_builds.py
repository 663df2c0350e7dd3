"""Builds and Compose, which find credentials in their own ways."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.e2e.clients import APP, CREDS_STORE, HOST, NO_CALL, configure_docker, count_new_calls, output_of, pull

if TYPE_CHECKING:
    from subprocess import CompletedProcess

    from tests.fake_ec2 import Instance

BUILDERS = {
    "the classic builder": (["docker", "build"], {"DOCKER_BUILDKIT": "0"}),
    "the engine's BuildKit": (["docker", "build"], {"DOCKER_BUILDKIT": "1"}),
    "buildx": (["docker", "buildx", "build"], {}),
}
DOCKERFILE = f'FROM {APP}\nRUN ["/bin/sh", "-c", "echo built > built"]\n'

IMAGES = [f"{HOST}/{name}:1" for name in ("one", "two", "three", "four", "five")]
COMPOSE = "services:\n" + "".join(f"  s{number}: {{image: {image!r}}}\n" for number, image in enumerate(IMAGES))


def build(instance: Instance, builder: str) -> CompletedProcess[str]:
    command, env = BUILDERS[builder]
    instance.write("/srv/built/Dockerfile", DOCKERFILE)
    return instance.run([*command, "--network=none", "--tag=built", "/srv/built"], env=env)


@pytest.mark.parametrize("builder", BUILDERS)
def test_a_build_takes_its_base_from_the_private_registry(instance: Instance, builder: str) -> None:
    result = build(instance, builder)
    assert result.returncode == 0, output_of(result)
    assert instance.check_output("run it", ["docker", "run", "--rm", "built", "ls", "built"]) == "built\n"
    assert count_new_calls(instance)["ecr"] == 1


@pytest.mark.parametrize("builder", BUILDERS)
def test_a_build_after_a_pull_asks_aws_nothing(instance: Instance, builder: str) -> None:
    pull(instance, IMAGES[0])
    count_new_calls(instance)
    assert build(instance, builder).returncode == 0
    assert count_new_calls(instance) == NO_CALL


def test_a_classic_build_uses_the_cached_token_of_the_default_store(instance: Instance) -> None:
    configure_docker(instance, CREDS_STORE)
    pull(instance, IMAGES[0])
    count_new_calls(instance)
    result = build(instance, "the classic builder")
    assert result.returncode == 0, output_of(result)
    assert count_new_calls(instance) == NO_CALL


def test_compose_pulls_five_images_at_once_with_one_token(instance: Instance) -> None:
    instance.write("/srv/five/compose.yaml", COMPOSE)
    result = instance.run(["docker", "compose", "pull"], cwd="/srv/five")
    assert result.returncode == 0, output_of(result)
    instance.check_output("find the five", ["docker", "image", "inspect", *IMAGES])
    assert count_new_calls(instance)["ecr"] == 1


def test_compose_after_a_pull_asks_aws_nothing(instance: Instance) -> None:
    pull(instance)
    count_new_calls(instance)
    instance.write("/srv/five/compose.yaml", COMPOSE)
    assert instance.run(["docker", "compose", "pull"], cwd="/srv/five").returncode == 0
    assert count_new_calls(instance) == NO_CALL
