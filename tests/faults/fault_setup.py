"""A stage for faults: a fresh instance with the helper on it, and what comes of a `get` there."""

from __future__ import annotations

import contextlib
import json
import os
import shutil
import signal
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Callable, NamedTuple

from tests.fake_ec2 import Bind, Image, Instance
from tests.fake_ec2.instance import CHECKOUT
from tests.support.reports import flatten

ROOT = Path(__file__).parents[2]
HOST = "123456789012.dkr.ecr.us-east-1.amazonaws.com"
SIBLING = "210987654321.dkr.ecr.us-east-1.amazonaws.com"  # the same token serves it
BYSTANDER = "123456789012.dkr.ecr.eu-west-1.amazonaws.com"  # its token is another one, and nothing befalls it
PROGRAM = "docker-credential-ecr"
PYTHON = "/opt/credhelper/current/bin/python"
HOME = "/root"  # of the user on the instance
CACHE = f"{HOME}/.cache/credhelper"

CACHED, NEW, NO_TOKEN, ENDED_BY_ALARM = (
    "the cached token",
    "a new token",
    "no token",
    "ended by the kernel's alarm clock",
)
_TIMEOUT = 60  # seconds until a run that does not end fails

_STEPS = (
    ["sh", f"{CHECKOUT}/packaging/install.sh"],
    ["apt-get", "install", "--yes", "--no-install-recommends", "amazon-ecr-credential-helper", "faketime"],
)
_CHECKSUM_SCRIPT = (
    "find -H ~/.cache/credhelper /home/*/.cache/credhelper -type f ! -name '.*' -exec sha256sum {} + 2>/dev/null"
)


class RunResult(NamedTuple):
    """What came of one run: the answer in a word or two, what standard error said, and how many seconds it took."""

    answer: str
    stderr_text: str
    seconds: float


class Sandbox:
    """A fresh instance, whose role is app-role. The bystander has a token there, HOST has one or not."""

    def __init__(self, instance: Instance) -> None:
        self.instance = instance
        self.configure = instance.control.configure
        self._secret = ""

    def prepare_token(self, hours: float | None) -> None:
        """Cache a token that was issued so many hours ago; None for no token."""
        hosts = [BYSTANDER] if hours is None else [BYSTANDER, HOST]
        self.instance.check_output("buy the tokens", [PROGRAM, "refresh", *hosts])
        if hours is not None:
            self._secret = json.loads(self.instance.check_output("ask for the token", [PROGRAM, "get"], input=HOST))[
                "Secret"
            ]
            self.instance.check_output(
                "let time pass", [PYTHON, "-I", f"{CHECKOUT}/tests/faults/age.py", HOST, str(hours)]
            )
        self.forget()

    def run_get(self, *prefix: str, host: str = HOST) -> RunResult:
        """Run a `get`, with words before the program's name, such as those of env(1)."""
        started_at = time.monotonic()
        result = self.instance.run([*prefix, PROGRAM, "get"], input=host, timeout=_TIMEOUT)
        seconds = time.monotonic() - started_at
        if result.returncode in (-signal.SIGALRM, 128 + signal.SIGALRM):
            return RunResult(ENDED_BY_ALARM, flatten(result.stderr), seconds)
        if result.returncode:
            is_message = result.returncode == 1 and result.stdout.count("\n") == 1
            return RunResult(NO_TOKEN if is_message else f"status {result.returncode}", flatten(result.stderr), seconds)
        is_cached = json.loads(result.stdout)["Secret"] == self._secret
        return RunResult(CACHED if is_cached else NEW, flatten(result.stderr), seconds)

    def run_script(self, script: str, *arguments: str) -> str:
        """Run a script as root in the instance, with words as its arguments; give what it prints."""
        return self.instance.check_output("cause the fault", ["sh", "-e", "-c", script, "sh", *arguments])

    def list_entries(self) -> dict[str, str]:
        """Give the path and the sum of each file that is in a cache."""
        lines = self.instance.run(["sh", "-c", _CHECKSUM_SCRIPT]).stdout.splitlines()
        return {path: checksum for checksum, _, path in (line.partition("  ") for line in lines)}

    def count_calls(self) -> tuple[int, int]:
        """Give how often metadata and ECR were asked since the last `forget`."""
        counts = self.instance.control.count_calls()
        return counts["metadata"], counts["ecr"]

    def forget(self) -> None:
        """Count calls from nothing."""
        self.instance.control.forget()

    def wait_until(self, condition: Callable[[], bool]) -> None:
        """Wait for what a process does."""
        deadline = time.monotonic() + _TIMEOUT
        while not condition():
            if time.monotonic() > deadline:
                raise TimeoutError
            time.sleep(0.05)


@contextlib.contextmanager
def prepare_image() -> Iterator[Image]:
    """Give an image with the helper and the incumbent in it; what of it is not kept between runs is removed."""
    with tempfile.TemporaryDirectory(prefix="faults-") as directory:
        images_directory = Path(os.environ.get("CREDHELPER_TEST_IMAGE") or directory)
        base_image = Image.bake(images_directory)
        programs = Path(tempfile.mkdtemp(prefix="faults-", dir=images_directory))
        try:
            yield base_image.provision(programs / "image", _STEPS, [Bind(ROOT, CHECKOUT)])
        finally:
            shutil.rmtree(programs)


@contextlib.contextmanager
def launch_sandbox(image: Image, hours: float | None, *, docker: bool = False) -> Iterator[Sandbox]:
    """Yield a sandbox whose cache has a token that was issued so many hours ago; None for no token."""
    with Instance.launch(image, docker=docker) as instance:
        sandbox = Sandbox(instance)
        sandbox.prepare_token(hours)
        yield sandbox
