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

from tests.fake_ec2 import Bind, Image, Instance
from tests.fake_ec2.commands import check_result
from tests.fake_ec2.instance import CHECKOUT
from tests.fake_ec2.services import Control, Loopback, serve

ROOT = Path(__file__).parents[2]
TIMEOUT = 3600.0  # seconds for all rounds of a scene

INSTALLED_PYTHON = "/opt/credhelper/current/bin/python"  # by packaging/install.sh
INCUMBENT = "amazon-ecr-credential-helper"
HELPERS = ("golang-docker-credential-helpers", "gnupg", "pass")  # Docker's own, and what one of them needs
AWSCLI = "/opt/awscli"
STEPS = (
    ["/src/packaging/install.sh"],
    ["apt-get", "install", "--yes", "--no-install-recommends", INCUMBENT, *HELPERS],
    ["python3", "-m", "venv", AWSCLI],
    [f"{AWSCLI}/bin/pip", "install", "awscli"],
)


class Machine(NamedTuple):
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
def prepare_machine() -> Iterator[Machine]:
    """Give the best place that this user can have, with all programs installed; it is removed afterwards."""
    start = _start_loopback if os.geteuid() else _start_instance
    with tempfile.TemporaryDirectory(prefix="bench-") as directory, start(Path(directory)) as machine:
        yield machine


@contextlib.contextmanager
def _start_instance(directory: Path) -> Iterator[Machine]:
    image = Image.bake(Path(os.environ.get("CREDHELPER_TEST_IMAGE") or directory / "image"))
    benchmark_image = image.provision(directory / "programs", STEPS, [Bind(ROOT, "/src")])
    with Instance.launch(benchmark_image, directory / "instance", docker=False) as instance:

        def run(argv: Sequence[str], stdin: str) -> str:
            return instance.check_output("measure", argv, input=stdin, timeout=TIMEOUT)

        yield Machine(
            "in the stand-in instance", instance.control, run, CHECKOUT, INSTALLED_PYTHON, f"{AWSCLI}/bin/aws", True
        )


@contextlib.contextmanager
def _start_loopback(directory: Path) -> Iterator[Machine]:
    (directory / "home").mkdir()
    helper, awscli = directory / "helper", directory / "awscli"
    for environment, requirement in ((helper, str(ROOT)), (awscli, "awscli")):
        _run_command([sys.executable, "-m", "venv", str(environment)], "", _clean_environment())
        _run_command([f"{environment}/bin/pip", "install", requirement], "", _clean_environment())
    with serve() as cloud:
        variables = {"PATH": f"{helper}/bin:/usr/bin:/bin", "HOME": f"{directory}/home", "LANG": "C.UTF-8"}
        run = functools.partial(_run_command, environment={**variables, **cloud.environment()})
        description = "without root, so on loopback endpoints in the clear and without the incumbent"
        yield Machine(description, cloud, run, str(ROOT), f"{helper}/bin/python", f"{awscli}/bin/aws", incumbent=False)


def _run_command(argv: Sequence[str], stdin: str, environment: Mapping[str, str]) -> str:
    result = subprocess.run(argv, input=stdin, env=environment, capture_output=True, text=True, check=False)
    return check_result("measure", result)


def _clean_environment() -> dict[str, str]:
    """Our own environment, for pip, less what would steer a Python or lead to AWS."""
    return {name: value for name, value in os.environ.items() if not name.startswith(("AWS_", "PYTHON"))}
