"""All scenes, in the catalogue's order."""

from tests.catalogue import client, denials, files, instances, logins, profiles, refusals, sources, ways

SCENES = (
    *instances.SCENES,
    *denials.SCENES,
    *profiles.SCENES,
    *sources.SCENES,
    *refusals.SCENES,
    *ways.SCENES,
    *files.SCENES,
    *logins.SCENES,
    *client.SCENES,
)
