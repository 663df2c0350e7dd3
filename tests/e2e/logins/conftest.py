"""The lasting instance among registries that are not ECR's, with the helper as Docker's default store."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.e2e.clients import CREDS_STORE, configure_docker
from tests.fake_ec2 import other_registries

if TYPE_CHECKING:
    from tests.fake_ec2 import Instance


@pytest.fixture(scope="session", autouse=True)
def registries(shared_instance: Instance) -> None:
    """Start the registries."""
    other_registries.start(shared_instance)


@pytest.fixture
def server(clean_instance: Instance) -> Instance:
    """Return a server that is reached through SSH: it has no desktop, and so no keyring, and no logins."""
    configure_docker(clean_instance, CREDS_STORE)
    configure_docker(clean_instance, CREDS_STORE, user="ec2-user")
    return clean_instance
