"""An instance with amazon-ecr-credential-helper 0.12, as its source has it.

A token for each registry, good for half of its life; a synchronous refresh after that, without jitter; a cache keyed
by the access key's id, so that each rotation of the role's keys is a miss; after a failure whatever the cache has for
that key and registry, expired or not. Its cache loses entries when processes write at once: not so here.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from tests.fleet.ecr import Outcome

if TYPE_CHECKING:
    from random import Random

    from tests.fleet.ecr import Ecr
    from tests.fleet.simulation import Process, Simulation

TOKEN_SECONDS = 12 * 3600
ROTATION = (5.5 * 3600, 6.5 * 3600)  # seconds between two keys of an instance's role

_CONNECT, _ATTEMPTS = 30.0, 3  # the defaults of the AWS SDK for Go, version 2


class Instance:
    """One machine, with one role, and a cache of its own."""

    def __init__(self, simulation: Simulation, ecr: Ecr, dice: Random) -> None:
        self._simulation = simulation
        self._ecr = ecr
        self._dice = dice
        self._bought: dict[int, float] = {}  # when, for each registry, with the key of now
        self._rotates = float("inf")

    def get(self, registry: int) -> Process[bool]:
        """Answer a client; False if it cannot pull with that."""
        self._rotate()
        bought = self._bought.get(registry)
        if bought is not None and self._simulation.now < bought + TOKEN_SECONDS / 2:
            return True
        outcome = yield from self._ecr.ask_again(_CONNECT, _ATTEMPTS, self._back_off)
        if outcome is Outcome.GRANTED:
            self._bought[registry] = self._simulation.now
            return True
        return bought is not None and self._simulation.now < bought + TOKEN_SECONDS

    def _rotate(self) -> None:
        """Forget what was bought with a key that is no longer the role's; the first one came with the launch."""
        if self._rotates == float("inf"):
            self._rotates = self._simulation.now + self._dice.uniform(*ROTATION)
        while self._rotates <= self._simulation.now:
            self._bought.clear()
            self._rotates += self._dice.uniform(*ROTATION)

    def _back_off(self, outcome: Outcome, failed: int) -> float:
        """Give the SDK's back-off, the same whatever failed."""
        return self._dice.random() * min(2.0**failed, 20)
