"""The helpers under test: ours in each of its forms, and Debian's independent ones."""

from __future__ import annotations

import shutil
import subprocess
from typing import TYPE_CHECKING, Callable, NamedTuple

from credhelper.cli import dispatch
from tests.contract.helpers import deviations
from tests.contract.helpers.helper import Helper
from tests.contract.helpers.stores import FILE, PASS, SECRET_SERVICE, list_available
from tests.support import runner
from tests.support.runner import PROGRAM, ProcessResult

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    # The arguments, the standard input (bytes, or a descriptor that never reaches its end), and the environment.
    Start = Callable[[Sequence[str], "bytes | int", Mapping[str, str]], ProcessResult]


class Implementation(NamedTuple):
    """A helper, the function that starts it, and the kind of store in which it keeps logins."""

    name: str
    start: Start
    store: str

    def create_helper(self, variables: Mapping[str, str], home: Path) -> Helper:
        """Return the helper, configured to keep its logins in the store to which `variables` lead."""
        settings = home / ".config" / "credhelper" / "config.toml"
        settings.parent.mkdir(parents=True)
        settings.write_text(f'[logins]\nkeyring = "{self.store}"\n')
        environ = {"HOME": str(home), **variables}
        return Helper(lambda argv, stdin: self.start(argv, stdin, environ))


def make_starter(program: str) -> Start:
    """Return a function that runs an executable as Docker does."""

    def start(argv: Sequence[str], stdin: bytes | int, environ: Mapping[str, str]) -> ProcessResult:
        return runner.run_program([program, *argv], stdin, **environ)

    return start


def run_in_process(argv: Sequence[str], stdin: bytes | int, environ: Mapping[str, str]) -> ProcessResult:
    """Run our helper in this process, as its __main__ does after it has set up the standard streams."""

    def read_stdin() -> bytes:
        assert isinstance(stdin, bytes), "it reads what never ends"
        return stdin

    result = dispatch.run(list(argv), read_stdin, environ, lambda _: True)
    return ProcessResult(result.status, result.stdout, "".join(f"{note}\n" for note in result.notes).encode())


IN_PROCESS = Implementation("in-process", run_in_process, FILE)
INSTALLED = Implementation(PROGRAM, make_starter(PROGRAM), FILE)
ON_PASS = Implementation(f"{PROGRAM}-on-pass", make_starter(PROGRAM), PASS)
ON_SECRET_SERVICE = Implementation(f"{PROGRAM}-on-the-secret-service", make_starter(PROGRAM), SECRET_SERVICE)
DEBIANS_PASS = Implementation(deviations.PASS, make_starter(deviations.PASS), PASS)
DEBIANS_SECRETSERVICE = Implementation(deviations.SECRETSERVICE, make_starter(deviations.SECRETSERVICE), SECRET_SERVICE)

# A module runs only with helpers for which it adds something: starting ours costs 200 times as much as a call.
_DEFAULT = (IN_PROCESS, DEBIANS_PASS, DEBIANS_SECRETSERVICE, INSTALLED)
_BY_MODULE = {
    "test_forms": (
        IN_PROCESS,
        DEBIANS_PASS,
        DEBIANS_SECRETSERVICE,
    ),  # pure functions; test_erase and test_docker_hub cover the rest
    "test_erase": (*_DEFAULT, ON_PASS, ON_SECRET_SERVICE),  # it takes each verb down to the store
    "test_locked": (DEBIANS_SECRETSERVICE, ON_SECRET_SERVICE),
}


def select_implementations(module: str) -> list[Implementation]:
    """Return the available helpers with which a test module runs."""
    return [
        implementation
        for implementation in _BY_MODULE.get(module, _DEFAULT)
        if implementation.store in list_available() and _is_supported(implementation)
    ]


def _is_supported(implementation: Implementation) -> bool:
    """Return whether a helper is ours, or is installed in the version whose deviations are listed."""
    if implementation not in (DEBIANS_PASS, DEBIANS_SECRETSERVICE):
        return True
    if not shutil.which(implementation.name):
        return False
    result = subprocess.run([implementation.name, "version"], capture_output=True, text=True, check=False)
    return result.stdout.strip() == deviations.VERSION
