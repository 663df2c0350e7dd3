"""The index of logins: its entries, and its file."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from credhelper.logins import index
from credhelper.logins.index import IndexContents, Location

if TYPE_CHECKING:
    from pathlib import Path

LOCATIONS = st.builds(
    Location,
    st.from_regex(r"(https?://)?[a-zA-Z][a-zA-Z0-9.-]{0,20}(/[!-~]{0,20})?", fullmatch=True),
    st.sampled_from(["file", "secret-service", "keyring.backends.null.Keyring"]),
)


@pytest.fixture
def directory(tmp_path: Path) -> str:
    tmp_path.chmod(0o700)
    return str(tmp_path)


def test_without_a_file_there_is_no_index(directory: str) -> None:
    assert index.read(directory) is None


@settings(max_examples=25)  # each example waits for the disk
@given(locations=st.lists(LOCATIONS, unique=True), keyring=st.sampled_from(["", "file"]), is_complete=st.booleans())
def test_an_index_is_read_back_as_it_was_written(
    tmp_path_factory: pytest.TempPathFactory, locations: list[Location], keyring: str, *, is_complete: bool
) -> None:
    directory = str(tmp_path_factory.mktemp("data"))
    original = IndexContents(tuple(locations), keyring, is_complete)
    index.write(directory, original)
    assert index.read(directory) == original


@given(st.binary(max_size=100))
def test_any_bytes_are_an_index_or_an_error(tmp_path_factory: pytest.TempPathFactory, data: bytes) -> None:
    path = tmp_path_factory.mktemp("data") / "index"
    path.write_bytes(data)
    path.chmod(0o600)
    with pytest.raises(ValueError, match=r"^it is "):
        index.read(str(path.parent))


@pytest.mark.parametrize("mode", [0o644, 0o660, 0o602])
def test_an_index_that_others_may_read_or_write_is_refused(directory: str, tmp_path: Path, mode: int) -> None:
    index.write(directory, IndexContents())
    (tmp_path / "index").chmod(mode)
    with pytest.raises(ValueError, match="only you"):
        index.read(directory)


def test_a_link_to_an_index_is_refused(directory: str, tmp_path: Path) -> None:
    index.write(directory, IndexContents())
    (tmp_path / "index").rename(tmp_path / "elsewhere")
    (tmp_path / "index").symlink_to("elsewhere")
    with pytest.raises(ValueError, match="only you"):
        index.read(directory)


def test_a_truncated_index_is_refused(directory: str, tmp_path: Path) -> None:
    index.write(directory, IndexContents((Location("ghcr.io", "file"),), "file"))
    content = (tmp_path / "index").read_bytes()
    (tmp_path / "index").write_bytes(content[:-3])
    with pytest.raises(ValueError, match="incomplete"):
        index.read(directory)


@pytest.mark.parametrize(
    "line", [b"http://\tfile", b"ghcr.io file", b"ghcr.io\t", b"\tfile", b"a\tfile\tb", b"\xff\tfile", b" a\tfile"]
)
def test_an_index_with_an_invalid_line_is_refused(directory: str, tmp_path: Path, line: bytes) -> None:
    index.write(directory, IndexContents((Location("quay.io", "file"),), "file"))
    path = tmp_path / "index"
    path.write_bytes(path.read_bytes() + line + b"\n")
    with pytest.raises(ValueError, match="edited"):
        index.read(directory)


def test_the_exact_form_is_found_first_and_then_the_others_from_last_to_first() -> None:
    forms = ("ghcr.io", "https://ghcr.io", "quay.io", "ghcr.io:443")
    login_index = IndexContents(tuple(Location(form, "file") for form in forms))
    assert [location.form for location in login_index.find_locations("https://ghcr.io")] == [
        "https://ghcr.io",
        "ghcr.io:443",
        "ghcr.io",
    ]
    assert [location.form for location in login_index.find_locations("GHCR.io")] == [
        "ghcr.io:443",
        "https://ghcr.io",
        "ghcr.io",
    ]


def test_a_login_that_is_stored_again_becomes_the_last_one() -> None:
    login_index = (
        IndexContents()
        .with_location(Location("ghcr.io", "file"))
        .with_location(Location("quay.io", "pass"))
        .with_location(Location("ghcr.io", "file"))
    )
    assert login_index.locations == (Location("quay.io", "pass"), Location("ghcr.io", "file"))


def test_the_first_store_chooses_the_keyring() -> None:
    assert (
        IndexContents().with_location(Location("ghcr.io", "pass")).with_location(Location("quay.io", "file")).keyring
        == "pass"
    )
