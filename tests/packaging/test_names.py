"""Nothing that is shipped installs credhelper by its name: on a package index the name may be a stranger's."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PLACES = (".ci", "credhelper", "docs", "packaging", "tests", "README.md", "CHANGELOG.md", "pyproject.toml")
NAME = r"(?<![\w/.@-])credhelper(?![\w/.-])"  # by itself, and not in a path or in the name of a file
COMMAND = r"\b(?:pip[\d.]*|uv|poetry|pdm|conda|easy_install)\b"
REST = r"(?:\\\n|[^\n;|`])*?"  # of a command
BY_NAME = re.compile(
    rf"{COMMAND}{REST}\b(?:install|add|wheel|download|run)\b{REST}{NAME}"  # pip install
    rf"|\b(?:pipx|uvx)\b"
    rf"|{NAME} *(?:\[[\w, -]*\])? *(?:[=~<>!]=|[<>])[ \w.$\"']"  # a requirement
)


def files() -> list[Path]:
    found = [path for place in PLACES for path in (ROOT / place, *(ROOT / place).rglob("*"))]
    return [path for path in found if path.is_file() and "__pycache__" not in path.parts and path != Path(__file__)]


def test_no_file_installs_the_package_by_its_name() -> None:
    texts = {path: path.read_bytes().decode("utf-8", "replace") for path in files()}
    found = {str(path.relative_to(ROOT)): BY_NAME.findall(text) for path, text in texts.items() if BY_NAME.search(text)}
    assert found == {}


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
    assert BY_NAME.search(text)


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
    assert not BY_NAME.search(text)
