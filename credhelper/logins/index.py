"""The login index: a file in the data directory that lists the servers that have a login. It contains no secret.

The keyring library cannot list the logins in a keyring, and a query takes longer than the rest of an answer. The index
is therefore written before a login is stored and after one is erased: a login that it does not list does not exist, and
one that it lists may exist.

    credhelper logins 2
    KEYRING                         the keyring that the first `store` selected
    whole | part                    whether it lists every login; "part" if some may be older than the index
    FORM <tab> KEYRING              a server and the keyring of its login, a line each, in the order of storing
    CHECKSUM                        of all lines above: a truncated index would hide logins

Version 1, which had no checksum, is read too; the next write replaces it.
"""

from __future__ import annotations

from typing import NamedTuple

from credhelper.errors import HelperError
from credhelper.fingerprint import checksum
from credhelper.logins.server_forms import equivalence_key, normalize_form
from credhelper.private_file import read_private_file
from credhelper.system import atomic, private_dir

FILE_NAME = "index"
PRIVATE_FILE_NAME = "logins"  # the private file (backends/file.py), beside the index
_MAGIC, _FORMAT_WITHOUT_CHECKSUM = "credhelper logins 2", "credhelper logins 1"
_COMPLETENESS = "whole", "part"
_MAX_SIZE = 1 << 24  # bytes; a line has about 40


class Location(NamedTuple):
    """The location of a login: the form under which it was stored, and the keyring (choice.py)."""

    form: str
    keyring: str


class IndexContents(NamedTuple):
    """The locations of all logins, in the order of storing.

    `keyring` is the keyring that was selected for the first one. `is_complete` means that there are no other logins.
    """

    locations: tuple[Location, ...] = ()
    keyring: str = ""
    is_complete: bool = True

    def find_locations(self, form: str) -> list[Location]:
        """Return where the login for `form` may be, the likeliest location first.

        The exact form comes first, then the other forms of the same server, of which the last one stored comes first.
        """
        key = equivalence_key(form)
        equivalents = [
            location
            for location in reversed(self.locations)
            if location.form == form or equivalence_key(location.form) == key
        ]
        return sorted(equivalents, key=lambda location: location.form != form)

    def list_forms(self) -> list[str]:
        """Return each form once."""
        return list(dict.fromkeys(location.form for location in self.locations))

    def group_by_form(self) -> list[list[Location]]:
        """Return the locations of each form, the likeliest first."""
        return [
            [location for location in reversed(self.locations) if location.form == form] for form in self.list_forms()
        ]

    def with_location(self, location: Location) -> IndexContents:
        """Return the index with one more location, as the last one stored."""
        locations = (*(other for other in self.locations if other != location), location)
        return self._replace(locations=locations, keyring=self.keyring or location.keyring)

    def without_locations(self, *locations: Location) -> IndexContents:
        """Return the index without these locations."""
        return self._replace(locations=tuple(location for location in self.locations if location not in locations))


def read(directory: str) -> IndexContents | None:
    """Return the index in `directory`, or None if it is missing.

    Raises ValueError, with a clause that states the reason, if the file may be another user's or is not intact.
    """
    path = f"{directory}/{FILE_NAME}"
    try:
        if private_dir.is_missing(path):
            return None
    except OSError as error:
        raise ValueError(f"it cannot be read: {error.strerror}") from error
    data = read_private_file(path, _MAX_SIZE)
    if data is None:
        raise ValueError("it is not a file that only you can read and write")
    try:
        return _parse(data.decode("ascii"))
    except (ValueError, TypeError, HelperError):
        raise ValueError("it is incomplete, was edited, or has another version") from None


def _parse(text: str) -> IndexContents:
    magic, keyring, completeness, *lines = _verify_checksum(text).split("\n")
    locations = tuple(Location(*line.split("\t")) for line in lines)
    if magic not in (_MAGIC, _FORMAT_WITHOUT_CHECKSUM) or completeness not in _COMPLETENESS:
        raise ValueError
    if not all(location.keyring and normalize_form(location.form) == location.form for location in locations):
        raise ValueError
    return IndexContents(locations, keyring, completeness == _COMPLETENESS[0])


def _verify_checksum(text: str) -> str:
    """Return the lines of an index without the final newline and the checksum. Raises ValueError."""
    lines, last_line, rest = text.rpartition("\n")
    if not last_line or rest:
        raise ValueError
    if lines.startswith(f"{_FORMAT_WITHOUT_CHECKSUM}\n"):
        return lines
    lines, _, stored_checksum = lines.rpartition("\n")
    if stored_checksum != checksum(lines.encode("ascii")):
        raise ValueError
    return lines


def write(directory: str, contents: IndexContents) -> None:
    """Write the index; the caller holds its lock. Raises OSError."""
    lines = [
        _MAGIC,
        contents.keyring,
        _COMPLETENESS[0 if contents.is_complete else 1],
        *("\t".join(location) for location in contents.locations),
    ]
    data = "\n".join(lines).encode("ascii")
    atomic.write(f"{directory}/{FILE_NAME}", b"%s\n%s\n" % (data, checksum(data).encode("ascii")), durable=True)
