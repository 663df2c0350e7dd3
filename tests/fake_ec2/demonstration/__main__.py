"""Runs as much of the demonstration as this machine allows: `python3 -m tests.fake_ec2.demonstration`."""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
from pathlib import Path

from tests.fake_ec2.commands import StandInError
from tests.fake_ec2.demonstration import alone, daemonless, engine
from tests.fake_ec2.demonstration.narration import print_line

WITHOUT_ENGINE = "a Docker Engine and a machine of its own, which need root"
WITHOUT_NAMESPACES = "a pull by a client, and AWS's own addresses and names, which need user namespaces"


def main() -> int:
    """Run the demonstration and return the exit status."""
    try:
        with tempfile.TemporaryDirectory(prefix="demonstration-", dir=_image_directory()) as directory:
            left_out = _run_demonstration(Path(directory))
    except StandInError as error:
        sys.stderr.write(f"the demonstration stops: {error}\n")
        return 1
    print_line()
    for part in left_out:
        print_line(f"Left out here: {part}.")
    print_line("Everything that this made is removed, and no service of this machine was started or changed.")
    return 0


def _run_demonstration(directory: Path) -> list[str]:
    """Run the demonstration and return the parts that were left out."""
    if os.geteuid() == 0 and _can_unshare("--mount", "--net", "--pid"):
        image_path = os.environ.get("CREDHELPER_TEST_IMAGE")
        engine.demonstrate(directory, Path(image_path) if image_path else directory / "image")
        return []
    if _can_unshare("--user", "--map-root-user", "--mount", "--net", "--pid"):
        return [WITHOUT_ENGINE, *daemonless.demonstrate(directory)]
    alone.demonstrate(directory)
    return [WITHOUT_ENGINE, WITHOUT_NAMESPACES]


def _image_directory() -> Path | None:
    """Return the directory for an instance's layers: beside the image if one is kept, else None."""
    image_path = os.environ.get("CREDHELPER_TEST_IMAGE")
    if image_path:
        Path(image_path).parent.mkdir(parents=True, exist_ok=True)
    return Path(image_path).parent if image_path else None


def _can_unshare(*namespaces: str) -> bool:
    return (
        subprocess.run(["unshare", *namespaces, "--fork", "true"], stderr=subprocess.DEVNULL, check=False).returncode
        == 0
    )


if __name__ == "__main__":
    raise SystemExit(main())
