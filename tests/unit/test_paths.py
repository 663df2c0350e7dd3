"""Paths that the environment determines: the cache, the home, programs, and the configuration files."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from credhelper.paths import (
    SYSTEM_SETTINGS,
    absolute_path_entries,
    aws_config_files,
    cache_directory,
    expand,
    home_directory,
)


@pytest.mark.parametrize(
    ("environ", "directory"),
    [
        ({"HOME": "/home/one"}, "/home/one/.cache/credhelper"),
        ({"HOME": "/home/one/"}, "/home/one/.cache/credhelper"),
        ({"HOME": "/"}, "/.cache/credhelper"),
        ({"HOME": ""}, None),
        ({"HOME": "relative"}, None),
        ({"HOME": "/home/one", "XDG_CACHE_HOME": "/cache"}, "/cache/credhelper"),
        ({"HOME": "/home/one", "XDG_CACHE_HOME": "relative"}, "/home/one/.cache/credhelper"),
        ({"HOME": "/home/one", "XDG_CACHE_HOME": ""}, "/home/one/.cache/credhelper"),
        ({"HOME": "/home/one", "AWS_ECR_CACHE_DIR": "/ecr"}, "/ecr"),
        ({"HOME": "/home/one", "AWS_ECR_CACHE_DIR": "~/.ecr"}, "/home/one/.ecr"),
        ({"HOME": "/home/one", "AWS_ECR_CACHE_DIR": "."}, None),
        ({"HOME": "/home/one", "AWS_ECR_CACHE_DIR": ""}, "/home/one/.cache/credhelper"),
        ({"HOME": "/home/one", "AWS_ECR_DISABLE_CACHE": "false"}, None),
        ({"HOME": "/home/one", "AWS_ECR_DISABLE_CACHE": ""}, "/home/one/.cache/credhelper"),
    ],
)
def test_the_cache_directory_is_absolute_if_there_is_one(environ: dict[str, str], directory: str | None) -> None:
    assert cache_directory(environ) == directory


def test_without_the_variable_home_the_cache_is_in_the_home_of_the_user(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("HOME")
    assert cache_directory({}) == f"{Path(os.path.expanduser('~'))}/.cache/credhelper"  # noqa: PTH111


@pytest.mark.parametrize(
    ("path", "expected"),
    [
        *(
            (path, "/usr/bin:/bin")
            for path in (":/usr/bin:/bin", "/usr/bin:/bin:", "/usr/bin::/bin", ".:/usr/bin:/bin")
        ),
        *((path, "/usr/bin:/bin") for path in ("bin:/usr/bin:./x:/bin", "~/bin:/usr/bin:$HOME/bin:/bin")),
        *((path, os.defpath) for path in ("", ":", ".", "bin")),
    ],
)
def test_programs_are_searched_for_in_absolute_directories(path: str, expected: str) -> None:
    assert absolute_path_entries({"PATH": path}) == expected


@pytest.mark.parametrize("value", ["", ".", "~", "home/one"])
def test_a_home_that_is_not_absolute_is_ignored(value: str) -> None:
    assert home_directory({"HOME": value}) is None
    assert expand("~/file", {"HOME": value}) == "~/file"


def test_without_a_home_no_file_below_it_is_consulted() -> None:
    assert aws_config_files({"HOME": "~"}) == [SYSTEM_SETTINGS, "/etc/boto.cfg"]


@pytest.mark.parametrize("name", ["BOTO_CONFIG", "AWS_CA_BUNDLE", "AWS_WEB_IDENTITY_TOKEN_FILE", "AWS_CONFIG_FILE"])
@pytest.mark.parametrize("value", ["here", "./here", "../here", "~"])
def test_a_relative_file_is_not_consulted_since_it_is_never_read(name: str, value: str) -> None:
    assert all(path.startswith("/") for path in aws_config_files({"HOME": "/home/one", name: value}))


@pytest.mark.parametrize("value", ["$X/config", "~somebody/config"])
def test_a_path_that_botocore_expands_is_consulted_unchanged(value: str) -> None:
    assert value in aws_config_files({"HOME": "/home/one", "AWS_CONFIG_FILE": value})
