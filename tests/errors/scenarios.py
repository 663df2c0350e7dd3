"""All scenarios, in the order of the error catalog."""

from tests.errors import client, denials, docker_config, files, instances, logins, network, profiles, refusals, sources

SCENARIOS = (
    *instances.SCENARIOS,
    *denials.SCENARIOS,
    *profiles.SCENARIOS,
    *sources.SCENARIOS,
    *refusals.SCENARIOS,
    *network.SCENARIOS,
    *files.SCENARIOS,
    *logins.SCENARIOS,
    *docker_config.SCENARIOS,
    *client.SCENARIOS,
)
