"""Logins that Docker kept as plain text move to the helper, and back."""

from __future__ import annotations

import base64
import json
from typing import TYPE_CHECKING

from tests.e2e.clients import HOME, configure_docker
from tests.e2e.logins.users import DATA, FILE, HELPER, find_files_with, list_logins, log_in, may_pull
from tests.fake_ec2.other_registries import DOCKER_HUB, REGISTRY, SECOND_REGISTRY

if TYPE_CHECKING:
    from tests.fake_ec2 import Instance

LOGINS = ((REGISTRY, "alice"), (SECOND_REGISTRY, "carol"), (DOCKER_HUB, "dave"))
IMAGES = (f"{REGISTRY.server}/one:1", f"{SECOND_REGISTRY.server}/two:1", "team/app:1")
CONFIG = f"{HOME}/.docker/config.json"
# By a file without any login Docker would look for a helper itself.
PLAIN_CONFIG = {"auths": {"plain.example.com": {"auth": base64.b64encode(b"erin:of erin").decode()}}}
AUTH_OF_ALICE = base64.b64encode(f"alice:{REGISTRY.passwords['alice']}".encode()).decode()


def all_may_pull(instance: Instance) -> bool:
    return all(may_pull(instance, image) for image in IMAGES)


def test_plain_logins_are_imported_serve_and_are_exported_again(server: Instance) -> None:
    configure_docker(server, PLAIN_CONFIG)
    for registry, username in LOGINS:
        log_in(server, registry, username)
    original = json.loads(server.read(CONFIG))
    assert find_files_with(server, AUTH_OF_ALICE) == [CONFIG]

    server.check_output("look", [HELPER, "import"])
    assert json.loads(server.read(CONFIG)) == original
    server.check_output("import", [HELPER, "import", "--yes"])
    assert [*find_files_with(server, AUTH_OF_ALICE), *find_files_with(server, REGISTRY.passwords["alice"])] == [
        f"{HOME}/{FILE}"
    ]
    assert set(list_logins(server).values()) == {username for _, username in LOGINS} | {"erin"}
    assert all_may_pull(server)

    server.check_output("export", [HELPER, "export", "--yes"])
    assert json.loads(server.read(CONFIG)) == original
    server.check_output("do without the helper", ["rm", "-r", f"{HOME}/{DATA}"])
    assert all_may_pull(server)
