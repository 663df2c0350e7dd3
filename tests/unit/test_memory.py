"""The tokens of one process, by scope."""

from __future__ import annotations

from credhelper.entry import Held, Life, Moment
from credhelper.memory import Memory
from credhelper.registry import Registry
from credhelper.target import Access, Target, direct

ONE = Registry("123456789012", "us-east-1")
NOW = 1_800_000_000.0


def held(fresh: float = 60) -> Held:
    return Held(Life(Moment(NOW, b"", 0), fresh, fresh, fresh, 2 * fresh), (), 0, b"{}\n")


def test_a_token_is_remembered_for_every_registry_of_its_scope() -> None:
    memory = Memory(lambda: NOW)
    kept = held()
    memory.put(direct(ONE), kept)
    assert memory.get(direct(ONE._replace(account="210987654321"))) is kept
    assert memory.get(direct(ONE._replace(region="eu-west-1"))) is None
    assert memory.get(direct(ONE._replace(fips=True))) is None
    assert memory.get(Target(ONE.host, ONE, Access(profile="other"))) is None


def test_a_token_is_forgotten_when_it_is_no_longer_fresh() -> None:
    now = [NOW]
    memory = Memory(lambda: now[0])
    memory.put(direct(ONE), held(60))
    now[0] += 59
    assert memory.get(direct(ONE)) is not None
    now[0] += 1
    assert memory.get(direct(ONE)) is None
