"""Amazon's own helper, put into the same fault: Debian's amazon-ecr-credential-helper."""

from __future__ import annotations

import subprocess
import time

from tests.faults.stage import HOST, Stage

PROGRAM = "docker-credential-ecr-login"
PATIENCE = 80  # seconds until it is killed

# It keeps its tokens in one file, with the moments at which each was asked for and expires.
_LET_TIME_PASS = """
import datetime, json, pathlib, re, sys
path = pathlib.Path.home() / ".ecr/cache.json"
def earlier(found):
    moment = datetime.datetime.fromisoformat(found.group()) - datetime.timedelta(hours=float(sys.argv[1]))
    return moment.isoformat()
path.write_text(re.sub(r"[0-9-]{10}T[0-9:]{8}", earlier, path.read_text()))
"""


def set_up(stage: Stage, hours: float | None) -> None:
    """Let its cache hold a token that was bought so many hours ago; None for no token."""
    if hours is not None:
        stage.instance.must("buy the incumbent's token", [PROGRAM, "get"], input=HOST)
        stage.instance.must("let time pass", ["python3", "-c", _LET_TIME_PASS, str(hours)])
        stage.forget()


def get(stage: Stage) -> str:
    """Ask it for the token; give what came of it, and how many seconds it took."""
    began = time.monotonic()
    try:
        done = stage.instance.run([PROGRAM, "get"], input=HOST, timeout=PATIENCE)
    except subprocess.TimeoutExpired:
        return f"killed after {PATIENCE}"
    answer = "no token" if done.returncode else "a token"
    return f"{answer}, {time.monotonic() - began:.1f}"
