"""Logins that Docker kept as plain text move to the helper, and back."""

from __future__ import annotations

import base64
import json
from typing import TYPE_CHECKING

from tests.e2e.clients import HOME, configure
from tests.e2e.logins.people import DATA, FILE, HELPER, holding, logged_in, may_pull, stored
from tests.instance.elsewhere import BESIDE, DOCKER_HUB, REGISTRY

if TYPE_CHECKING:
    from tests.instance import Instance

PEOPLE = ((REGISTRY, "alice"), (BESIDE, "carol"), (DOCKER_HUB, "dave"))
IMAGES = (f"{REGISTRY.server}/one:1", f"{BESIDE.server}/two:1", "team/app:1")
CONFIG = f"{HOME}/.docker/config.json"
# By a file without any login Docker would look for a helper itself.
PLAIN = {"auths": {"plain.example.com": {"auth": base64.b64encode(b"erin:of erin").decode()}}}
OF_ALICE = base64.b64encode(f"alice:{REGISTRY.people['alice']}".encode()).decode()


def all_may_pull(instance: Instance) -> bool:
    return all(may_pull(instance, image) for image in IMAGES)


def test_plain_logins_are_imported_serve_and_are_exported_again(server: Instance) -> None:
    configure(server, PLAIN)
    for registry, who in PEOPLE:
        logged_in(server, registry, who)
    before = json.loads(server.read(CONFIG))
    assert holding(server, OF_ALICE) == [CONFIG]

    server.must("look", [HELPER, "import"])
    assert json.loads(server.read(CONFIG)) == before
    server.must("import", [HELPER, "import", "--yes"])
    assert [*holding(server, OF_ALICE), *holding(server, REGISTRY.people["alice"])] == [f"{HOME}/{FILE}"]
    assert set(stored(server).values()) == {who for _, who in PEOPLE} | {"erin"}
    assert all_may_pull(server)

    server.must("export", [HELPER, "export", "--yes"])
    assert json.loads(server.read(CONFIG)) == before
    server.must("do without the helper", ["rm", "-r", f"{HOME}/{DATA}"])
    assert all_may_pull(server)
