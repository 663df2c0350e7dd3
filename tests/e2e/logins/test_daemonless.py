"""podman, skopeo and buildah, which know credHelpers and no default store."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.e2e.clients import HOME, HOST, configure, seen
from tests.e2e.logins.people import holding, logged_in, may_pull, stored
from tests.instance.elsewhere import DOCKER_HUB, REGISTRY
from tests.instance.engine import REGISTRY as OPEN_TO_ALL

if TYPE_CHECKING:
    from collections.abc import Sequence

    from tests.instance import Instance

# Without this variable they read Docker's settings, but keep a login in a file of their own, as plain text.
ENV = {"REGISTRY_AUTH_FILE": f"{HOME}/.docker/config.json"}
PULLS: dict[str, Sequence[str]] = {
    "podman": ["podman", "pull", "--quiet"],
    "buildah": ["buildah", "pull", "--quiet", "--policy=always"],
    "skopeo": ["skopeo", "inspect"],
}
DROP_IN = "/etc/containers/registries.conf.d/helper.conf"
OPEN = f"{OPEN_TO_ALL}/four:1"
OF = {HOST: "one:1", REGISTRY.server: "two:1", DOCKER_HUB.server: "team/app:1"}
CRED_HELPERS = {"credHelpers": dict.fromkeys(OF, "ecr")}


def refused(instance: Instance, client: str, host: str) -> str:
    """Pull with a client and give why it could not, nothing where it could."""
    scheme = "docker://" if client == "skopeo" else ""
    done = instance.run([*PULLS[client], f"{scheme}{host}/{OF[host]}"], env=ENV)
    return seen(done) if done.returncode else ""


@pytest.mark.parametrize("client", PULLS)
def test_each_logs_in_pulls_beside_ecr_and_logs_out(server: Instance, client: str) -> None:
    configure(server, CRED_HELPERS)
    logged_in(server, REGISTRY, "alice", client=client, env=ENV)
    logged_in(server, DOCKER_HUB, "dave", client=client, env=ENV)
    assert {host: refused(server, client, host) for host in OF} == dict.fromkeys(OF, "")

    server.must("log out", [client, "logout", REGISTRY.server], env=ENV)
    assert "auth" in refused(server, client, REGISTRY.server)
    assert refused(server, client, DOCKER_HUB.server) == ""
    assert holding(server, REGISTRY.people["alice"]) == []
    # Those of Debian 12 crash where a helper says that there was nothing to erase.
    server.must("log out once more", [client, "logout", REGISTRY.server], env=ENV)


def test_podman_may_have_the_helper_as_its_default_store_too(server: Instance) -> None:
    server.write(DROP_IN, 'credential-helpers = ["ecr"]\n')
    try:
        logged_in(server, REGISTRY, "alice", client="podman")
        assert stored(server) == {REGISTRY.server: "alice"}
        assert [host for host in OF if refused(server, "podman", host)] == [DOCKER_HUB.server]
        server.must("pull from where there are no logins", ["podman", "pull", "--tls-verify=false", OPEN])
        server.must("log out", ["podman", "logout", "--all"])
        assert stored(server) == {}
    finally:
        server.must("remove the setting", ["rm", DROP_IN])


def test_docker_and_podman_have_one_login(server: Instance) -> None:
    configure(server, CRED_HELPERS)
    logged_in(server, REGISTRY, "alice", client="podman", env=ENV)
    assert may_pull(server, f"{REGISTRY.server}/two:1")
    logged_in(server, REGISTRY, "bob")
    assert stored(server) == {REGISTRY.server: "bob"}
    assert refused(server, "podman", REGISTRY.server) == ""
