"""The modules that a hit loads: the interpreter's start is its whole budget (tests/benchmarks has the times)."""

from __future__ import annotations

import subprocess
import sys
from contextlib import contextmanager
from typing import TYPE_CHECKING

import pytest

from credhelper import entry, fingerprint
from credhelper.cache.dependencies import DependencySnapshot
from credhelper.cache.token_cache import TokenCache, encode_answer
from credhelper.clock import read_clocks
from credhelper.ecr.token import CredentialSource
from credhelper.entry import CacheEntry, Lifetime
from credhelper.settings.load import load_settings
from credhelper.system.context import Context
from credhelper.system.lock import Lock

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

HOST = "123456789012.dkr.ecr.us-east-1.amazonaws.com"
MODULES = {
    "credhelper",
    *(f"credhelper.{name}" for name in ("__main__", "clock", "entry", "fingerprint", "host", "paths", "private_file")),
}
# Modules for other registries, none of which is needed for a token of ECR.
FOREIGN = ("credhelper.logins", "credhelper.docker_config", "keyring", "secretstorage", "fastjsonschema")
# Modules that only the exchange needs. A process that gets its token from another one never runs the exchange.
EXCHANGE = ("credhelper.aws", "credhelper.cache.prune", "boto3", "botocore", "cachetools", "argparse", "subprocess")
# The modules of the standard library that take longest to load.
SLOW = ("base64", "dataclasses", "enum", "fnmatch", "hashlib", "json", "logging", "re", "shlex", "signal", "string")

_SCRIPT = """
import sys
before = set(sys.modules)
{preparation}
from credhelper.__main__ import main
status = main(["docker-credential-ecr", "get"])
print(status, *sorted(set(sys.modules) - before), file=sys.stderr)
"""

# An exchange that returns a token at once.
_WITHOUT_AWS = """
from credhelper.ecr.token import Token
from credhelper.tokens import source
import time
source._exchange = lambda target, progress: Token("AWS", "secret", time.time() + 3600)
"""


def build_environment(home: Path) -> Mapping[str, str]:
    """Return an environment without credentials, in which nothing outside the machine is called."""
    return {"HOME": str(home), "AWS_ENDPOINT_URL": "http://127.0.0.1:9", "AWS_EC2_METADATA_DISABLED": "true"}


def run_get(home: Path, host: str = HOST, preparation: str = "") -> subprocess.CompletedProcess[bytes]:
    """Run a `get` in its own interpreter, which reports the exit status and the loaded modules on standard error.

    The interpreter runs the code of `preparation` first.
    """
    return subprocess.run(
        [sys.executable, "-I", "-c", _SCRIPT.format(preparation=preparation)],
        input=host.encode(),
        capture_output=True,
        env=build_environment(home),
        check=True,
    )


@contextmanager
def hold_lock(context: Context) -> Iterator[None]:
    """Hold the lock of a process that requests the token of HOST from AWS."""
    target = context.settings.find_target(HOST)
    assert target is not None
    cache = TokenCache(context)
    key = DependencySnapshot(cache.environ, cache.settings).key(target.public_scope)
    lock = Lock(f"{cache.directory}/.lock-{key}-0")
    assert lock.try_acquire()
    yield
    lock.release()


def run_waiting_get(home: Path) -> list[str]:
    """Run a `get` that waits while another process requests its token; return the modules that the `get` loaded.

    The token becomes available once the `get` has begun to wait.
    """
    environ = build_environment(home)
    context = Context(environ, load_settings(environ))
    cache = TokenCache(context)
    dependencies = DependencySnapshot(environ, context.settings).confirm_dependencies(CredentialSource())
    lifetime = Lifetime(read_clocks(), 3600, 3600, 3600, 3600)
    assert cache.store(HOST, CacheEntry(lifetime, dependencies, 0, encode_answer(HOST, "AWS", "secret"))) == ""
    [path] = (home / ".cache" / "credhelper").iterdir()
    token = path.rename(home / "token")
    publish = f"""
import os
from credhelper.clock import Clock
Clock.sleep = lambda *_: os.rename({str(token)!r}, {str(path)!r})
"""
    with hold_lock(context):
        result = run_get(home, preparation=publish)
    status, *modules = result.stderr.decode().split()
    assert (status, b"secret" in result.stdout, token.exists()) == ("0", True, False)
    return modules


def select_modules(loaded: list[str], packages: tuple[str, ...]) -> list[str]:
    """Return those of the modules `loaded` that are one of `packages` or in one of them."""
    return [name for name in loaded if any(f"{name}.".startswith(f"{package}.") for package in packages)]


def test_a_hit_loads_our_hot_modules_and_no_other(tmp_path: Path) -> None:
    variables = fingerprint.selecting_variables(build_environment(tmp_path))
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
    assert set(modules) - {"time"} == MODULES  # some versions of Python load `time` themselves


def test_a_missing_login_is_answered_the_second_time_by_the_same_modules(tmp_path: Path) -> None:
    first, second = (run_get(tmp_path, "ghcr.io").stderr.decode().split() for _ in range(2))
    assert "json" in first
    assert (second[0], set(second[1:]) - {"time"}) == ("1", MODULES)


def test_a_lookup_without_a_keyring_does_not_load_the_module_keyring(tmp_path: Path) -> None:
    assert "keyring" not in run_get(tmp_path, "ghcr.io").stderr.decode().split()


def test_a_miss_loads_botocore(tmp_path: Path) -> None:
    assert b"botocore" in run_get(tmp_path).stderr


def test_a_miss_of_ecr_loads_nothing_of_other_registries(tmp_path: Path) -> None:
    loaded = run_get(tmp_path).stderr.decode().split()
    assert select_modules(loaded, FOREIGN) == []


def test_a_miss_of_ecr_does_not_load_subprocess_outside_of_its_exchange(tmp_path: Path) -> None:
    result = run_get(tmp_path, preparation=_WITHOUT_AWS)  # since botocore would load subprocess
    status, *loaded = result.stderr.decode().split()
    assert (status, b"secret" in result.stdout, "credhelper.cache.prune" in loaded) == ("0", True, True)
    assert select_modules(loaded, (*FOREIGN, "subprocess")) == []


def test_a_get_that_waits_for_another_loads_nothing_of_other_registries(tmp_path: Path) -> None:
    assert select_modules(run_waiting_get(tmp_path), FOREIGN) == []


def test_a_get_that_waits_for_another_loads_nothing_that_only_the_exchange_needs(tmp_path: Path) -> None:
    assert select_modules(run_waiting_get(tmp_path), EXCHANGE) == []


def test_a_get_that_waits_for_another_loads_no_slow_module_except_for_typing(tmp_path: Path) -> None:
    script = "import sys, typing; print(*sys.modules)"
    result = subprocess.run([sys.executable, "-I", "-c", script], capture_output=True, check=True)
    needed_by_typing = result.stdout.decode().split()  # before Python 3.13, re among them
    assert set(select_modules(run_waiting_get(tmp_path), SLOW)) - set(needed_by_typing) == set()


@pytest.mark.usefixtures("default_sigint")
def test_an_interrupted_run_prints_nothing() -> None:
    script = (
        "import signal; import credhelper.__main__ as program;"
        "program.main = lambda argv: signal.raise_signal(signal.SIGINT);"
        "program.run([])"
    )
    result = subprocess.run([sys.executable, "-I", "-c", script], capture_output=True, check=False)
    assert (result.returncode, result.stdout, result.stderr) == (130, b"", b"")
