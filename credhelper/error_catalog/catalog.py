"""All error kinds, in the groups of docs/errors.md."""

from __future__ import annotations

from credhelper import catalogue
from credhelper.error_catalog import client, docker_config, logins, paths, settings
from credhelper.error_catalog.kind import ErrorKind

# until aws is converted
_AWS_GROUPS = {
    title: tuple(ErrorKind(row.id, row.when, row.when, (row.fix,), row.is_transient) for row in rows)
    for title, rows in catalogue.GROUPS.items()
}

GROUPS = {
    **_AWS_GROUPS,
    "Settings": settings.ROWS,
    "Logins of other registries": logins.ROWS,
    "Docker's configuration": docker_config.ROWS,
    "The client, and the program itself": (*client.ROWS, *paths.ROWS),
}

ERROR_KINDS = tuple(kind for kinds in GROUPS.values() for kind in kinds)
