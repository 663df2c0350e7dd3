from __future__ import annotations

import os
import re
import subprocess
import sys

from tests.bench.places import ROOT

INCUMBENT = "`docker-credential-ecr-login get`, its cache warm"
RIVALS = {
    "a hit": ["`python -I -c pass`", *([] if os.geteuid() else [INCUMBENT])],
    "a miss": ["`aws ecr get-login-password`", "the obvious lines of boto3"],
}
RATIO = re.compile(r" \| \d+\.\d (ms|MB) \| \d+\.\d \1 \| \d+\.\d\d \| ")


def test_a_few_runs_fill_each_row_of_the_table() -> None:
    command = [sys.executable, "-m", "tests.bench", "--runs", "5"]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    filled = [line.split(" | ")[0] for line in done.stdout.splitlines()[2:] if RATIO.search(line)]
    rows = [(what, rival) for scene in RIVALS for what in (scene, "its peak memory") for rival in RIVALS[scene]]
    assert filled == [f"| {what}, beside {rival}" for what, rival in rows]
