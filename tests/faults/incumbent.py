"""Amazon's own helper, put into the same fault: Debian's amazon-ecr-credential-helper."""

from __future__ import annotations

import subprocess
import time

from tests.faults.fault_setup import HOST, Sandbox

PROGRAM = "docker-credential-ecr-login"
TIMEOUT = 80  # seconds until it is killed

# It keeps its tokens in one file, with the moments at which each was asked for and expires.
_SHIFT_BACK_SCRIPT = """
import datetime, json, pathlib, re, sys
path = pathlib.Path.home() / ".ecr/cache.json"
def shift_back(match):
    time = datetime.datetime.fromisoformat(match.group()) - datetime.timedelta(hours=float(sys.argv[1]))
    return time.isoformat()
path.write_text(re.sub(r"[0-9-]{10}T[0-9:]{8}", shift_back, path.read_text()))
"""


def set_up(sandbox: Sandbox, hours: float | None) -> None:
    """Cache a token that was issued so many hours ago; None for no token."""
    if hours is not None:
        sandbox.instance.check_output("buy the incumbent's token", [PROGRAM, "get"], input=HOST)
        sandbox.instance.check_output("let time pass", ["python3", "-c", _SHIFT_BACK_SCRIPT, str(hours)])
        sandbox.forget()


def run_get(sandbox: Sandbox) -> str:
    """Ask it for the token; give what came of it, and how many seconds it took."""
    started_at = time.monotonic()
    try:
        result = sandbox.instance.run([PROGRAM, "get"], input=HOST, timeout=TIMEOUT)
    except subprocess.TimeoutExpired:
        return f"killed after {TIMEOUT}"
    outcome = "no token" if result.returncode else "a token"
    return f"{outcome}, {time.monotonic() - started_at:.1f}"
