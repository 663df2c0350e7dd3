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

from tests.instance import Bind, Image, Instance
from tests.instance.instance import CHECKOUT

ROOT = Path(__file__).parents[2]
HOST = "123456789012.dkr.ecr.us-east-1.amazonaws.com"
SIBLING = "210987654321.dkr.ecr.us-east-1.amazonaws.com"  # the same token serves it
BYSTANDER = "123456789012.dkr.ecr.eu-west-1.amazonaws.com"  # its token is another one, and nothing befalls it
PROGRAM = "docker-credential-ecr"
PYTHON = "/opt/credhelper/current/bin/python"
HOME = "/root"  # of whoever asks on the instance
CACHE = f"{HOME}/.cache/credhelper"

AT_HAND, NEW, NONE, ENDED = "the token at hand", "a new token", "no token", "ended by the kernel's alarm clock"
_PATIENCE = 60  # seconds until a run that does not end fails

_STEPS = (
    ["sh", f"{CHECKOUT}/packaging/install.sh"],
    ["apt-get", "install", "--yes", "--no-install-recommends", "amazon-ecr-credential-helper", "faketime"],
)
_SUMS = "find -H ~/.cache/credhelper /home/*/.cache/credhelper -type f ! -name '.*' -exec sha256sum {} + 2>/dev/null"


class Seen(NamedTuple):
    """What came of one run: the answer in a word or two, what standard error said, and how many seconds it took."""

    answer: str
    said: str
    seconds: float


class Stage:
    """A fresh instance, whose role is app-role. The bystander has a token there, HOST has one or not."""

    def __init__(self, instance: Instance) -> None:
        self.instance = instance
        self.tell = instance.control.tell
        self._secret = ""

    def set(self, hours: float | None) -> None:
        """Let a token be at hand that was bought so many hours ago; None for no token."""
        hosts = [BYSTANDER] if hours is None else [BYSTANDER, HOST]
        self.instance.must("buy the tokens", [PROGRAM, "refresh", *hosts])
        if hours is not None:
            self._secret = json.loads(self.instance.must("ask for the token", [PROGRAM, "get"], input=HOST))["Secret"]
            self.instance.must("let time pass", [PYTHON, "-I", f"{CHECKOUT}/tests/faults/age.py", HOST, str(hours)])
        self.forget()

    def get(self, *before: str, host: str = HOST) -> Seen:
        """Run a `get`, with words before the program's name, such as those of env(1)."""
        began = time.monotonic()
        done = self.instance.run([*before, PROGRAM, "get"], input=host, timeout=_PATIENCE)
        seconds = time.monotonic() - began
        if done.returncode in (-signal.SIGALRM, 128 + signal.SIGALRM):
            return Seen(ENDED, done.stderr, seconds)
        if done.returncode:
            sentence = done.returncode == 1 and done.stdout.count("\n") == 1
            return Seen(NONE if sentence else f"status {done.returncode}", done.stderr, seconds)
        known = json.loads(done.stdout)["Secret"] == self._secret
        return Seen(AT_HAND if known else NEW, done.stderr, seconds)

    def sh(self, script: str, *words: str) -> str:
        """Run a script as root in the instance, with words as its arguments; give what it prints."""
        return self.instance.must("cause the fault", ["sh", "-e", "-c", script, "sh", *words])

    def entries(self) -> dict[str, str]:
        """Give the path and the sum of each file that is in a cache."""
        lines = self.instance.run(["sh", "-c", _SUMS]).stdout.splitlines()
        return {path: total for total, _, path in (line.partition("  ") for line in lines)}

    def calls(self) -> tuple[int, int]:
        """Give how often metadata and ECR were asked since the last `forget`."""
        counted = self.instance.control.calls()
        return counted["metadata"], counted["ecr"]

    def forget(self) -> None:
        """Count calls from nothing."""
        self.instance.control.forget()

    def wait(self, until: Callable[[], bool]) -> None:
        """Wait for what a process does."""
        end = time.monotonic() + _PATIENCE
        while not until():
            if time.monotonic() > end:
                raise TimeoutError
            time.sleep(0.05)


@contextlib.contextmanager
def prepared() -> Iterator[Image]:
    """Give an image with the helper and the incumbent in it; what of it is not kept between runs is removed."""
    with tempfile.TemporaryDirectory(prefix="faults-") as folder:
        images = Path(os.environ.get("CREDHELPER_TEST_IMAGE") or folder)
        baked = Image.bake(images)
        programs = Path(tempfile.mkdtemp(prefix="faults-", dir=images))
        try:
            yield baked.provision(programs / "image", _STEPS, [Bind(ROOT, CHECKOUT)])
        finally:
            shutil.rmtree(programs)


@contextlib.contextmanager
def stage(image: Image, hours: float | None, *, docker: bool = False) -> Iterator[Stage]:
    """Give a stage where a token is at hand that was bought so many hours ago; None for no token."""
    with Instance.launch(image, docker=docker) as instance:
        empty = Stage(instance)
        empty.set(hours)
        yield empty
