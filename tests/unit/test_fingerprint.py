"""Fingerprints: each change of a variable, a file, the boot or the network that an answer depends on is detected."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from credhelper import fingerprint
from credhelper.paths import aws_config_files

IDENTITY_VARIABLES = [
    *("HOME", "XDG_CONFIG_HOME", "REQUESTS_CA_BUNDLE", "BOTO_CONFIG", "BOTOCORE_EXPERIMENTAL__PLUGINS"),
    *("AWS_PROFILE", "AWS_DEFAULT_PROFILE", "AWS_ACCESS_KEY_ID", "AWS_ROLE_ARN", "AWS_ROLE_SESSION_NAME"),
    *("AWS_WEB_IDENTITY_TOKEN_FILE", "AWS_CONFIG_FILE", "AWS_SHARED_CREDENTIALS_FILE", "AWS_CA_BUNDLE"),
    *("AWS_CONTAINER_CREDENTIALS_RELATIVE_URI", "AWS_CONTAINER_CREDENTIALS_FULL_URI", "AWS_ENDPOINT_URL"),
    *("AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE", "AWS_ENDPOINT_URL_ECR", "AWS_ENDPOINT_URL_STS", "AWS_REGION"),
    *("AWS_EC2_METADATA_DISABLED", "AWS_EC2_METADATA_SERVICE_ENDPOINT", "AWS_USE_FIPS_ENDPOINT"),
    *("AWS_SOMETHING_NEW", "CREDHELPER_CONFIG", "CREDHELPER_SOMETHING_NEW"),
    *("HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "NO_PROXY", "http_proxy", "https_proxy", "all_proxy", "no_proxy"),
]
IGNORED_VARIABLES = [
    "AWS_PAGER",
    "AWS_ECR_CACHE_DIR",
    "CREDHELPER_DEBUG",
    "CREDHELPER_TIMEOUT",
    "AWS_MAX_ATTEMPTS",
    "TERM",
    "PATH",
]

texts = st.text(st.characters(exclude_characters="\0"))


@pytest.mark.parametrize("name", IDENTITY_VARIABLES)
def test_a_change_of_a_selecting_variable_is_detected(name: str) -> None:
    results = {fingerprint.read_variables(environ) for environ in ({}, {name: ""}, {name: "a"}, {name: "b"})}
    assert len(results) == 4


@pytest.mark.parametrize("name", IGNORED_VARIABLES)
def test_a_variable_that_selects_nothing_is_ignored(name: str) -> None:
    assert fingerprint.read_variables({name: "a"}) == (b"", b"")


environments = st.dictionaries(st.sampled_from(IDENTITY_VARIABLES), texts)


@given(environments, environments)
def test_two_environments_have_the_same_fingerprint_only_if_they_are_equal(
    one: dict[str, str], two: dict[str, str]
) -> None:
    assert (fingerprint.read_variables(one) == fingerprint.read_variables(two)) == (one == two)


@given(st.binary(), st.binary())
def test_a_checksum_is_sixteen_digits_and_distinguishes_texts(one: bytes, two: bytes) -> None:
    assert len(fingerprint.checksum(one)) == 16
    assert (fingerprint.checksum(one) == fingerprint.checksum(two)) == (one == two)


def observe_file(path: Path) -> bytes:
    return fingerprint.observe(b"file", os.fsencode(path), {})


def is_unchanged(dependency: bytes) -> bool:
    return fingerprint.is_unchanged(dependency, {})


def test_a_file_that_is_left_alone_is_unchanged(tmp_path: Path) -> None:
    (tmp_path / "config").write_text("one")
    assert is_unchanged(observe_file(tmp_path / "config"))


def test_an_edit_that_keeps_the_size_and_the_time_is_a_change(tmp_path: Path) -> None:
    path = tmp_path / "config"
    path.write_text("one")
    dependency, original_stat = observe_file(path), path.stat()
    path.write_text("two")
    os.utime(path, ns=(original_stat.st_atime_ns, original_stat.st_mtime_ns))
    assert path.stat().st_mtime_ns == original_stat.st_mtime_ns
    assert path.stat().st_ctime_ns != original_stat.st_ctime_ns, "the test was faster than the file system's clock"
    assert not is_unchanged(dependency)


def test_a_file_that_appears_is_a_change(tmp_path: Path) -> None:
    dependency = observe_file(tmp_path / "config")
    assert is_unchanged(dependency)
    (tmp_path / "config").write_text("one")
    assert not is_unchanged(dependency)


def test_a_file_that_disappears_is_a_change(tmp_path: Path) -> None:
    (tmp_path / "config").write_text("one")
    dependency = observe_file(tmp_path / "config")
    (tmp_path / "config").unlink()
    assert not is_unchanged(dependency)


def test_a_link_that_is_redirected_to_another_file_is_a_change(tmp_path: Path) -> None:
    for name in ("one", "two"):
        (tmp_path / name).write_text("same")
    (tmp_path / "link").symlink_to("one")
    dependency = observe_file(tmp_path / "link")
    (tmp_path / "link").unlink()
    (tmp_path / "link").symlink_to("two")
    assert not is_unchanged(dependency)


def test_a_path_with_a_nul_is_not_a_file() -> None:
    assert is_unchanged(fingerprint.observe(b"file", b"a\0b", {}))


def test_another_boot_is_a_change() -> None:
    dependency = fingerprint.observe(b"boot", b"", {})
    assert is_unchanged(dependency)
    assert not is_unchanged(dependency[:-1] + b"x")


def test_another_network_namespace_is_a_change() -> None:
    dependency = fingerprint.observe(b"network", b"", {})
    assert is_unchanged(dependency)
    assert not is_unchanged(dependency.replace(b"[", b"[1"))


def test_one_more_variable_can_be_a_dependency() -> None:
    dependency = fingerprint.observe(b"variable", b"PATH", {"PATH": "/bin"})
    assert fingerprint.is_unchanged(dependency, {"PATH": "/bin"})
    assert not fingerprint.is_unchanged(dependency, {"PATH": "/usr/bin"})
    assert not fingerprint.is_unchanged(dependency, {})


@given(st.binary())
def test_any_bytes_are_changed_or_unchanged(line: bytes) -> None:
    assert fingerprint.is_unchanged(line, {}) in (True, False)


@pytest.mark.parametrize(
    "name",
    [
        *("CREDHELPER_CONFIG", "AWS_CONFIG_FILE", "AWS_SHARED_CREDENTIALS_FILE", "AWS_CREDENTIAL_FILE", "BOTO_CONFIG"),
        *(
            "AWS_CA_BUNDLE",
            "REQUESTS_CA_BUNDLE",
            "AWS_WEB_IDENTITY_TOKEN_FILE",
            "AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE",
        ),
    ],
)
def test_a_file_that_a_variable_names_is_consulted(name: str) -> None:
    assert "/some/file" in aws_config_files({"HOME": "/home/someone", name: "/some/file"})
    assert "/home/someone/file" in aws_config_files({"HOME": "/home/someone", name: "~/file"})


def test_the_usual_files_are_consulted_whether_they_exist_or_not() -> None:
    assert aws_config_files({"HOME": "/home/someone"}) == [
        "/home/someone/.config/credhelper/config.toml",
        "/etc/credhelper/config.toml",
        "/home/someone/.aws/config",
        "/home/someone/.aws/credentials",
        "/etc/boto.cfg",
        "/home/someone/.boto",
    ]
