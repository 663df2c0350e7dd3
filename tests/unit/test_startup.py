"""What a hit loads: the interpreter's start is its whole budget (tests/benchmarks has the times)."""

from __future__ import annotations

import subprocess
import sys
from typing import TYPE_CHECKING

from credhelper import entry, fingerprint
from credhelper.clock import read_clocks
from credhelper.entry import CacheEntry, Lifetime

if TYPE_CHECKING:
    from pathlib import Path

HOST = "123456789012.dkr.ecr.us-east-1.amazonaws.com"
MODULES = {
    "credhelper",
    *(
        f"credhelper.{name}"
        for name in ("__main__", "clock", "entry", "errors", "fingerprint", "host", "paths", "private_file")
    ),
}
_SCRIPT = """
import sys
before = set(sys.modules)
from credhelper.__main__ import main
status = main(["docker-credential-ecr", "get"])
print(status, *sorted(set(sys.modules) - before), file=sys.stderr)
"""


def run_get(home: Path, host: str = HOST) -> subprocess.CompletedProcess[bytes]:
    """Run a `get` in an interpreter of its own, which tells its exit status and what it loaded."""
    return subprocess.run(
        [sys.executable, "-I", "-c", _SCRIPT],
        input=host.encode(),
        capture_output=True,
        env={"HOME": str(home), "AWS_ENDPOINT_URL": "http://127.0.0.1:9", "AWS_EC2_METADATA_DISABLED": "true"},
        check=True,
    )


def test_a_hit_loads_our_hot_modules_and_no_other(tmp_path: Path) -> None:
    environ = {"HOME": str(tmp_path), "AWS_ENDPOINT_URL": "http://127.0.0.1:9", "AWS_EC2_METADATA_DISABLED": "true"}
    variables = fingerprint.selecting_variables(environ)
    directory = tmp_path / ".cache" / "credhelper"
    directory.mkdir(parents=True)
    path = directory / entry.file_name(HOST, variables)
    path.write_bytes(
        entry.serialize(HOST, variables, CacheEntry(Lifetime(read_clocks(), 60, 60, 60, 60), (), 0, b"the answer\n"))
    )
    path.chmod(0o600)
    result = run_get(tmp_path)
    status, *modules = result.stderr.decode().split()
    assert (result.stdout, status) == (b"the answer\n", "0")
    # These two are built in; the interpreter has them already on some versions.
    assert set(modules) - {"gc", "time"} == MODULES


def test_a_missing_login_is_answered_the_second_time_by_the_same_modules(tmp_path: Path) -> None:
    first, second = (run_get(tmp_path, "ghcr.io").stderr.decode().split() for _ in range(2))
    assert "json" in first
    assert (second[0], set(second[1:]) - {"gc", "time"}) == ("1", MODULES)


def test_without_a_keyring_none_is_loaded(tmp_path: Path) -> None:
    assert "keyring" not in run_get(tmp_path, "ghcr.io").stderr.decode().split()


def test_a_miss_is_noticed_by_the_same_means(tmp_path: Path) -> None:
    assert b"botocore" in run_get(tmp_path).stderr


def test_a_miss_of_ecr_loads_neither_logins_nor_delegates(tmp_path: Path) -> None:
    loaded = run_get(tmp_path).stderr.decode().split()
    foreign = ("credhelper.logins", "credhelper.logins.resolver", "credhelper.logins.delegate", "keyring")
    assert [name for name in loaded if name.startswith(foreign)] == []


def test_an_interrupted_run_prints_nothing() -> None:
    script = (
        "import signal; import credhelper.__main__ as program;"
        "program.main = lambda argv: signal.raise_signal(signal.SIGINT);"
        "program.run([])"
    )
    result = subprocess.run([sys.executable, "-I", "-c", script], capture_output=True, check=False)
    assert (result.returncode, result.stdout, result.stderr) == (130, b"", b"")
