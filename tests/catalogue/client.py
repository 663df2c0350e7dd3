"""Scenes of what a client sends, and of ourselves."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING

from tests.catalogue.stage import SECRET, Scene, nothing, told
from tests.contract.process import HOST, ORDINARY_USER, PROGRAM, PUBLIC
from tests.contract.seeds import seed

if TYPE_CHECKING:
    from tests.catalogue.stage import Changes, Stage

_FAULTY = (
    "import sys, credhelper.resolve\n"
    "from credhelper.__main__ import run\n"
    "credhelper.resolve.TokenSource.get = lambda self: 1 / 0\n"
    f"run(['{PROGRAM}', 'get'])\n"
)

_BY_PYTHON = (
    "import logging, sys, credhelper\n"
    "logging.disable()\n"
    "try:\n"
    "    credhelper.credentials(sys.stdin.read())\n"
    "except credhelper.HelperError as error:\n"
    "    print(error)\n"
    "    sys.exit(f'docker-credential-ecr: {error} [{error.id}]\\n  {error.fix}')\n"
)


def _in_a_folder_of_another(stage: Stage) -> Changes:
    seed(HOST, SECRET)
    (stage.home / ".cache/credhelper").chmod(0o500)
    return {}


SCENES = (
    Scene("no-server", nothing, ["no credentials server URL"], ["standard input"], stdin=b""),
    Scene("bad-server", nothing, ["user name"], ["send"], stdin=f"https://somebody:{SECRET}@{HOST}".encode()),
    Scene(
        "path-relative",
        lambda _: {"AWS_CONFIG_FILE": "config"},
        ["AWS_CONFIG_FILE is not an absolute path: 'config'"],
        [f"export AWS_CONFIG_FILE={Path.cwd()}/config"],
    ),
    Scene(
        "bad-login",
        nothing,
        ["is not a login"],
        ["send what docker login sends"],
        command=(PROGRAM, "store"),
        stdin=f'["{SECRET}"]'.encode(),
    ),
    Scene(
        "erase-failed",
        _in_a_folder_of_another,
        [f"the token of {HOST} could not be erased: Permission denied"],
        ["remove the files"],
        command=(*ORDINARY_USER, PROGRAM, "erase"),
    ),
    Scene(
        "internal",
        nothing,
        ["a fault of docker-credential-ecr itself: ZeroDivisionError"],
        ["CREDHELPER_DEBUG=1"],
        command=(sys.executable, "-I", "-c", _FAULTY),
    ),
    Scene(
        "no-region",
        told(metadata="silent"),
        ["no region is named"],
        ["--region us-east-1"],
        command=(PROGRAM, "get-login"),
    ),
    Scene(
        "not-ecr",
        nothing,
        ["ghcr.io is not a registry of ECR"],
        ["123456789012.dkr.ecr.us-east-1.amazonaws.com"],
        command=(sys.executable, "-I", "-c", _BY_PYTHON),
        stdin=b"ghcr.io",
    ),
    Scene(
        "public-anonymous",
        told(metadata="off"),
        ["there is no token for public.ecr.aws"],
        ["pull without credentials"],
        command=(sys.executable, "-I", "-c", _BY_PYTHON),
        stdin=PUBLIC.encode(),
    ),
)
