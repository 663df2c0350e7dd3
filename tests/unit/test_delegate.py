"""Delegates: another credential helper that answers in place of this one."""

from __future__ import annotations

import errno
import os
import sys
from pathlib import Path

import pytest

from credhelper.errors import NOT_FOUND, HelperError
from credhelper.logins import delegate
from credhelper.system.context import Result


@pytest.fixture
def environ(tmp_path: Path) -> dict[str, str]:
    return {"PATH": f"{tmp_path}:{os.environ['PATH']}"}


def write_program(environ: dict[str, str], script: str) -> Path:
    path = Path(environ["PATH"].partition(":")[0], "docker-credential-other")
    path.write_text(f"#!/bin/sh\n{script}\n")
    path.chmod(0o755)
    return path


def get_error(environ: dict[str, str], verb: str = "get") -> HelperError:
    with pytest.raises(HelperError) as excinfo:
        delegate.run_helper("other", verb, b"", environ)
    return excinfo.value


@pytest.mark.parametrize("status", [0, 1, 7])
def test_the_bytes_and_the_status_of_a_delegate_are_passed_on_unchanged(environ: dict[str, str], status: int) -> None:
    write_program(environ, f'printf "<%s" "$1"; cat; printf ">\\377"; exit {status}')
    assert delegate.run_helper("other", "store", b"\0\xfe\n", environ) == Result(status, b"<store\0\xfe\n>\xff")


@pytest.mark.parametrize("answer", ['{"Username":"","Secret":""}', '{"ServerURL":"","Username":"","Secret":""}'])
def test_an_empty_login_is_not_found(environ: dict[str, str], answer: str) -> None:
    write_program(environ, f"echo '{answer}'")
    assert delegate.run_helper("other", "get", b"", environ) == Result(1, f"{NOT_FOUND}\n".encode())


def test_a_program_that_reopens_its_output_continues_where_it_was(environ: dict[str, str]) -> None:
    write_program(environ, "printf 1; printf 2 >/dev/stdout; printf 3")
    assert delegate.run_helper("other", "get", b"", environ) == Result(0, b"123")


def test_a_delegate_is_run_even_if_the_kernel_refuses_to_create_a_memory_file(
    environ: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    def deny_memfd(*_: object) -> int:
        raise PermissionError(errno.EACCES, os.strerror(errno.EACCES))

    monkeypatch.setattr(os, "memfd_create", deny_memfd)  # as if vm.memfd_noexec were 2
    write_program(environ, "printf 1")
    assert delegate.run_helper("other", "get", b"", environ) == Result(0, b"1")


def test_a_deeply_nested_answer_is_passed_on_unchanged(environ: dict[str, str]) -> None:
    write_program(environ, f"{sys.executable} -c \"print('[' * 100000)\"")
    assert delegate.run_helper("other", "get", b"", environ) == Result(0, b"[" * 100000 + b"\n")


@pytest.mark.parametrize("answer", ['{"Username":"","Secret":"x"}', '{"Username":"x","Secret":""}', "{}", "[]", "x"])
def test_any_other_answer_is_passed_on_unchanged(environ: dict[str, str], answer: str) -> None:
    write_program(environ, f"echo '{answer}'")
    assert delegate.run_helper("other", "get", b"", environ) == Result(0, f"{answer}\n".encode())


def test_a_delegate_runs_in_the_root_directory_with_its_name_in_the_environment(environ: dict[str, str]) -> None:
    write_program(environ, 'echo "$PWD $CREDHELPER_DELEGATE"')
    assert delegate.run_helper("other", "get", b"", environ).stdout == b"/ other\n"


def test_a_delegate_that_calls_us_cannot_make_us_delegate(environ: dict[str, str]) -> None:
    write_program(environ, "true")
    assert get_error({**environ, "CREDHELPER_DELEGATE": "other"}).id == "delegate-loop"


def test_a_program_in_the_working_directory_is_not_found(
    environ: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(write_program(environ, "true").parent)
    assert [get_error({"PATH": path}).id for path in (".", "", ":")] == ["delegate-missing"] * 3


def test_a_program_that_is_killed_is_reported(environ: dict[str, str]) -> None:
    write_program(environ, "kill -9 $$")
    assert get_error(environ).id == "delegate-failed"


def test_a_program_that_cannot_be_run_is_reported(environ: dict[str, str]) -> None:
    write_program(environ, "").write_text("#!/nowhere/sh\n")
    assert get_error(environ).id == "delegate-failed"


def test_the_list_of_a_delegate_is_returned_without_invalid_entries(environ: dict[str, str]) -> None:
    write_program(environ, """echo '{"ghcr.io": "u", "": "account not defined", "quay.io": 1}'""")
    assert delegate.list_logins("other", environ) == {"ghcr.io": "u"}


@pytest.mark.parametrize("script", ["echo '{}'; exit 1", "echo nothing", "echo '[]'"])
def test_an_invalid_list_is_reported(environ: dict[str, str], script: str) -> None:
    write_program(environ, script)
    with pytest.raises(HelperError) as excinfo:
        delegate.list_logins("other", environ)
    assert excinfo.value.id == "delegate-failed"
