"""Scenarios: invalid requests of a client or a program, and errors of the program itself."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING

from tests.errors.scenario import SECRET, Scenario, configure_fake, do_nothing
from tests.support.factories import create_entry
from tests.support.runner import HOST, ORDINARY_USER, PROGRAM, PUBLIC

if TYPE_CHECKING:
    from tests.errors.scenario import Changes, Sandbox

_FAULTY_SCRIPT = (
    "import sys, credhelper.tokens.source\n"
    "from credhelper.__main__ import run\n"
    "credhelper.tokens.source.TokenSource.get = lambda self: 1 / 0\n"
    f"run(['{PROGRAM}', 'get'])\n"
)

_API_SCRIPT = (
    "import logging, sys, credhelper\n"
    "logging.disable()\n"
    "try:\n"
    "    credhelper.credentials(sys.stdin.read())\n"
    "except credhelper.HelperError as error:\n"
    "    print(f'{error} [{error.id}]')\n"
    "    sys.exit(f'{error.message}\\n  why   {error.why}\\n  fix   {error.fix}\\n  more  {error.id}')\n"
)


def _protect_cache(sandbox: Sandbox) -> Changes:
    create_entry(HOST, SECRET)
    (sandbox.home / ".cache/credhelper").chmod(0o500)
    return {}


SCENARIOS = (
    Scenario("no-server", do_nothing, ["no credentials server URL"], ["standard input"], stdin=b""),
    Scenario("bad-server", do_nothing, ["user name"], ["send"], stdin=f"https://somebody:{SECRET}@{HOST}".encode()),
    Scenario(
        "path-relative",
        lambda _: {"AWS_CONFIG_FILE": "config"},
        ["AWS_CONFIG_FILE is not an absolute path: 'config'"],
        [f"export AWS_CONFIG_FILE={Path.cwd()}/config"],
    ),
    Scenario(
        "bad-login",
        do_nothing,
        ["invalid login"],
        ["as docker login does"],
        command=(PROGRAM, "store"),
        stdin=f'["{SECRET}"]'.encode(),
    ),
    Scenario(
        "erase-failed",
        _protect_cache,
        ["Permission denied"],
        ["delete the files"],
        command=(*ORDINARY_USER, PROGRAM, "erase"),
    ),
    Scenario(
        "internal",
        do_nothing,
        ["this is a bug, in __main__"],
        ["CREDHELPER_DEBUG=1"],
        command=(sys.executable, "-I", "-c", _FAULTY_SCRIPT),
    ),
    Scenario(
        "no-region",
        configure_fake(metadata="silent"),
        ["no AWS region is configured"],
        ["--region us-east-1"],
        command=(PROGRAM, "get-login"),
    ),
    Scenario(
        "not-ecr",
        do_nothing,
        ["not a registry in Amazon ECR"],
        ["123456789012.dkr.ecr.us-east-1.amazonaws.com"],
        command=(sys.executable, "-I", "-c", _API_SCRIPT),
        stdin=b"ghcr.io",
    ),
    Scenario(
        "public-anonymous",
        configure_fake(metadata="off"),
        ["no token for ECR Public"],
        ["pull without credentials"],
        command=(sys.executable, "-I", "-c", _API_SCRIPT),
        stdin=PUBLIC.encode(),
    ),
)
