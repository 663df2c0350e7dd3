"""The choice of the keyring when other distributions have registered backends with keyring."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from tests.keyrings import bus
from tests.keyrings.client import SECRET, erase, get, get_secret, is_not_found, is_success, parse_error_id, store
from tests.keyrings.overlay import Overlay
from tests.support.runner import parse_error

if TYPE_CHECKING:
    from collections.abc import Mapping

OTHER_BACKEND = "other_helper.Keyring"
NULL = "keyring.backends.null.Keyring"


@pytest.fixture(scope="module")
def overlay(tmp_path_factory: pytest.TempPathFactory) -> Overlay:
    """Return an environment with a distribution that offers keyring a backend of the highest priority."""
    overlay = Overlay(tmp_path_factory.mktemp("overlay"))
    shutil.copy(Path(__file__).with_name("other_helper.py"), overlay.packages)
    overlay.register("other_helper", OTHER_BACKEND)
    return overlay


@pytest.fixture
def overlay_variables(overlay: Overlay) -> Mapping[str, str]:
    """Return the variables that select the helper of this environment."""
    return {"PATH": overlay.path}


def was_used(home: Path) -> bool:
    """Return whether the other backend has a login."""
    return (home / "other_helper").exists()


def test_keyring_itself_would_choose_the_other_backend(overlay: Overlay) -> None:
    assert overlay.find_default_backend() == OTHER_BACKEND


def test_a_backend_that_others_have_registered_is_not_chosen(overlay_variables: Mapping[str, str], home: Path) -> None:
    assert is_success(store(**overlay_variables))
    assert not was_used(home)


def test_the_other_backend_is_not_chosen_if_the_session_bus_is_silent(
    overlay_variables: Mapping[str, str], home: Path
) -> None:
    with bus.start_silent() as bus_variables:
        assert parse_error_id(store(**overlay_variables, **bus_variables)) == "keyring-missing"
    assert not was_used(home)


def test_the_other_backend_is_not_chosen_if_keyringrc_names_it(
    overlay: Overlay, overlay_variables: Mapping[str, str], home: Path
) -> None:
    directory = home / ".config" / "python_keyring"
    directory.mkdir(parents=True)
    (directory / "keyringrc.cfg").write_text(
        f"[backend]\ndefault-keyring = {OTHER_BACKEND}\nkeyring-path = {overlay.packages}\n"
    )
    assert is_success(store(**overlay_variables))
    assert not was_used(home)


def test_the_other_backend_is_chosen_if_the_environment_names_it(
    overlay_variables: Mapping[str, str], home: Path
) -> None:
    variables = {**overlay_variables, "PYTHON_KEYRING_BACKEND": OTHER_BACKEND}
    assert is_success(store(**variables))
    assert was_used(home)
    assert get_secret(**variables) == SECRET
    assert is_success(erase(**variables))
    assert is_not_found(get(**variables))


def test_the_settings_take_precedence_over_the_environment(overlay_variables: Mapping[str, str], home: Path) -> None:
    directory = home / ".config" / "credhelper"
    directory.mkdir(parents=True)
    (directory / "config.toml").write_text('[logins]\nkeyring = "file"\n')
    assert is_success(store(**overlay_variables, PYTHON_KEYRING_BACKEND=OTHER_BACKEND))
    assert not was_used(home)


def test_a_login_is_found_where_it_was_stored_when_another_keyring_is_named(
    overlay_variables: Mapping[str, str],
) -> None:
    store(**overlay_variables, PYTHON_KEYRING_BACKEND=OTHER_BACKEND)
    assert get_secret(**overlay_variables) == SECRET


def test_the_output_of_a_backend_does_not_reach_the_client(
    overlay: Overlay, overlay_variables: Mapping[str, str]
) -> None:
    (overlay.packages / "loud.py").write_text(
        "import os\nprint('loud' * 9999)\nos.system('echo loud')\nfrom other_helper import *\n"
    )
    variables = {**overlay_variables, "PYTHON_KEYRING_BACKEND": "loud.Keyring"}
    assert is_success(store(**variables))
    assert get_secret(**variables) == SECRET


@pytest.mark.parametrize("exception", ["SystemExit(0)", "KeyboardInterrupt()"])
def test_a_backend_that_would_end_the_program_is_reported(
    overlay: Overlay, overlay_variables: Mapping[str, str], exception: str
) -> None:
    (overlay.packages / "leaving.py").write_text(f"raise {exception}\n")
    assert parse_error_id(store(**overlay_variables, PYTHON_KEYRING_BACKEND="leaving.Keyring")) == "keyring-missing"


def test_a_backend_that_keeps_nothing_is_refused() -> None:
    result = store(PYTHON_KEYRING_BACKEND=NULL)
    assert parse_error_id(result) == "keyring-failed"
    assert "did not store the login" in parse_error(result)
    assert is_not_found(get(PYTHON_KEYRING_BACKEND=NULL))


@pytest.mark.parametrize("name", ["nowhere.Keyring", "other_helper", "other_helper.Nothing", "os.path"])
def test_an_invalid_backend_is_reported(overlay_variables: Mapping[str, str], name: str) -> None:
    assert parse_error_id(store(**overlay_variables, PYTHON_KEYRING_BACKEND=name)) == "keyring-missing"


def test_the_fail_backend_of_keyring_is_reported() -> None:
    assert parse_error_id(store(PYTHON_KEYRING_BACKEND="keyring.backends.fail.Keyring")) == "keyring-failed"


@pytest.mark.parametrize("address", ["unix:path=bus", "unix:guid=1,path=./bus", "tcp:host=x;unix:path=bus"])
def test_no_login_is_sent_to_a_bus_in_the_working_directory(address: str) -> None:
    result = store(DBUS_SESSION_BUS_ADDRESS=address)
    assert parse_error_id(result) == "path-relative"
    assert "DBUS_SESSION_BUS_ADDRESS is not an absolute path" in parse_error(result)
