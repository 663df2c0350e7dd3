"""Every scene, in the order of the table."""

from __future__ import annotations

from tests.faults import folders, identities, logins, outages, processes

SCENARIOS = (*outages.SCENARIOS, *folders.SCENARIOS, *processes.SCENARIOS, *identities.SCENARIOS, *logins.SCENARIOS)
