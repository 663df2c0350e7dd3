"""A change of anything that selects an identity is a miss, and a `get` without a change is a hit.

These tests run in this process, with an exchange that returns a different token each time.
"""

from __future__ import annotations

import os
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Callable, NamedTuple

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from credhelper.cache.dependencies import DependencySnapshot
from credhelper.ecr.registry import parse
from credhelper.ecr.target import Target, without_settings
from credhelper.ecr.token import CredentialSource, Token
from credhelper.settings.rules import Settings
from credhelper.system.context import Context
from credhelper.system.deadline import Progress
from credhelper.tokens import fetch
from credhelper.tokens.source import TokenSource
from tests.support.runner import HOST

NAMED_FILES = [
    *("AWS_CONFIG_FILE", "AWS_SHARED_CREDENTIALS_FILE", "AWS_CREDENTIAL_FILE", "BOTO_CONFIG", "CREDHELPER_CONFIG"),
    *("AWS_CA_BUNDLE", "REQUESTS_CA_BUNDLE", "AWS_WEB_IDENTITY_TOKEN_FILE", "AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE"),
]
FILES = ["home/.boto", "home/.config/credhelper/config.toml", "sso-token", *NAMED_FILES]
IDENTITY_VARIABLES = [
    *("HOME", "XDG_CONFIG_HOME", "AWS_PROFILE", "AWS_DEFAULT_PROFILE", "AWS_ACCESS_KEY_ID", "AWS_ROLE_ARN"),
    *("AWS_ROLE_SESSION_NAME", "AWS_REGION", "AWS_DEFAULT_REGION", "AWS_CONTAINER_CREDENTIALS_RELATIVE_URI"),
    *("AWS_CONTAINER_CREDENTIALS_FULL_URI", "AWS_CONTAINER_AUTHORIZATION_TOKEN", "AWS_ENDPOINT_URL"),
    *("AWS_ENDPOINT_URL_ECR", "AWS_ENDPOINT_URL_STS", "AWS_IGNORE_CONFIGURED_ENDPOINT_URLS", "AWS_STS_REGIONAL"),
    *("AWS_EC2_METADATA_DISABLED", "AWS_EC2_METADATA_SERVICE_ENDPOINT", "AWS_EC2_METADATA_V1_DISABLED"),
    *("AWS_USE_FIPS_ENDPOINT", "AWS_USE_DUALSTACK_ENDPOINT", "AWS_LOGIN_CACHE_DIRECTORY", "AWS_DATA_PATH"),
    *("BOTOCORE_EXPERIMENTAL__PLUGINS", "AWS_SOMETHING_NEW", "CREDHELPER_SOMETHING_NEW"),
    *("HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "NO_PROXY", "http_proxy", "https_proxy", "all_proxy", "no_proxy"),
]
OTHER_VARIABLES = [
    *("AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN", "AWS_SECURITY_TOKEN", "AWS_PAGER", "AWS_MAX_ATTEMPTS"),
    *("AWS_RETRY_MODE", "CREDHELPER_DEBUG", "CREDHELPER_TIMEOUT", "PATH", "TERM", "LANG", "DOCKER_CONFIG", "PWD"),
]
# Without "@": a proxy's user name and password are not dependencies.
texts = st.text(st.characters(exclude_characters="\0@", exclude_categories=["Cs"]), max_size=20)


class IsolatedMachine(NamedTuple):
    """A machine in a directory of its own, and its environment. The exchange reports one more file as read."""

    directory: Path
    environ: dict[str, str]

    def get(self, **changes: str) -> str:
        """Return the answer of a `get`; each exchange returns a different token."""
        registry = parse(HOST)
        assert registry is not None
        status, answer, notes, _ = TokenSource(
            without_settings(registry), Context({**self.environ, **changes}, Settings()), exchange=self._exchange
        ).get()
        assert (status, list(notes)) == (0, [])
        return answer.decode()

    def _exchange(self, _: Target, __: Progress) -> Token:
        return Token(
            "AWS", os.urandom(8).hex(), time.time() + 3600, CredentialSource(files=[f"{self.directory}/sso-token"])
        )


@contextmanager
def create_machine() -> Iterator[IsolatedMachine]:
    with tempfile.TemporaryDirectory() as name:
        directory = Path(name)
        for subdirectory in ("home/.aws", "home/.config/credhelper"):
            (directory / subdirectory).mkdir(parents=True)
        file_variables = {variable: f"{name}/{variable}" for variable in NAMED_FILES}
        home_variables = {"HOME": f"{name}/home", "AWS_ECR_CACHE_DIR": f"{name}/cache", "AWS_PROFILE": "one"}
        yield IsolatedMachine(directory, {**home_variables, **file_variables})


@pytest.fixture(autouse=True)
def stable_files(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let an hour pass between a file's last change and an exchange."""
    monkeypatch.setattr(
        fetch, "DependencySnapshot", lambda environ, _: DependencySnapshot(environ, clock=lambda: time.time() + 3600)
    )


def rewrite_in_place(path: Path) -> None:
    """Rewrite a file with the same size and restore its mtime; repeat until the kernel's file clock has ticked."""
    original_stat = path.stat()
    while path.stat().st_ctime_ns == original_stat.st_ctime_ns:
        path.write_text("two")
    os.utime(path, ns=(original_stat.st_atime_ns, original_stat.st_mtime_ns))


def replace_file(path: Path) -> None:
    other = path.with_name("other")
    other.write_text("two")
    other.replace(path)


def replace_by_link(path: Path) -> None:
    other = path.with_name("other")
    other.write_text("two")
    path.unlink()
    path.symlink_to(other)


def remove_file(path: Path) -> None:
    path.unlink()


def replace_by_directory(path: Path) -> None:
    path.unlink()
    path.mkdir()


@given(st.sampled_from(IDENTITY_VARIABLES), texts)
def test_a_change_of_a_selecting_variable_is_a_miss_and_its_reversal_a_hit(name: str, value: str) -> None:
    with create_machine() as machine:
        assume(machine.environ.get(name) != value)
        assume(not (name == "AWS_CONTAINER_AUTHORIZATION_TOKEN" and not value))  # equivalent to an unset variable
        # A path that an entry cannot record, or that refers to another variable, is a miss each time.
        assume(name not in ("HOME", "XDG_CONFIG_HOME") or not set(value) & set("\t\n$~"))
        first = machine.get()
        changed_answer = machine.get(**{name: value})
        assert changed_answer != first
        assert machine.get(**{name: value}) == changed_answer
        assert machine.get() == first


@given(st.sampled_from(IDENTITY_VARIABLES), texts, texts)
def test_two_values_of_a_selecting_variable_have_a_token_each(name: str, one: str, two: str) -> None:
    assume(one != two)
    with create_machine() as machine:
        assert machine.get(**{name: one}) != machine.get(**{name: two})


@given(st.dictionaries(st.sampled_from(OTHER_VARIABLES), texts))
def test_a_change_of_variables_that_select_no_identity_is_a_hit(changes: dict[str, str]) -> None:
    with create_machine() as machine:
        assert machine.get() == machine.get(**changes)


@pytest.mark.parametrize("name", FILES)
def test_a_file_that_appears_is_a_miss(name: str) -> None:
    with create_machine() as machine:
        first = machine.get()
        assert machine.get() == first
        (machine.directory / name).write_text("one")
        assert machine.get() != first


@pytest.mark.parametrize("name", ["config", "credentials"])
def test_the_default_files_of_aws_are_dependencies_if_no_file_is_named(name: str) -> None:
    with create_machine() as machine:
        del machine.environ["AWS_CONFIG_FILE"], machine.environ["AWS_SHARED_CREDENTIALS_FILE"]
        first = machine.get()
        (machine.directory / "home" / ".aws" / name).write_text("one")
        assert machine.get() != first


@pytest.mark.parametrize("change", [rewrite_in_place, replace_file, replace_by_link, remove_file, replace_by_directory])
@pytest.mark.parametrize("name", FILES)
def test_a_file_that_changes_is_a_miss(change: Callable[[Path], None], name: str) -> None:
    with create_machine() as machine:
        path = machine.directory / name
        path.write_text("one")
        first = machine.get()
        assert machine.get() == first
        change(path)
        second = machine.get()
        assert second != first
        assert machine.get() == second
