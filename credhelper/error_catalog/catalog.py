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
    "Instance metadata": metadata.ROWS,
    "Access denied": access_denied.ROWS,
    "Profiles and keys": profiles.ROWS,
    "Credential sources": credential_sources.ROWS,
    "Errors that AWS returns": api.ROWS,
    "Network": network.ROWS,
    "Settings": settings.ROWS,
    "Logins of other registries": logins.ROWS,
    "Docker's configuration": docker_config.ROWS,
    "Client and program": (*client.ROWS, *paths.ROWS),
}

ERROR_KINDS = tuple(kind for kinds in GROUPS.values() for kind in kinds)
