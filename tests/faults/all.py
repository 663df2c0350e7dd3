"""Every scene, in the order of the table."""

from __future__ import annotations

from tests.faults import folders, identities, logins, outages, processes

SCENES = (*outages.SCENES, *folders.SCENES, *processes.SCENES, *identities.SCENES, *logins.SCENES)
