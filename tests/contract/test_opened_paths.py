"""No cold command touches a path in the caller's working directory, not even through botocore or keyring (strace)."""

from __future__ import annotations

import json
import re
import shutil
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from tests.contract.checkout import ISOLATED, SECRET, Checkout, write_aws_config
from tests.contract.docker_files import ONE_LOGIN, write_config
from tests.support.runner import HOST, ProcessResult, run_program

if TYPE_CHECKING:
    from tests.fake_ec2.services import Loopback

_CALL = re.compile(r'\d+ +(\w+)\((?:AT_FDCWD, )?"((?:[^"\\]|\\.)*)"')
_LOGIN = json.dumps({"ServerURL": "ghcr.io", "Username": "octocat", "Secret": SECRET}).encode()
_TRACE = ("strace", "-f", "-s", "4096", "-e", "trace=%file")

HAS_STRACE = shutil.which("strace") is not None and run_program([*_TRACE, "-o", "/dev/null", "true"]).status == 0
pytestmark = pytest.mark.skipif(not HAS_STRACE, reason="there is no strace that may trace")


def find_accesses(checkout: Checkout, log: Path) -> list[str]:
    """Return the calls whose path lies in the checkout, or is relative before the program has left it."""
    accesses, has_left = [], False
    for call, path in _CALL.findall(log.read_text("utf-8", "replace")):
        has_left = has_left or (call, path) == ("chdir", "/")
        is_inside = path.startswith(f"{checkout.directory}/") or not (has_left or path.startswith("/"))
        if is_inside and call != "getcwd":
            accesses.append(f"{call} {path}")
    return accesses


def run_traced(
    log: Path, *argv: str, stdin: bytes = b"", environ: dict[str, str | None] | None = None
) -> ProcessResult:
    return run_program([*_TRACE, "-o", str(log), *ISOLATED, *argv], stdin, **(environ or {}))


def test_the_trace_shows_which_paths_are_touched(checkout: Checkout, tmp_path: Path) -> None:
    """The tests below prove something only if the trace shows these accesses."""
    run_program([*_TRACE, "-o", str(tmp_path / "log"), "cat", "config", "./token"])
    assert find_accesses(checkout, tmp_path / "log") == ["openat config", "openat ./token"]


@pytest.mark.parametrize("home", ["~", ".", "", "/nowhere"])
def test_a_python_program_touches_nothing_in_its_own_directory(
    cloud: Loopback, checkout: Checkout, tmp_path: Path, home: str
) -> None:
    script = f"import credhelper; print(credhelper.credentials('{HOST}').username)"
    done = run_program([*_TRACE, "-o", str(tmp_path / "log"), sys.executable, "-I", "-c", script], HOME=home)
    assert done.stdout == b"AWS\n"
    assert find_accesses(checkout, tmp_path / "log") == []
    assert not checkout.is_sprung(cloud)


@pytest.mark.parametrize("home", [None, "~", "."])
@pytest.mark.parametrize(
    "argv",
    [
        *(("get",), ("refresh", HOST), ("refresh", "--background", HOST), ("get-login", "--region", "us-east-1")),
        *(("get-login-password",), ("list",), ("erase",), ("version",), ("fetch",)),
    ],
    ids=" ".join,
)
def test_a_command_touches_nothing_in_the_checkout(
    cloud: Loopback, checkout: Checkout, tmp_path: Path, argv: tuple[str, ...], home: str | None
) -> None:
    environ: dict[str, str | None] = {} if home is None else {"HOME": home}
    run_traced(tmp_path / "log", *argv, stdin=HOST.encode(), environ=environ)
    assert find_accesses(checkout, tmp_path / "log") == []
    assert not checkout.is_sprung(cloud)


def test_a_credential_process_touches_nothing_in_the_checkout(
    cloud: Loopback, checkout: Checkout, home: Path, tmp_path: Path
) -> None:
    write_aws_config(home, "[default]\ncredential_process = corp-creds\n")
    run_traced(tmp_path / "log", "get", stdin=HOST.encode(), environ={"PATH": ":/usr/bin:.:/bin"})
    assert find_accesses(checkout, tmp_path / "log") == []
    assert not checkout.is_sprung(cloud)


@pytest.mark.parametrize(
    ("argv", "stdin"),
    [(["store"], _LOGIN), (["get"], b"ghcr.io"), (["erase"], b"ghcr.io"), (["list"], b""), (["export"], b"")],
    ids=str,
)
def test_the_verbs_for_logins_touch_nothing_in_the_checkout(
    checkout: Checkout, tmp_path: Path, argv: list[str], stdin: bytes
) -> None:
    run_program([*ISOLATED, "store"], _LOGIN)
    run_traced(tmp_path / "log", *argv, stdin=stdin)
    assert find_accesses(checkout, tmp_path / "log") == []


def test_import_touches_only_the_file_that_its_option_names(checkout: Checkout, tmp_path: Path) -> None:
    write_config(checkout.directory / "docker" / "config.json", ONE_LOGIN)
    done = run_traced(tmp_path / "log", "import", "--config", "docker")
    assert b"ghcr.io: the login of octocat is moved to" in done.stdout
    config_path = f" {checkout.directory}/docker"
    assert [call for call in find_accesses(checkout, tmp_path / "log") if config_path not in call] == []
