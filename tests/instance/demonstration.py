"""The demonstration: a blank instance, `docker pull` and `docker run` with no login, and what went on behind them.

Each step is shown and held to what it promises, so that the demonstration is a test as well.
"""

from __future__ import annotations

import os
import shutil
import sys
import tempfile
import time
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from tests.instance.commands import StandInError
from tests.instance.image import Image
from tests.instance.instance import CHECKOUT, Instance
from tests.instance.layers import Bind

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.instance.machine import Machine

HOST = "123456789012.dkr.ecr.us-east-1.amazonaws.com"
IMAGE = f"{HOST}/team/app:1"
CONFIG = f'{{"credHelpers": {{"{HOST}": "ecr"}}}}\n'
INSTALL = ["sh", f"{CHECKOUT}/packaging/install.sh", "--docker"]
ROOT = Path(__file__).parents[2]


def main() -> int:
    """Run the demonstration; give the exit status. CREDHELPER_TEST_IMAGE names a folder that keeps the image."""
    kept = os.environ.get("CREDHELPER_TEST_IMAGE")
    try:
        demonstrate(Path(kept) if kept else None)
    except StandInError as error:
        sys.stderr.write(f"the demonstration stops: {error}\n")
        return 1
    return 0


def demonstrate(baked: Path | None = None) -> None:
    """Run the demonstration with an image in the folder `baked`, which stays; where none is given nothing does.

    Raises StandInError when a step does not do what it promises.
    """
    folder = Path(tempfile.mkdtemp(prefix="demonstration-", dir=baked and baked.parent))
    try:
        _show(folder, baked or folder / "image")
    finally:
        shutil.rmtree(folder)
    _line("Everything that this made is removed, and no service of this machine was started or changed.")


def _show(folder: Path, baked: Path) -> None:
    _title("A blank instance: this machine's own distribution, in namespaces, with a stand-in for AWS")
    with _timed("an image of it, with a Docker Engine (downloads packages the first time)"):
        image = Image.bake(baked)
    with _timed("packaging/install.sh --docker, as when an AMI is built"):
        image = image.provision(folder / "installed", [INSTALL], [Bind(ROOT, CHECKOUT)])
    with _timed("an instance of that image, whose role may pull"):
        instance = Instance.launch(image)
    with instance:
        instance.write("/root/.docker/config.json", CONFIG, 0o600)
        _line(f"Docker's config.json says {CONFIG.strip()}, and nobody logs in.")
        _first_pull(instance)
        _second_pull(instance)
        _missing_policy(instance)


def _first_pull(instance: Instance) -> None:
    _title("The first pull")
    instance.control.forget()
    _run(instance, f"docker pull {IMAGE}")
    _calls(instance, {"metadata": 3, "ecr": 1})
    _run(instance, f"docker run --rm --network none {IMAGE}", shows="hello from ECR")


def _second_pull(instance: Instance) -> None:
    _title("The second pull, after the image is removed")
    _run(instance, f"docker rmi {IMAGE}", quiet=True)
    instance.control.forget()
    _run(instance, f"docker pull {IMAGE}")
    _calls(instance, {})


def _missing_policy(instance: Instance) -> None:
    _title("A role without the policy")
    _run(instance, f"docker logout {HOST}", quiet=True)
    _run(instance, f"docker rmi {IMAGE}", quiet=True)
    instance.control.tell(ecr="deny")
    _run(instance, f"docker pull {IMAGE}", fails=True, shows="aws iam attach-role-policy")
    _line("The policy is attached. Nothing is cleared, and the same command again:")
    instance.control.reset()
    _run(instance, f"docker pull {IMAGE}")


def _run(machine: Machine, command: str, *, fails: bool = False, quiet: bool = False, shows: str = "") -> None:
    """Run a command as a person would, show it and what it prints, and hold it to what it promises."""
    done = machine.run(command.split())
    printed = done.stderr + done.stdout
    if not quiet:
        _line(f"$ {command}", bold=True)
        for line in printed.splitlines():
            _line(f"  {line}")
    if (done.returncode != 0) != fails or shows not in printed:
        raise StandInError(f"`{command}` ended with status {done.returncode} and said: {printed.strip()}")


def _calls(instance: Instance, expected: dict[str, int]) -> None:
    counted = {name: count for name, count in instance.control.calls().items() if count and name != "registry"}
    said = ", ".join(f"{count} of {name}" for name, count in counted.items()) or "none"
    _line(f"  calls to AWS: {said}")
    if counted != expected:
        raise StandInError(f"expected these calls to AWS: {expected}, and counted {counted}")


@contextmanager
def _timed(what: str) -> Iterator[None]:
    began = time.monotonic()
    yield
    _line(f"  {time.monotonic() - began:5.1f} s  {what}")


def _title(text: str) -> None:
    _line("")
    _line(text, bold=True)


def _line(text: str, *, bold: bool = False) -> None:
    marked = f"\033[1m{text}\033[0m" if bold and sys.stdout.isatty() else text
    sys.stdout.write(f"{marked}\n")
    sys.stdout.flush()


if __name__ == "__main__":
    raise SystemExit(main())
