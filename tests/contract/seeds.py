"""Entries that are there before a test begins, written by the package itself after an exchange that did not happen."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from credhelper.cache.record import CredentialSource, Token
from credhelper.cache.shelf import TokenCache
from credhelper.entry import Instant, read_clocks
from credhelper.resolve import TokenSource
from credhelper.settings import load
from tests.clocks import Still
from tests.contract.process import HOST

if TYPE_CHECKING:
    from pathlib import Path

_OURS = CredentialSource()
LIFE = 12 * 3600  # seconds, as of AWS's tokens


def seed(
    host: str = HOST, password: str = "seeded", hours_ago: float = 0, origin: CredentialSource = _OURS, **environ: str
) -> None:
    """Write the entry that a `get` of some hours ago has left, when AWS gave this password for twelve hours."""
    environment = {**os.environ, **environ}
    settings = load(environment)
    target = settings.find_target(host)
    assert target is not None
    now = read_clocks()
    then = Instant(now.wall - hours_ago * 3600, now.boot, now.uptime - hours_ago * 3600)
    token = Token("AWS", password, then.wall + LIFE, origin)
    errand = TokenSource(target, TokenCache(environment, settings), clock=Still(then), exchange=lambda _, __: token)
    _, notes = errand.refresh()
    assert list(notes) == []


def entries(home: Path) -> list[Path]:
    """Give each file of the cache."""
    return sorted(path for path in (home / ".cache").rglob("*") if path.is_file())
