"""Cache entries that exist before a test begins, and failures of exchanges.

The package itself writes the entries, with a token from an exchange that did not happen.
"""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from credhelper.clock import Instant, read_clocks
from credhelper.ecr.token import CredentialSource, Token
from credhelper.error_catalog.catalog import ERROR_KINDS
from credhelper.errors import HelperError
from credhelper.settings.load import load_settings
from credhelper.system.context import Context
from credhelper.tokens.source import TokenSource
from tests.support.clocks import FrozenClock
from tests.support.runner import HOST

if TYPE_CHECKING:
    from pathlib import Path

_SOURCE = CredentialSource()
LIFETIME = 12 * 3600  # seconds, like AWS's tokens


def create_entry(
    host: str = HOST, password: str = "seeded", hours_ago: float = 0, source: CredentialSource = _SOURCE, **environ: str
) -> None:
    """Write the entry that a `get` left `hours_ago`, when AWS issued this password for twelve hours."""
    environment = {**os.environ, **environ}
    settings = load_settings(environment)
    target = settings.find_target(host)
    assert target is not None
    now = read_clocks()
    issued_at = Instant(now.wall - hours_ago * 3600, now.boot, now.uptime - hours_ago * 3600)
    token = Token("AWS", password, issued_at.wall + LIFETIME, source)
    context = Context(environment, settings, clock=FrozenClock(issued_at))
    token_source = TokenSource(target, context, exchange=lambda _, __: token)
    _, notes = token_source.refresh()
    assert list(notes) == []


def list_cache_files(home: Path) -> list[Path]:
    """Return all files of the cache."""
    return sorted(path for path in (home / ".cache").rglob("*") if path.is_file())


def create_error(id_: str) -> HelperError:
    """Return a failure of an exchange; whether it is transient is looked up in the error catalog."""
    (is_transient,) = {kind.is_transient for kind in ERROR_KINDS if kind.id == id_}
    return HelperError(id_, "it failed", "fix it", is_transient=is_transient)
