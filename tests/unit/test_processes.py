"""Descendants are killed by their process ids: a child, and a child of that child."""

from __future__ import annotations

import subprocess
import sys

_SCRIPT = """
import subprocess, sys
from credhelper.system import processes
script = "import subprocess, sys; p = subprocess.Popen(['sleep', '60']); print(p.pid, flush=True); p.wait()"
child = subprocess.Popen([sys.executable, "-I", "-c", script], stdout=subprocess.PIPE)
grandchild = int(child.stdout.readline())
processes.kill_descendants()
print(child.wait())
while True:
    try:
        with open(f"/proc/{grandchild}/stat") as stat:
            if stat.read().rpartition(")")[2].split()[0] == "Z":
                break
    except OSError:
        break
print("all ended")
"""


def test_every_descendant_is_killed_and_no_other_process() -> None:
    with subprocess.Popen(["sleep", "60"]) as other_process:
        result = subprocess.run(
            [sys.executable, "-I", "-c", _SCRIPT], capture_output=True, text=True, check=True, timeout=30
        )
        assert result.stdout == "-9\nall ended\n"
        assert other_process.poll() is None
        other_process.kill()
