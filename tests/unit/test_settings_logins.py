"""The settings for hosts that are not registries of ECR: keyrings and delegates."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from credhelper.errors import HelperError
from credhelper.logins.backends.choice import KINDS
from credhelper.settings.merge import merge
from credhelper.settings.parse import parse
from credhelper.settings.rules import Settings


def load_settings(*texts: str) -> Settings:
    return merge(parse(f"file {number}", text.encode()) for number, text in enumerate(texts))


def get_error(*texts: str) -> HelperError:
    with pytest.raises(HelperError) as excinfo:
        load_settings(*texts)
    return excinfo.value


def find_helper(settings: Settings, host: str) -> str:
    delegate = settings.find_delegate(host)
    return delegate.helper if delegate else ""


def test_without_settings_nothing_is_set() -> None:
    assert Settings().logins == load_settings("").logins
    assert Settings().find_delegate("ghcr.io") is None


@pytest.mark.parametrize("kind", [*KINDS, "keyrings.alt.file.PlaintextKeyring"])
def test_each_kind_of_keyring_can_be_named_and_so_can_a_class(kind: str) -> None:
    login_settings = load_settings(f'[logins]\nkeyring = "{kind}"\n').logins
    assert login_settings.keyring == kind


@pytest.mark.parametrize("text", ['"gnome"', '""', '"a/b.c"', '".file"', '"file."', "true", '["file"]'])
def test_any_other_value_is_not_a_keyring(text: str) -> None:
    error = get_error(f"[logins]\nkeyring = {text}\n")
    assert error.message.startswith("invalid settings: keyring must be ")
    assert error.why == "file 0, line 2"


def test_the_settings_of_the_user_win_key_by_key() -> None:
    user, machine = '[logins]\nkeyring = "pass"\n', '[logins]\nkeyring = "file"\nkey_file = "/etc/key"\n'
    login_settings = load_settings(user, f"{machine}[tokens]\nkeyring = true\n").logins
    assert (login_settings.keyring, login_settings.key_file, login_settings.store_tokens) == ("pass", "/etc/key", True)


def test_the_user_can_override_the_machine() -> None:
    assert not load_settings("[tokens]\nkeyring = false\n", "[tokens]\nkeyring = true\n").logins.store_tokens


def test_a_delegate_without_a_pattern_is_for_all_hosts() -> None:
    settings = load_settings('[[delegate]]\nhelper = "gcr"\n')
    assert {find_helper(settings, host) for host in ("ghcr.io", "index.docker.io", "[::1]:5000", "a_b:1")} == {"gcr"}


def test_the_first_delegate_that_matches_is_used() -> None:
    settings = load_settings(
        '[[delegate]]\nhelper = "gcr"\nmatch = ["gcr.io", "*.pkg.dev"]\n', '[[delegate]]\nhelper = "pass"\n'
    )
    hosts = ("gcr.io", "eu.pkg.dev", "pkg.dev", "xgcr.io", "gcr.io:5000")
    assert [find_helper(settings, host) for host in hosts] == ["gcr", "gcr", "pass", "pass", "pass"]


def test_an_address_can_be_matched() -> None:
    settings = load_settings('[[delegate]]\nhelper = "gcr"\nmatch = "[::1]:*"\n')
    assert [find_helper(settings, host) for host in ("[::1]:5000", ":", "1")] == ["gcr", "", ""]


@pytest.mark.parametrize("name", ["", "a/b", "../x", "a b", "-x", "x" * 65])
def test_a_name_that_would_be_the_path_of_another_program_is_refused(name: str) -> None:
    error = get_error(f"[[delegate]]\nhelper = {name!r}\n")
    assert error.message.startswith("invalid settings: helper must be ")
    assert error.why == "file 0, line 2"


@pytest.mark.parametrize(
    ("table", "id_", "text"),
    [
        ('helper = "ecr"', "settings-contradictory", "itself"),
        ('match = "gcr.io"', "settings-bad-value", "has no helper"),
        ('helper = "gcr"\nmatch = "https://gcr.io"', "settings-bad-value", "is not a host or a pattern"),
        ('helper = "gcr"\nmatch = "GCR.io"', "settings-bad-value", "is not a host or a pattern"),
        ('helper = "gcr"\nmatch = "*a*b*c*d*"', "settings-bad-value", "wildcards"),
        ('helper = "gcr"\nmatch = "public.ecr.aws"', "settings-bad-value", "a registry in Amazon ECR"),
        ('helper = "gcr"\nmatch = []', "settings-bad-value", "match must be"),
        ('helper = "gcr"\nhepler = "x"', "settings-unknown-key", "unknown key hepler in [[delegate]]"),
    ],
)
def test_an_invalid_delegate_is_reported(table: str, id_: str, text: str) -> None:
    error = get_error(f"[[delegate]]\n{table}\n")
    assert error.id == id_
    assert text in str(error)


def test_a_delegate_that_is_never_reached_is_reported_within_one_file() -> None:
    first, second = '[[delegate]]\nhelper = "pass"\n', '[[delegate]]\nhelper = "gcr"\nmatch = "gcr.io"\n'
    assert "is unreachable" in str(get_error(first + second))
    assert find_helper(load_settings(first, second), "gcr.io") == "pass"


def test_an_unknown_key_is_reported_with_its_table() -> None:
    assert "unknown key keyrign in [logins]" in str(get_error("[logins]\nkeyrign = 'file'\n"))


@given(st.text(max_size=40), st.text(max_size=40))
def test_any_pattern_and_any_host_match_or_are_refused(pattern: str, host: str) -> None:
    try:
        settings = load_settings(f'[[delegate]]\nhelper = "gcr"\nmatch = {quote_toml(pattern)}\n')
    except HelperError:
        return
    assert find_helper(settings, host) in ("gcr", "")


def quote_toml(text: str) -> str:
    return '"' + "".join(f"\\U{ord(letter):08x}" for letter in text if not 0xD800 <= ord(letter) < 0xE000) + '"'
