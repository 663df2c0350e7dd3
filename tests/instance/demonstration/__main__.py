"""`python3 -m tests.instance.demonstration`: the most of it that this machine gives."""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
from pathlib import Path

from tests.instance.commands import StandInError
from tests.instance.demonstration import alone, daemonless, engine
from tests.instance.demonstration.narration import line

ENGINE = "a Docker Engine and a machine of its own, which need root"
NAMESPACES = "a pull by a client, and AWS's own addresses and names, which need user namespaces"


def main() -> int:
    """Run the demonstration; give the exit status."""
    try:
        with tempfile.TemporaryDirectory(prefix="demonstration-", dir=_image_folder()) as folder:
            left_out = _demonstrate(Path(folder))
    except StandInError as error:
        sys.stderr.write(f"the demonstration stops: {error}\n")
        return 1
    line()
    for what in left_out:
        line(f"Left out here: {what}.")
    line("Everything that this made is removed, and no service of this machine was started or changed.")
    return 0


def _demonstrate(folder: Path) -> list[str]:
    """Give what was left out."""
    if os.geteuid() == 0 and _allows("--mount", "--net", "--pid"):
        kept = os.environ.get("CREDHELPER_TEST_IMAGE")
        engine.demonstrate(folder, Path(kept) if kept else folder / "image")
        return []
    if _allows("--user", "--map-root-user", "--mount", "--net", "--pid"):
        return [ENGINE, *daemonless.demonstrate(folder)]
    alone.demonstrate(folder)
    return [ENGINE, NAMESPACES]


def _image_folder() -> Path | None:
    """Where an instance's layers go: beside the image, if one is kept."""
    kept = os.environ.get("CREDHELPER_TEST_IMAGE")
    if kept:
        Path(kept).parent.mkdir(parents=True, exist_ok=True)
    return Path(kept).parent if kept else None


def _allows(*namespaces: str) -> bool:
    return (
        subprocess.run(["unshare", *namespaces, "--fork", "true"], stderr=subprocess.DEVNULL, check=False).returncode
        == 0
    )


if __name__ == "__main__":
    raise SystemExit(main())
