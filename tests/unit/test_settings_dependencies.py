"""The settings as dependencies: after an edit at any moment, no token of an old rule answers for a new one."""

from __future__ import annotations

import json
import os
from typing import TYPE_CHECKING, Callable

import pytest

from credhelper.aws.imds import RoleInfo
from credhelper.cache import file_stamps
from credhelper.cache.dependencies import DependencySnapshot
from credhelper.ecr.token import CredentialSource, Token
from credhelper.errors import HelperError
from credhelper.settings.load import load_settings
from credhelper.system.context import Context
from credhelper.tokens.source import TokenSource
from tests.support.clocks import FrozenClock
from tests.unit.test_startup import MODULES, run_get

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from credhelper.ecr.target import Target
    from credhelper.system.deadline import Progress

HOST = "123456789012.dkr.ecr.us-east-1.amazonaws.com"
OTHER = "210987654321.dkr.ecr.us-east-1.amazonaws.com"
LIFETIME = 12 * 3600


@pytest.fixture(autouse=True)
def precise_file_times(monkeypatch: pytest.MonkeyPatch) -> None:
    """Treat a changed file as settled at once, as if the tests waited for the next tick of the file timestamps."""
    monkeypatch.setattr(file_stamps, "_TIMESTAMP_RESOLUTION", 0)


@pytest.fixture
def config(home: Path) -> Path:
    path = home / ".config" / "credhelper" / "config.toml"
    path.parent.mkdir(parents=True)
    return path


def make_rules(**profiles: str) -> str:
    hosts = {"host": HOST, "other": OTHER}
    return "".join(f"[[rule]]\nmatch = '{hosts[name]}'\nprofile = '{profile}'\n" for name, profile in profiles.items())


class EditingClock(FrozenClock):
    """A clock that calls `edit` after each sleep."""

    def __init__(self) -> None:
        super().__init__()
        self.edit: Callable[[], object] = lambda: None

    def sleep(self, seconds: float) -> None:
        super().sleep(seconds)
        self.edit()


class Process:
    """A process that has read the settings, with a clock of its own; the secret of a token is the profile in use."""

    def __init__(self, environ: Mapping[str, str] | None = None) -> None:
        self.environ = environ or {"HOME": os.environ["HOME"]}
        self.settings = load_settings(self.environ)
        self.clock = EditingClock()

    def make_source(self, host: str = HOST) -> TokenSource:
        target = self.settings.find_target(host)
        assert target is not None
        context = Context(self.environ, self.settings, clock=self.clock)
        return TokenSource(target, context, exchange=self._exchange)

    def get_cached_profile(self, host: str = HOST) -> str:
        entry = self.make_source(host).cached_token()
        return "" if entry is None else str(json.loads(entry.body)["Secret"])

    def _exchange(self, target: Target, _: Progress) -> Token:
        return Token(
            "AWS",
            target.options.profile or "nobody",
            self.clock.instant.wall + LIFETIME,
            CredentialSource(non_interactive=True),
        )


def test_a_token_of_a_rule_is_cached_and_found(config: Path) -> None:
    config.write_text(make_rules(host="one"))
    Process().make_source().get()
    assert Process().get_cached_profile() == "one"


def test_an_edit_between_reading_the_settings_and_the_exchange_prevents_caching(config: Path) -> None:
    config.write_text(make_rules(host="one"))
    process = Process()
    config.write_text(make_rules(host="two"))
    process.make_source().get()
    assert Process().get_cached_profile() == ""


def test_creating_the_first_settings_before_the_exchange_prevents_caching(config: Path) -> None:
    process = Process()
    config.write_text(make_rules(host="two"))
    process.make_source().get()
    assert Process().get_cached_profile() == ""


def test_an_edit_while_a_refresh_is_delayed_prevents_caching(config: Path) -> None:
    """The background process of a hit reads the settings, and then sleeps for minutes."""
    config.write_text(make_rules(host="one", other="one"))
    for host in (HOST, OTHER):
        Process().make_source(host).get()
    process = Process()
    process.clock.advance(LIFETIME * 0.49)
    process.clock.edit = lambda: config.write_text(make_rules(host="two", other="three"))
    process.make_source().refresh_if_due(lambda _: RoleInfo(""))
    assert [Process().get_cached_profile(host) for host in (HOST, OTHER)] == ["", ""]


def test_a_token_that_another_process_cached_after_an_edit_is_not_used_under_the_old_settings(config: Path) -> None:
    config.write_text(make_rules(host="one"))
    process = Process()
    config.write_text(make_rules(host="two"))
    Process().make_source().get()
    assert process.get_cached_profile() == ""


def test_a_token_is_not_shared_with_a_host_that_has_the_same_identity_only_in_the_old_settings(config: Path) -> None:
    config.write_text(make_rules(host="one", other="one"))
    process = Process()
    config.write_text(make_rules(host="two", other="three"))
    Process().make_source().get()
    process.make_source(OTHER).get()
    assert [Process().get_cached_profile(host) for host in (HOST, OTHER)] == ["two", ""]


@pytest.mark.parametrize(("read_after", "is_cached"), [(0.01, False), (1, True)])
def test_settings_that_were_read_in_the_tick_of_their_stamp_prevent_caching(
    config: Path, monkeypatch: pytest.MonkeyPatch, read_after: float, is_cached: bool
) -> None:
    """A second edit in the same tick leaves the same stamp, however much later the exchange begins."""
    monkeypatch.setattr(file_stamps, "_TIMESTAMP_RESOLUTION", 0.02)
    config.write_text(make_rules(host="one"))
    changed_at = config.stat().st_ctime
    process = Process()
    current_settings = process.settings._replace(read_at=changed_at + read_after)
    dependencies = DependencySnapshot(process.environ, current_settings, lambda: changed_at + 5).confirm_dependencies(
        CredentialSource()
    )
    assert (dependencies is not None) == is_cached


def test_a_file_of_aws_that_changed_between_the_settings_and_the_exchange_does_not_prevent_caching(
    home: Path,
) -> None:
    """`refresh --wait` reads the settings at boot, when the other files may not exist yet."""
    (home / ".aws").mkdir()
    (home / ".aws" / "config").write_text("[default]\n")
    changed_at = (home / ".aws" / "config").stat().st_ctime
    process = Process()
    early_settings = process.settings._replace(read_at=changed_at - 60)
    assert DependencySnapshot(process.environ, early_settings, lambda: changed_at + 5).confirm_dependencies(
        CredentialSource()
    )


def test_a_token_is_not_used_after_the_settings_are_merely_touched(config: Path) -> None:
    config.write_text(make_rules(host="one"))
    Process().make_source().get()
    os.utime(config)
    assert Process().get_cached_profile() == ""


def test_a_file_that_anyone_may_write_is_refused_even_if_a_token_is_cached(config: Path) -> None:
    config.write_text(make_rules(host="one"))
    Process().make_source().get()
    config.chmod(0o666)
    with pytest.raises(HelperError):
        Process()


def test_a_hit_with_settings_loads_the_same_modules_as_any_hit(config: Path, home: Path) -> None:
    config.write_text("".join(f"[[rule]]\nmatch = '{number:012d}'\nprofile = 'p{number}'\n" for number in range(200)))
    environ = {"HOME": str(home), "AWS_ENDPOINT_URL": "http://127.0.0.1:9", "AWS_EC2_METADATA_DISABLED": "true"}
    Process(environ).make_source().get()
    result = run_get(home)
    status, *modules = result.stderr.decode().split()
    assert (json.loads(result.stdout)["Secret"], status) == ("nobody", "0")
    assert set(modules) - {"gc", "time"} == MODULES
