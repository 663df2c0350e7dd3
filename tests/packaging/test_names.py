"""Nothing that is shipped installs credhelper by its name: on a package index the name may be a stranger's."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PATHS = (".ci", "credhelper", "docs", "packaging", "tests", "README.md", "CHANGELOG.md", "pyproject.toml")
NAME_PATTERN = r"(?<![\w/.@-])credhelper(?![\w/.-])"  # by itself, and not in a path or in the name of a file
COMMAND_PATTERN = r"\b(?:pip[\d.]*|uv|poetry|pdm|conda|easy_install)\b"
REST_PATTERN = r"(?:\\\n|[^\n;|`])*?"  # of a command
INSTALL_BY_NAME = re.compile(
    rf"{COMMAND_PATTERN}{REST_PATTERN}\b(?:install|add|wheel|download|run)\b{REST_PATTERN}{NAME_PATTERN}"  # pip install
    rf"|\b(?:pipx|uvx)\b"
    rf"|{NAME_PATTERN} *(?:\[[\w, -]*\])? *(?:[=~<>!]=|[<>])[ \w.$\"']"  # a requirement
)


def list_files() -> list[Path]:
    paths = [path for name in PATHS for path in (ROOT / name, *(ROOT / name).rglob("*"))]
    return [path for path in paths if path.is_file() and "__pycache__" not in path.parts and path != Path(__file__)]


def test_no_file_installs_the_package_by_its_name() -> None:
    texts = {path: path.read_bytes().decode("utf-8", "replace") for path in list_files()}
    matches = {
        str(path.relative_to(ROOT)): INSTALL_BY_NAME.findall(text)
        for path, text in texts.items()
        if INSTALL_BY_NAME.search(text)
    }
    assert matches == {}


@pytest.mark.parametrize(
    "text",
    [
        "pip install credhelper",
        'python -I -m pip install -q "credhelper==$version"',
        "pip install --user \\\n  credhelper",
        "pip install 'credhelper[pass]'",
        '[pip, "install", "credhelper"]',
        "pip3.11 download credhelper",
        "uv tool install credhelper",
        "uv pip install credhelper",
        "uvx credhelper",
        "pipx run docker-credential-ecr",
        "requirement=credhelper==$2",
        "credhelper>=0.1",
    ],
)
def test_an_installation_by_name_is_recognised(text: str) -> None:
    assert INSTALL_BY_NAME.search(text)


@pytest.mark.parametrize(
    "text",
    [
        "pip install .",
        "pip install dist/credhelper-0.1.0-py3-none-any.whl",
        "/opt/credhelper/current/bin/python -m pip install keyring-pass",
        "pip install /srv/credhelper",
        "    # via credhelper (pyproject.toml:test)",
    ],
)
def test_an_installation_from_a_file_is_not_meant(text: str) -> None:
    assert not INSTALL_BY_NAME.search(text)
