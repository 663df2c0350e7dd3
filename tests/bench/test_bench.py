from __future__ import annotations

import os
import re
import subprocess
import sys

from tests.bench.places import ROOT

INCUMBENT = "`docker-credential-ecr-login get`, its cache warm"
# The outages take minutes of the incumbent's, and are left to the command.
ROWS = {
    "hit": [
        "a hit, beside `python -I -c pass`",
        *(() if os.geteuid() else [f"a hit, beside {INCUMBENT}"]),
        "its peak memory, beside `python -I -c pass`",
        *(() if os.geteuid() else [f"its peak memory, beside {INCUMBENT}"]),
    ],
    "crowded-hit": ["a hit among 10,000 entries, beside a hit in a folder with one entry"],
    "crowded-miss": ["a miss among 10,000 entries, beside a miss in an empty folder"],
    "herd": [] if os.geteuid() else ["50 cold processes at once, beside 50 of `docker-credential-ecr-login get`"],
}
RATIO = re.compile(r" \| [\d,]+\.\d (ms|MB) \| [\d,]+\.\d \1 \| \d+\.\d\d \| ")


def test_a_few_runs_fill_each_row_of_the_table() -> None:
    command = [sys.executable, "-m", "tests.bench", "--runs", "2", *ROWS]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    filled = [line.split(" | ")[0] for line in done.stdout.splitlines()[2:] if RATIO.search(line)]
    assert filled == [f"| {row}" for rows in ROWS.values() for row in rows]
