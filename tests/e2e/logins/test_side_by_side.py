"""One default store for all: ECR by the role, two registries and Docker Hub by their logins, another one by none."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.e2e.clients import CREDS_STORE, HOST, NO_CALL, configure_docker, count_new_calls, output_of
from tests.e2e.conftest import wipe
from tests.e2e.docker_py import EXTEND_PATH as DOCKER_PY
from tests.e2e.docker_py import PYTHON
from tests.e2e.logins.users import log_in
from tests.fake_ec2.engine import REGISTRY as OPEN_TO_ALL
from tests.fake_ec2.other_registries import DOCKER_HUB, REGISTRY, SECOND_REGISTRY

if TYPE_CHECKING:
    from collections.abc import Sequence
    from subprocess import CompletedProcess

    from tests.fake_ec2 import Instance

IMAGES = {
    "ecr": f"{HOST}/one:1",
    "company": f"{REGISTRY.server}/two:1",
    "beside": f"{SECOND_REGISTRY.server}/three:1",
    "hub": "team/app:1",
    "open": f"{OPEN_TO_ALL}/four:1",
}
CONTEXT = "/srv/side-by-side"
DOCKERFILE = (
    "".join(f"FROM {image} AS {name}\n" for name, image in IMAGES.items())
    + f"FROM {IMAGES['ecr']}\n"
    + "".join(f"COPY --from={name} /image /{name}\n" for name in IMAGES)
)
COMPOSE = "services:\n" + "".join(f"  {name}: {{image: {image!r}}}\n" for name, image in IMAGES.items())

CLIENTS: dict[str, tuple[Sequence[str], dict[str, str]]] = {
    "docker": (["sh", "-ec", "".join(f"docker pull {image}\n" for image in IMAGES.values())], {}),
    "Compose": (["docker", "compose", "pull"], {}),
    "the classic builder": (["docker", "build", "."], {"DOCKER_BUILDKIT": "0"}),
    "the engine's BuildKit": (["docker", "build", "."], {"DOCKER_BUILDKIT": "1"}),
    "buildx": (["docker", "buildx", "build", "."], {}),
    "docker-py": (
        [
            *(PYTHON, "-c"),
            f"{DOCKER_PY}import docker; pull = docker.from_env().images.pull; [*map(pull, {[*IMAGES.values()]})]",
        ],
        {},
    ),
    "docker-py's builder": ([PYTHON, "-c", f"{DOCKER_PY}import docker; docker.from_env().images.build(path='.')"], {}),
}


@pytest.fixture(scope="module")
def logged_in_server(shared_instance: Instance) -> Instance:
    """Return a server with a login for each registry."""
    server = wipe(shared_instance)
    configure_docker(server, CREDS_STORE)
    for registry, username in ((REGISTRY, "alice"), (SECOND_REGISTRY, "carol"), (DOCKER_HUB, "dave")):
        log_in(server, registry, username)
    server.write(f"{CONTEXT}/Dockerfile", DOCKERFILE)
    server.write(f"{CONTEXT}/compose.yaml", COMPOSE)
    # The classic builder uses the cached token of an ECR registry: `list` makes no exchange.
    server.check_output("buy a token", ["docker-credential-ecr", "get"], input=HOST)
    count_new_calls(server)
    return server


def run_client(instance: Instance, client: str) -> CompletedProcess[str]:
    command, env = CLIENTS[client]
    return instance.run(command, env=env, cwd=CONTEXT)


@pytest.mark.parametrize("client", CLIENTS)
def test_every_client_finds_what_each_registry_wants(logged_in_server: Instance, client: str) -> None:
    logged_in_server.check_output("remove the images", ["docker", "system", "prune", "--all", "--force"])
    result = run_client(logged_in_server, client)
    assert result.returncode == 0, output_of(result)
    assert count_new_calls(logged_in_server) == NO_CALL
