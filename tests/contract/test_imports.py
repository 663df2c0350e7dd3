"""The origin of imported code: the environment of a build may point into an untrusted checkout."""

from __future__ import annotations

import marshal
import sys
from importlib.util import MAGIC_NUMBER
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

import credhelper
from tests.contract.checkout import LAUNCHER
from tests.support.factories import create_entry
from tests.support.runner import HOST, PROGRAM, list_files, parse_login, run_get, run_helper, run_program

if TYPE_CHECKING:
    from tests.fake_ec2.services import Loopback

PLANTED_MODULES = [
    *("boto3.py", "botocore.py", "credhelper/__init__.py", "credhelper/__main__.py", "urllib3.py", "dateutil.py"),
    *("json.py", "re.py", "typing.py", "hashlib.py", "socket.py", "ssl.py", "urllib/__init__.py", "logging.py"),
]


@pytest.fixture
def checkout(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return the working directory, with modules that leave a mark when they are imported."""
    directory = tmp_path / "checkout"
    for name in PLANTED_MODULES:
        path = directory / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text("open(__file__ + '.imported', 'w').close()\n")
    monkeypatch.chdir(directory)
    return directory


def list_imported(checkout: Path) -> list[str]:
    return sorted(name for name in list_files(checkout) if name.endswith(".imported"))


def test_planted_modules_leave_a_mark_when_they_are_imported(checkout: Path) -> None:
    run_program([sys.executable, "-c", "import sys; sys.path.insert(0, '.'); import boto3"])
    assert list_imported(checkout) == ["boto3.py.imported"]


@pytest.mark.parametrize("path", [None, ".", "/nowhere:{}"], ids=str)
def test_an_exchange_imports_nothing_from_the_working_directory(
    cloud: Loopback, checkout: Path, path: str | None
) -> None:
    parse_login(run_get(PYTHONPATH=path and path.format(checkout)))
    assert cloud.count_calls()["ecr"] == 1
    assert list_imported(checkout) == []


@pytest.mark.parametrize("path", [None, "."], ids=str)
@pytest.mark.parametrize("verb", ["get", "list", "erase", "store", "version", "fetch"])
def test_no_other_verb_imports_from_the_working_directory(checkout: Path, path: str | None, verb: str) -> None:
    create_entry()
    run_helper(verb, stdin=HOST.encode(), PYTHONPATH=path)
    assert list_imported(checkout) == []


def test_a_failure_imports_nothing_from_the_working_directory(checkout: Path) -> None:
    assert run_get(PYTHONPATH=".").status == 1
    assert list_imported(checkout) == []


def test_a_hit_answers_whatever_the_module_path(checkout: Path) -> None:
    create_entry()
    assert parse_login(run_get(PYTHONPATH="."))["Secret"] == "seeded"
    assert list_imported(checkout) == []


@pytest.mark.usefixtures("cloud")
def test_the_isolated_module_imports_nothing_from_the_working_directory(checkout: Path) -> None:
    parse_login(run_program([sys.executable, "-I", "-m", "credhelper", "get"], HOST.encode(), PYTHONPATH="."))
    assert list_imported(checkout) == []


@pytest.mark.usefixtures("cloud")
def test_the_module_imports_nothing_but_itself_from_the_working_directory(checkout: Path) -> None:
    for path in (checkout / "credhelper").iterdir():
        path.unlink()
    (checkout / "credhelper").rmdir()
    for name in ("re.py", "typing.py"):  # Python 3.9's -m loads them before any program can prevent it
        (checkout / name).unlink()
    parse_login(run_program([sys.executable, "-m", "credhelper", "get"], HOST.encode()))
    assert list_imported(checkout) == []


@pytest.mark.usefixtures("cloud")
def test_the_models_of_aws_are_loaded_only_from_botocore(checkout: Path, home: Path) -> None:
    for directory in (checkout, home / ".aws" / "models"):
        for service, version in (("ecr", "2015-09-21"), ("ecr", "2099-01-01")):
            path = directory / service / version / "service-2.json"
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text("{")
        (directory / "partitions.json").write_text("{")
        (directory / "endpoints.json").write_text("{")
    parse_login(run_get(AWS_DATA_PATH="."))


def test_the_program_is_found_by_its_name_on_the_path() -> None:
    assert run_program(["sh", "-c", f"command -v {PROGRAM}"]).stdout.endswith(f"/{PROGRAM}\n".encode())


SELECTING = ("PYTHONPATH", "PYTHONHOME", "PYTHONPYCACHEPREFIX", "PYTHONPLATLIBDIR", "PYTHONUSERBASE")
AGAIN = """
import os, runpy, sys
def execv(program, argv):
    os.write(1, argv[1].encode())
    os._exit(0)
os.execv = execv
sys.argv = sys.argv[1:]
runpy.run_path(sys.argv[0])
"""


def launched(variable: str, value: str, *options: str) -> bytes:
    """Run the launcher; return the option with which it restarts the interpreter, or else what it prints."""
    # The variable is set late, because the interpreter would not start with some of them.
    script = f"import os; os.environ[{variable!r}] = {value!r}{AGAIN}"
    return run_program([sys.executable, *options, "-c", script, LAUNCHER, "version"]).stdout


@pytest.mark.parametrize("variable", SELECTING)
def test_a_variable_that_selects_code_restarts_the_launcher_without_it(variable: str) -> None:
    assert launched(variable, "here") == b"-E"


@pytest.mark.parametrize(
    ("variable", "value", "options"),
    [
        *(("PYTHONUNBUFFERED", "1", ()), ("PYTHONDONTWRITEBYTECODE", "1", ()), ("PYTHONHASHSEED", "1", ())),
        *(("PYTHONPATH", "", ()), ("PYTHONPATH", "here", ("-E",)), ("PYTHONPATH", "here", ("-I",))),
    ],
    ids=str,
)
def test_nothing_else_restarts_the_launcher_since_a_restart_costs_as_much_as_a_hit(
    variable: str, value: str, options: tuple[str, ...]
) -> None:
    assert launched(variable, value, *options).startswith(b"docker-credential-ecr ")


def test_no_bytecode_of_the_helper_is_loaded_from_the_working_directory(checkout: Path) -> None:
    """The launcher cannot unload what its first start has already loaded."""
    source = Path(credhelper.__file__).parent / "cli" / "dispatch.py"
    name = f"{source.stem}.{sys.implementation.cache_tag}.pyc"
    planted = checkout / "cache" / source.parent.relative_to("/") / name
    planted.parent.mkdir(parents=True)
    trap = compile(f"open({str(checkout / 'cli.imported')!r}, 'w').close()", str(source), "exec")
    source_stat = source.stat()
    header = MAGIC_NUMBER + b"".join(
        n.to_bytes(4, "little") for n in (0, int(source_stat.st_mtime), source_stat.st_size)
    )
    planted.write_bytes(header + marshal.dumps(trap))
    run_helper("version", PYTHONPYCACHEPREFIX="cache")
    assert list_imported(checkout) == []
