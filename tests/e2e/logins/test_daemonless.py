"""podman, skopeo and buildah, which know credHelpers and no default store."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.e2e.clients import HOME, HOST, configure_docker, output_of
from tests.e2e.logins.users import find_files_with, list_logins, log_in, may_pull
from tests.fake_ec2.engine import REGISTRY as OPEN_TO_ALL
from tests.fake_ec2.other_registries import DOCKER_HUB, REGISTRY

if TYPE_CHECKING:
    from collections.abc import Sequence

    from tests.fake_ec2 import Instance

# Without this variable they read Docker's settings, but keep a login in a file of their own, as plain text.
ENV = {"REGISTRY_AUTH_FILE": f"{HOME}/.docker/config.json"}
PULLS: dict[str, Sequence[str]] = {
    "podman": ["podman", "pull", "--quiet"],
    "buildah": ["buildah", "pull", "--quiet", "--policy=always"],
    "skopeo": ["skopeo", "inspect"],
}
REGISTRIES_CONFIG = "/etc/containers/registries.conf.d/helper.conf"
OPEN_IMAGE = f"{OPEN_TO_ALL}/four:1"
IMAGES = {HOST: "one:1", REGISTRY.server: "two:1", DOCKER_HUB.server: "team/app:1"}
CRED_HELPERS = {"credHelpers": dict.fromkeys(IMAGES, "ecr")}


def find_pull_error(instance: Instance, client: str, host: str) -> str:
    """Pull with a client and give why it could not, nothing where it could."""
    scheme = "docker://" if client == "skopeo" else ""
    result = instance.run([*PULLS[client], f"{scheme}{host}/{IMAGES[host]}"], env=ENV)
    return output_of(result) if result.returncode else ""


@pytest.mark.parametrize("client", PULLS)
def test_each_logs_in_pulls_beside_ecr_and_logs_out(server: Instance, client: str) -> None:
    configure_docker(server, CRED_HELPERS)
    log_in(server, REGISTRY, "alice", client=client, env=ENV)
    log_in(server, DOCKER_HUB, "dave", client=client, env=ENV)
    assert {host: find_pull_error(server, client, host) for host in IMAGES} == dict.fromkeys(IMAGES, "")

    server.check_output("log out", [client, "logout", REGISTRY.server], env=ENV)
    assert "auth" in find_pull_error(server, client, REGISTRY.server)
    assert find_pull_error(server, client, DOCKER_HUB.server) == ""
    assert find_files_with(server, REGISTRY.passwords["alice"]) == []
    # Those of Debian 12 crash where a helper says that there was nothing to erase.
    server.check_output("log out once more", [client, "logout", REGISTRY.server], env=ENV)


def test_podman_may_have_the_helper_as_its_default_store_too(server: Instance) -> None:
    server.write(REGISTRIES_CONFIG, 'credential-helpers = ["ecr"]\n')
    try:
        log_in(server, REGISTRY, "alice", client="podman")
        assert list_logins(server) == {REGISTRY.server: "alice"}
        assert [host for host in IMAGES if find_pull_error(server, "podman", host)] == [DOCKER_HUB.server]
        server.check_output("pull from where there are no logins", ["podman", "pull", "--tls-verify=false", OPEN_IMAGE])
        server.check_output("log out", ["podman", "logout", "--all"])
        assert list_logins(server) == {}
    finally:
        server.check_output("remove the setting", ["rm", REGISTRIES_CONFIG])


def test_docker_and_podman_have_one_login(server: Instance) -> None:
    configure_docker(server, CRED_HELPERS)
    log_in(server, REGISTRY, "alice", client="podman", env=ENV)
    assert may_pull(server, f"{REGISTRY.server}/two:1")
    log_in(server, REGISTRY, "bob")
    assert list_logins(server) == {REGISTRY.server: "bob"}
    assert find_pull_error(server, "podman", REGISTRY.server) == ""
