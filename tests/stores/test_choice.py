"""Which keyring is chosen where others have registered theirs with keyring."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from tests.contract.process import parse_error
from tests.stores import bus
from tests.stores.client import SECRET, erase, failure, get, is_kept, is_nobody, secret, store
from tests.stores.overlay import Overlay

if TYPE_CHECKING:
    from collections.abc import Mapping

STRANGER = "stranger.Keyring"
NULL = "keyring.backends.null.Keyring"


@pytest.fixture(scope="module")
def overlay(tmp_path_factory: pytest.TempPathFactory) -> Overlay:
    """An environment with a distribution that offers keyring a backend of the highest priority."""
    made = Overlay(tmp_path_factory.mktemp("overlay"))
    shutil.copy(Path(__file__).with_name("stranger.py"), made.added)
    made.register("stranger", STRANGER)
    return made


@pytest.fixture
def beside(overlay: Overlay) -> Mapping[str, str]:
    """The variables by which the helper is that of this environment."""
    return {"PATH": overlay.path}


def was_asked(home: Path) -> bool:
    """Whether the stranger has a login."""
    return (home / "stranger").exists()


def test_keyring_itself_would_choose_the_stranger(overlay: Overlay) -> None:
    assert overlay.chosen_by_keyring() == STRANGER


def test_a_backend_that_others_have_registered_is_not_chosen(beside: Mapping[str, str], home: Path) -> None:
    assert is_kept(store(**beside))
    assert not was_asked(home)


def test_nor_is_it_where_the_session_s_bus_is_silent(beside: Mapping[str, str], home: Path) -> None:
    with bus.silent() as silent:
        assert failure(store(**beside, **silent)) == "keyring-missing"
    assert not was_asked(home)


def test_nor_is_it_where_keyringrc_names_it(overlay: Overlay, beside: Mapping[str, str], home: Path) -> None:
    folder = home / ".config" / "python_keyring"
    folder.mkdir(parents=True)
    (folder / "keyringrc.cfg").write_text(f"[backend]\ndefault-keyring = {STRANGER}\nkeyring-path = {overlay.added}\n")
    assert is_kept(store(**beside))
    assert not was_asked(home)


def test_it_is_where_the_environment_names_it(beside: Mapping[str, str], home: Path) -> None:
    named = {**beside, "PYTHON_KEYRING_BACKEND": STRANGER}
    assert is_kept(store(**named))
    assert was_asked(home)
    assert secret(**named) == SECRET
    assert is_kept(erase(**named))
    assert is_nobody(get(**named))


def test_the_settings_are_asked_before_the_environment(beside: Mapping[str, str], home: Path) -> None:
    folder = home / ".config" / "credhelper"
    folder.mkdir(parents=True)
    (folder / "config.toml").write_text('[logins]\nkeyring = "file"\n')
    assert is_kept(store(**beside, PYTHON_KEYRING_BACKEND=STRANGER))
    assert not was_asked(home)


def test_a_login_is_found_where_it_was_stored_when_another_keyring_is_named(beside: Mapping[str, str]) -> None:
    store(**beside, PYTHON_KEYRING_BACKEND=STRANGER)
    assert secret(**beside) == SECRET


def test_what_a_backend_prints_does_not_reach_the_client(overlay: Overlay, beside: Mapping[str, str]) -> None:
    (overlay.added / "loud.py").write_text(
        "import os\nprint('loud' * 9999)\nos.system('echo loud')\nfrom stranger import *\n"
    )
    named = {**beside, "PYTHON_KEYRING_BACKEND": "loud.Keyring"}
    assert is_kept(store(**named))
    assert secret(**named) == SECRET


@pytest.mark.parametrize("raised", ["SystemExit(0)", "KeyboardInterrupt()"])
def test_a_backend_that_would_end_the_program_costs_a_sentence(
    overlay: Overlay, beside: Mapping[str, str], raised: str
) -> None:
    (overlay.added / "leaving.py").write_text(f"raise {raised}\n")
    assert failure(store(**beside, PYTHON_KEYRING_BACKEND="leaving.Keyring")) == "keyring-missing"


def test_a_backend_that_keeps_nothing_is_refused() -> None:
    done = store(PYTHON_KEYRING_BACKEND=NULL)
    assert failure(done) == "keyring-failed"
    assert "did not keep" in parse_error(done)
    assert is_nobody(get(PYTHON_KEYRING_BACKEND=NULL))


@pytest.mark.parametrize("name", ["nowhere.Keyring", "stranger", "stranger.Nothing", "os.path"])
def test_a_backend_that_is_none_is_told(beside: Mapping[str, str], name: str) -> None:
    assert failure(store(**beside, PYTHON_KEYRING_BACKEND=name)) == "keyring-missing"


def test_keyring_s_own_backend_for_nothing_at_all_is_told() -> None:
    assert failure(store(PYTHON_KEYRING_BACKEND="keyring.backends.fail.Keyring")) == "keyring-failed"


@pytest.mark.parametrize("address", ["unix:path=bus", "unix:guid=1,path=./bus", "tcp:host=x;unix:path=bus"])
def test_no_bus_of_the_working_folder_is_sent_a_login(address: str) -> None:
    done = store(DBUS_SESSION_BUS_ADDRESS=address)
    assert failure(done) == "path-relative"
    assert "DBUS_SESSION_BUS_ADDRESS is not an absolute path" in parse_error(done)
