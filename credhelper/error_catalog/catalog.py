"""All error kinds, in the groups of docs/errors.md."""

from __future__ import annotations

from credhelper.error_catalog import (
    access_denied,
    api,
    client,
    credential_sources,
    docker_config,
    logins,
    metadata,
    network,
    paths,
    profiles,
    settings,
)

GROUPS = {
    "An instance's metadata": metadata.ROWS,
    "What a policy denies": access_denied.ROWS,
    "Profiles and keys": profiles.ROWS,
    "What gives credentials": credential_sources.ROWS,
    "What AWS answers": api.ROWS,
    "The way to AWS": network.ROWS,
    "Settings": settings.ROWS,
    "Logins of other registries": logins.ROWS,
    "Docker's configuration": docker_config.ROWS,
    "The client, and the program itself": (*client.ROWS, *paths.ROWS),
}

ERROR_KINDS = tuple(kind for kinds in GROUPS.values() for kind in kinds)
