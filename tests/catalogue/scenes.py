"""All scenes, in the catalogue's order."""

from tests.catalogue import client, denials, docker_config, files, instances, logins, profiles, refusals, sources, ways

SCENARIOS = (
    *instances.SCENARIOS,
    *denials.SCENARIOS,
    *profiles.SCENARIOS,
    *sources.SCENARIOS,
    *refusals.SCENARIOS,
    *ways.SCENARIOS,
    *files.SCENARIOS,
    *logins.SCENARIOS,
    *docker_config.SCENARIOS,
    *client.SCENARIOS,
)
