"""What the settings say of hosts that are not ECR's."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from credhelper.errors import HelperError
from credhelper.logins.keyrings import KINDS
from credhelper.settings import Settings
from credhelper.settings.combine import merge
from credhelper.settings.document import parse


def settings(*texts: str) -> Settings:
    return merge(parse(f"file {number}", text.encode()) for number, text in enumerate(texts))


def fault(*texts: str) -> HelperError:
    with pytest.raises(HelperError) as caught:
        settings(*texts)
    return caught.value


def helper(said: Settings, host: str) -> str:
    found = said.find_delegate(host)
    return found.helper if found else ""


def test_without_a_word_nothing_is_said() -> None:
    assert Settings().logins == settings("").logins
    assert Settings().find_delegate("ghcr.io") is None


@pytest.mark.parametrize("kind", [*KINDS, "keyrings.alt.file.PlaintextKeyring"])
def test_each_kind_of_keyring_can_be_named_and_so_can_a_class(kind: str) -> None:
    said = settings(f'[logins]\nkeyring = "{kind}"\n').logins
    assert said.keyring == kind


@pytest.mark.parametrize("text", ['"gnome"', '""', '"a/b.c"', '".file"', '"file."', "true", '["file"]'])
def test_anything_else_is_no_keyring(text: str) -> None:
    assert fault(f"[logins]\nkeyring = {text}\n").message.startswith("file 0, line 2: keyring must be ")


def test_the_user_s_word_wins_key_by_key() -> None:
    user, machine = '[logins]\nkeyring = "pass"\n', '[logins]\nkeyring = "file"\nkey_file = "/etc/key"\n'
    said = settings(user, f"{machine}[tokens]\nkeyring = true\n").logins
    assert (said.keyring, said.key_file, said.store_tokens) == ("pass", "/etc/key", True)


def test_the_user_can_take_the_machine_s_word_back() -> None:
    assert not settings("[tokens]\nkeyring = false\n", "[tokens]\nkeyring = true\n").logins.store_tokens


def test_a_delegate_without_a_pattern_is_for_all_hosts() -> None:
    said = settings('[[delegate]]\nhelper = "gcr"\n')
    assert {helper(said, host) for host in ("ghcr.io", "index.docker.io", "[::1]:5000", "a_b:1")} == {"gcr"}


def test_the_first_delegate_that_matches_is_asked() -> None:
    said = settings(
        '[[delegate]]\nhelper = "gcr"\nmatch = ["gcr.io", "*.pkg.dev"]\n', '[[delegate]]\nhelper = "pass"\n'
    )
    hosts = ("gcr.io", "eu.pkg.dev", "pkg.dev", "xgcr.io", "gcr.io:5000")
    assert [helper(said, host) for host in hosts] == ["gcr", "gcr", "pass", "pass", "pass"]


def test_an_address_can_be_matched() -> None:
    said = settings('[[delegate]]\nhelper = "gcr"\nmatch = "[::1]:*"\n')
    assert [helper(said, host) for host in ("[::1]:5000", ":", "1")] == ["gcr", "", ""]


@pytest.mark.parametrize("name", ["", "a/b", "../x", "a b", "-x", "x" * 65])
def test_a_name_that_would_be_another_program_s_path_is_none(name: str) -> None:
    assert "line 2: helper must be " in fault(f"[[delegate]]\nhelper = {name!r}\n").message


@pytest.mark.parametrize(
    ("table", "id", "words"),
    [
        ('helper = "ecr"', "settings-contradictory", "itself"),
        ('match = "gcr.io"', "settings-bad-value", "no `helper`"),
        ('helper = "gcr"\nmatch = "https://gcr.io"', "settings-bad-value", "no host or pattern"),
        ('helper = "gcr"\nmatch = "GCR.io"', "settings-bad-value", "no host or pattern"),
        ('helper = "gcr"\nmatch = "*a*b*c*d*"', "settings-bad-value", "wildcards"),
        ('helper = "gcr"\nmatch = "public.ecr.aws"', "settings-bad-value", "a registry of ECR"),
        ('helper = "gcr"\nmatch = []', "settings-bad-value", "match must be"),
        ('helper = "gcr"\nhepler = "x"', "settings-unknown-key", "of a delegate; helper is one"),
    ],
)
def test_what_is_no_delegate_is_told(table: str, id: str, words: str) -> None:  # noqa: A002
    told = fault(f"[[delegate]]\n{table}\n")
    assert told.id == id
    assert words in told.message


def test_a_delegate_that_is_never_reached_is_told_within_one_file() -> None:
    first, second = '[[delegate]]\nhelper = "pass"\n', '[[delegate]]\nhelper = "gcr"\nmatch = "gcr.io"\n'
    assert "never reached" in fault(first + second).message
    assert helper(settings(first, second), "gcr.io") == "pass"


def test_a_key_that_is_none_is_told_with_its_table() -> None:
    assert "keyrign is no setting of [logins]; keyring is one" in fault("[logins]\nkeyrign = 'file'\n").message


@given(st.text(max_size=40), st.text(max_size=40))
def test_any_pattern_and_any_host_match_or_are_refused(pattern: str, host: str) -> None:
    try:
        said = settings(f'[[delegate]]\nhelper = "gcr"\nmatch = {toml(pattern)}\n')
    except HelperError:
        return
    assert helper(said, host) in ("gcr", "")


def toml(text: str) -> str:
    return '"' + "".join(f"\\U{ord(letter):08x}" for letter in text if not 0xD800 <= ord(letter) < 0xE000) + '"'
