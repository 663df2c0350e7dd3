"""Where it is measured: in the stand-in instance as root, and on loopback endpoints without."""

from __future__ import annotations

import contextlib
import functools
import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Callable, NamedTuple

from tests.instance import Bind, Image, Instance
from tests.instance.commands import succeeded
from tests.instance.instance import CHECKOUT
from tests.instance.services import Control, Loopback, serve

ROOT = Path(__file__).parents[2]
PATIENCE = 3600.0  # seconds for all rounds of a scene

INSTALLED = "/opt/credhelper/current/bin/python"  # by packaging/install.sh
INCUMBENT = "amazon-ecr-credential-helper"
HELPERS = ("golang-docker-credential-helpers", "gnupg", "pass")  # Docker's own, and what one of them needs
AWSCLI = "/opt/awscli"
STEPS = (
    ["/src/packaging/install.sh"],
    ["apt-get", "install", "--yes", "--no-install-recommends", INCUMBENT, *HELPERS],
    ["python3", "-m", "venv", AWSCLI],
    [f"{AWSCLI}/bin/pip", "install", "awscli"],
)


class Place(NamedTuple):
    """A machine to measure on. run takes an argv and its standard input, and gives what it says.

    python is the one of the helper's environment, aws the command line; the helper is on PATH.
    """

    description: str
    cloud: Control | Loopback
    run: Callable[[Sequence[str], str], str]
    checkout: str
    python: str
    aws: str
    incumbent: bool


@contextlib.contextmanager
def prepared() -> Iterator[Place]:
    """Give the best place that this user can have, with all programs installed; it is removed afterwards."""
    made = _loopback if os.geteuid() else _instance
    with tempfile.TemporaryDirectory(prefix="bench-") as folder, made(Path(folder)) as place:
        yield place


@contextlib.contextmanager
def _instance(folder: Path) -> Iterator[Place]:
    image = Image.bake(Path(os.environ.get("CREDHELPER_TEST_IMAGE") or folder / "image"))
    ready = image.provision(folder / "programs", STEPS, [Bind(ROOT, "/src")])
    with Instance.launch(ready, folder / "instance", docker=False) as machine:

        def run(argv: Sequence[str], given: str) -> str:
            return machine.must("measure", argv, input=given, timeout=PATIENCE)

        yield Place("in the stand-in instance", machine.control, run, CHECKOUT, INSTALLED, f"{AWSCLI}/bin/aws", True)


@contextlib.contextmanager
def _loopback(folder: Path) -> Iterator[Place]:
    (folder / "home").mkdir()
    helper, awscli = folder / "helper", folder / "awscli"
    for environment, requirement in ((helper, str(ROOT)), (awscli, "awscli")):
        _run([sys.executable, "-m", "venv", str(environment)], "", _ours())
        _run([f"{environment}/bin/pip", "install", requirement], "", _ours())
    with serve() as cloud:
        variables = {"PATH": f"{helper}/bin:/usr/bin:/bin", "HOME": f"{folder}/home", "LANG": "C.UTF-8"}
        run = functools.partial(_run, environment={**variables, **cloud.environment()})
        where = "without root, so on loopback endpoints in the clear and without the incumbent"
        yield Place(where, cloud, run, str(ROOT), f"{helper}/bin/python", f"{awscli}/bin/aws", incumbent=False)


def _run(argv: Sequence[str], given: str, environment: Mapping[str, str]) -> str:
    done = subprocess.run(argv, input=given, env=environment, capture_output=True, text=True, check=False)
    return succeeded("measure", done)


def _ours() -> dict[str, str]:
    """Our own environment, for pip, less what would steer a Python or lead to AWS."""
    return {name: value for name, value in os.environ.items() if not name.startswith(("AWS_", "PYTHON"))}
