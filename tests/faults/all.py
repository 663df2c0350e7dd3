"""Every scene, in the order of the table."""

from __future__ import annotations

from tests.faults import directories, identities, logins, outages, processes

SCENARIOS = (*outages.SCENARIOS, *directories.SCENARIOS, *processes.SCENARIOS, *identities.SCENARIOS, *logins.SCENARIOS)
