"""Trials of processes that find a token while others write it anew; and what is left of a process that is killed."""

from __future__ import annotations

import json
import random
import subprocess
import sys
import tempfile
import threading
import time
from collections import Counter
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from credhelper import entry, sweep
from credhelper.entry import moment
from credhelper.record import Token
from credhelper.registry import parse
from credhelper.resolve import Errand
from tests.together.crowd import HOST, PATIENCE, ended, started

LIFE = 12 * 3600  # seconds
AT_ONCE = 20

_NOWHERE = {"AWS_ENDPOINT_URL": "http://127.0.0.1:9", "AWS_EC2_METADATA_DISABLED": "true"}
_WRITER = """
import sys
from tests.together.warm import HOST, write
for number in range({times}):
    write({{"HOME": sys.argv[1]}}, str(number) * 300)
    if not number:
        print("writing", flush=True)
"""


def write(environ: Mapping[str, str], password: str) -> None:
    """Write the entry anew, with another password, as a renewal does."""
    registry = parse(HOST)
    assert registry is not None
    token = Token("AWS", password, time.time() + LIFE)
    Errand(registry, environ, exchange=lambda _, __: token).refresh()


def replaced(readers: int, writes: int) -> Counter[str]:
    """Let so many processes read an entry that is replaced so often meanwhile. Give how many found what: a "token",
    "torn" or "mixed" text, or a "miss".
    """
    with tempfile.TemporaryDirectory() as home:
        environ = {"HOME": home, **_NOWHERE}
        write(environ, "0" * 2000)
        with _written(environ, writes):
            found: Counter[str] = Counter()
            for _ in range(0, readers, AT_ONCE):
                found.update(map(_kind, ended([started(HOST, environ) for _ in range(AT_ONCE)])))
        return found


@contextmanager
def _written(environ: Mapping[str, str], writes: int) -> Iterator[None]:
    """Write while the block runs, and so often at least."""
    over = threading.Event()

    def run() -> None:
        number = 0
        while number < writes or not over.is_set():
            write(environ, str(number % 10) * 2000)
            number += 1

    thread = threading.Thread(target=run)
    thread.start()
    yield
    over.set()
    thread.join()


def _kind(done: tuple[int, bytes]) -> str:
    status, answer = done
    if status:
        return "miss"
    try:
        secret = json.loads(answer)["Secret"]
    except ValueError:
        return "torn"
    return "token" if len(secret) == 2000 and len(set(secret)) == 1 else "mixed"


def killed(times: int, seed: int = 0) -> Counter[str]:
    """Kill so often, at random moments, a process that does nothing but write the entry. Give how often the entry was
    then "whole" or something else, and whether all was "swept" in the end.
    """
    dice = random.Random(seed)  # noqa: S311  (for moments, not for secrets)
    with tempfile.TemporaryDirectory() as home:
        folder = Path(home, ".cache", "credhelper")
        found: Counter[str] = Counter()
        for _ in range(times):
            _kill_a_writer(home, dice.random() * 0.01)
            found[state(home)] += 1
        sweep.sweep(str(folder), time.time() + 2 * sweep.LEFT)
        left = [path.name for path in folder.iterdir() if path.name.startswith(".")]
        found["leftovers after a sweep"] = len(left)
        return found


def writer(times: int) -> str:
    """Give a script that writes the entry so often, in the home that it is given."""
    root = Path(__file__).parents[2]
    return f"import sys\nsys.path.append({str(root)!r})\n{_WRITER.format(times=times)}"


def _kill_a_writer(home: str, after: float) -> None:
    argv = [sys.executable, "-I", "-c", writer(10**9), home]
    with subprocess.Popen(argv, stdout=subprocess.PIPE) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == b"writing\n"
        time.sleep(after)
        process.kill()
        process.wait(PATIENCE)


def state(home: str) -> str:
    """Whether the entry is a hit, of one password."""
    held = entry.held(HOST, {"HOME": home}, moment())
    if held is None:
        return "no entry"
    secret = json.loads(held.text)["Secret"]
    number = secret[: len(secret) // 300]
    return "whole" if secret == number * 300 else "mixed"
