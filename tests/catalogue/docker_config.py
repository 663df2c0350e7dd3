"""Scenes of Docker's config.json, as import and export edit it."""

from __future__ import annotations

import json
import sys
from typing import TYPE_CHECKING

from tests.catalogue.stage import SECRET, Scene
from tests.contract.docker_files import entry
from tests.contract.process import ORDINARY_USER, PROGRAM

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.catalogue.stage import Changes, Stage

_IMPORT = (PROGRAM, "import", "--yes")
_SHOWN = (
    "ghcr.io: the login of octocat goes to the private file {}/.local/share/credhelper/logins\n"
    'ghcr.io: "ecr" is named for it in "credHelpers"\n'
)
_MEANWHILE = """
    open(os.environ["HOME"] + "/.docker/config.json", "a").write(" ")
    return kept(self, login)
"""


def _storing(work: str) -> tuple[str, ...]:
    """Give the command, where storing a login is what nobody can do at the right moment."""
    code = f"""
import os
from credhelper.__main__ import run
from credhelper.logins import LoginStore
kept = LoginStore.store
def store(self, login):{work}
LoginStore.store = store
run({list(_IMPORT)})
"""
    return sys.executable, "-I", "-c", code


def _docker(text: str) -> Callable[[Stage], Changes]:
    def set_up(stage: Stage) -> Changes:
        stage.file(".docker/config.json", text)
        return {}

    return set_up


def _folder(stage: Stage) -> Changes:
    (stage.home / ".docker/config.json").mkdir(parents=True)
    return {}


def _in_a_folder_of_another(stage: Stage) -> Changes:
    changes = _with_a_login(stage)
    (stage.home / ".docker").chmod(0o500)
    return changes


_with_a_login = _docker(json.dumps({"auths": {"ghcr.io": entry("octocat", SECRET)}}))

SCENES = (
    Scene(
        "docker-config-unreadable",
        _folder,
        ["config.json cannot be read: Is a directory"],
        ["--config FILE"],
        command=_IMPORT,
    ),
    Scene(
        "docker-config-broken",
        _docker(f'{{"auths": {{\n"ghcr.io": "{SECRET}"}}'),
        ["config.json is not edited: line 2"],
        ["mend it"],
        command=_IMPORT,
    ),
    Scene(
        "docker-config-changed",
        _with_a_login,
        ["somebody else has been changing", "config.json meanwhile"],
        ["do it again"],
        command=_storing(_MEANWHILE),
        shown=_SHOWN,
    ),
    Scene(
        "docker-config-unwritable",
        _in_a_folder_of_another,
        ["config.json cannot be replaced, and is as it was: Permission denied"],
        ["its folder"],
        command=(*ORDINARY_USER, *_IMPORT),
        shown=_SHOWN,
    ),
    Scene(
        "login-differs",
        _with_a_login,
        ["ghcr.io: what is stored by now is not the login of the file"],
        ["do it again"],
        command=_storing(" return []"),
        shown=_SHOWN,
    ),
)
