"""Scenarios: Docker's config.json, which import and export edit."""

from __future__ import annotations

import json
import sys
from typing import TYPE_CHECKING

from tests.contract.docker_files import make_auth
from tests.errors.scenario import SECRET, Scenario
from tests.support.runner import ORDINARY_USER, PROGRAM

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.errors.scenario import Changes, Sandbox

_IMPORT = (PROGRAM, "import", "--yes")
_PREVIEW = (
    "ghcr.io: the login of octocat is moved to the private file {}/.local/share/credhelper/logins\n"
    'ghcr.io: "ecr" becomes its helper in "credHelpers"\n'
)
_CONCURRENT_EDIT = """
    open(os.environ["HOME"] + "/.docker/config.json", "a").write(" ")
    return original(self, login)
"""


def _replace_store(body: str) -> tuple[str, ...]:
    """Return the command with `body` in place of storing a login: a test could not interfere in time."""
    code = f"""
import os
from credhelper.__main__ import run
from credhelper.logins.store import LoginStore
original = LoginStore.store
def store(self, login):{body}
LoginStore.store = store
run({list(_IMPORT)})
"""
    return sys.executable, "-I", "-c", code


def _write_docker_config(text: str) -> Callable[[Sandbox], Changes]:
    def set_up(sandbox: Sandbox) -> Changes:
        sandbox.write_file(".docker/config.json", text)
        return {}

    return set_up


def _create_directory_instead(sandbox: Sandbox) -> Changes:
    (sandbox.home / ".docker/config.json").mkdir(parents=True)
    return {}


def _protect_directory(sandbox: Sandbox) -> Changes:
    changes = _write_login(sandbox)
    (sandbox.home / ".docker").chmod(0o500)
    return changes


_write_login = _write_docker_config(json.dumps({"auths": {"ghcr.io": make_auth("octocat", SECRET)}}))

SCENARIOS = (
    Scenario(
        "docker-config-unreadable",
        _create_directory_instead,
        ["Is a directory"],
        ["--config FILE"],
        command=_IMPORT,
    ),
    Scenario(
        "docker-config-broken",
        _write_docker_config(f'{{"auths": {{\n"ghcr.io": "{SECRET}"}}'),
        ["config.json is not valid JSON, and was not changed"],
        ["correct it"],
        command=_IMPORT,
    ),
    Scenario(
        "docker-config-changed",
        _write_login,
        ["another process has changed", "config.json"],
        ["run the command again"],
        command=_replace_store(_CONCURRENT_EDIT),
        output_before=_PREVIEW,
    ),
    Scenario(
        "docker-config-unwritable",
        _protect_directory,
        ["Permission denied"],
        ["the file and its directory"],
        command=(*ORDINARY_USER, *_IMPORT),
        output_before=_PREVIEW,
    ),
    Scenario(
        "login-differs",
        _write_login,
        ["the stored login differs from the one in the file"],
        ["run the command again"],
        command=_replace_store(" return []"),
        output_before=_PREVIEW,
    ),
)
