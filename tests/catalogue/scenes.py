"""All scenes, in the catalogue's order."""

from tests.catalogue import client, denials, docker_config, files, instances, logins, profiles, refusals, sources, ways

SCENES = (
    *instances.SCENES,
    *denials.SCENES,
    *profiles.SCENES,
    *sources.SCENES,
    *refusals.SCENES,
    *ways.SCENES,
    *files.SCENES,
    *logins.SCENES,
    *docker_config.SCENES,
    *client.SCENES,
)
