"""Which logins there are: a file in the data folder that names the servers, and holds no secret.

No keyring can tell what is in it, and asking one takes longer than answering. So the index is written before a login
is stored, and after one is erased: what it does not name is not there, and what it names may be.

    credhelper logins 2
    KEYRING                         the one that the first store chose
    whole | part                    whether it names all that was ever stored; it does not if there was one before it
    FORM <tab> KEYRING              a server, and where its login is, a line each in the order of storing
    CHECKSUM                        of all lines before: an index without its last lines would hide logins

Version 1, which had no checksum, is read too; the next write replaces it.
"""

from __future__ import annotations

from typing import NamedTuple

from credhelper import entry, private
from credhelper.errors import HelperError
from credhelper.evidence import checksum
from credhelper.logins import lasting
from credhelper.logins.server import form_of, key_of

NAME = "index"
_MAGIC, _WITHOUT_CHECKSUM = "credhelper logins 2", "credhelper logins 1"
_EXTENTS = "whole", "part"
_LARGEST = 1 << 24  # bytes; a line has some 40


class Place(NamedTuple):
    """Where a login is: the form under which it was stored, and the keyring (keyrings.py)."""

    form: str
    keyring: str


class Index(NamedTuple):
    """The places of all logins, that which was stored last at the end; the keyring that the first one chose; and
    whether there can be no others.
    """

    places: tuple[Place, ...] = ()
    keyring: str = ""
    is_whole: bool = True

    def of(self, form: str) -> list[Place]:
        """Give where the login for `form` may be, the likeliest first: the very form wins, and of the others that mean
        the same server the one that was stored last.
        """
        key = key_of(form)
        alike = [place for place in reversed(self.places) if place.form == form or key_of(place.form) == key]
        return sorted(alike, key=lambda place: place.form != form)

    def forms(self) -> list[str]:
        """Give each form once."""
        return list(dict.fromkeys(place.form for place in self.places))

    def by_form(self) -> list[list[Place]]:
        """Give the places of each form, the likeliest first."""
        return [[place for place in reversed(self.places) if place.form == form] for form in self.forms()]

    def adding(self, place: Place) -> Index:
        """Give the index with one more place, stored last."""
        places = (*(each for each in self.places if each != place), place)
        return self._replace(places=places, keyring=self.keyring or place.keyring)

    def without(self, *gone: Place) -> Index:
        """Give the index without some places."""
        return self._replace(places=tuple(place for place in self.places if place not in gone))


def read(folder: str) -> Index | None:
    """Give the index in `folder`; None where none is.

    Raises ValueError, with a clause that says why, where what is there may be another's, or is not whole.
    """
    path = f"{folder}/{NAME}"
    try:
        if private.is_missing(path):
            return None
    except OSError as error:
        raise ValueError(f"it cannot be looked at: {error.strerror}") from error
    data = entry.read_private_file(path, _LARGEST)
    if data is None:
        raise ValueError("it is not a file that only you can read and write")
    try:
        return _parse(data.decode("ascii"))
    except (ValueError, TypeError, HelperError):
        raise ValueError("it is torn, edited, or of another version") from None


def _parse(text: str) -> Index:
    magic, keyring, extent, *lines = _verified(text).split("\n")
    places = tuple(Place(*line.split("\t")) for line in lines)
    if magic not in (_MAGIC, _WITHOUT_CHECKSUM) or extent not in _EXTENTS:
        raise ValueError
    if not all(place.keyring and form_of(place.form) == place.form for place in places):
        raise ValueError
    return Index(places, keyring, extent == _EXTENTS[0])


def _verified(text: str) -> str:
    """Return the lines of an index without the last line's end and the checksum. Raises ValueError."""
    lines, end, rest = text.rpartition("\n")
    if not end or rest:
        raise ValueError
    if lines.startswith(f"{_WITHOUT_CHECKSUM}\n"):
        return lines
    lines, _, total = lines.rpartition("\n")
    if total != checksum(lines.encode("ascii")):
        raise ValueError
    return lines


def write(folder: str, index: Index) -> None:
    """Write the index, in turn. Raises OSError."""
    lines = [_MAGIC, index.keyring, _EXTENTS[0 if index.is_whole else 1], *("\t".join(each) for each in index.places)]
    data = "\n".join(lines).encode("ascii")
    lasting.write(f"{folder}/{NAME}", b"%s\n%s\n" % (data, checksum(data).encode("ascii")))
